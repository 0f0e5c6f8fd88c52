"""How long it takes to begin: importing the package, and running the first cell with an Explorer.

The first picture is timed in a real JupyterLab, from running the cell to the end of the animation frame in
which it is drawn: in a fresh kernel that has imported the package, and once more in the same kernel.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

import numpy as np

from tests.e2e.lab import ROOT

from .latency import notebooks

IMPORTS = {
    "import tms_widgets": "import tms_widgets",
    "import tms_widgets; tms_widgets.train": "import tms_widgets; tms_widgets.train",
    "import tms_widgets; tms_widgets.Explorer": "import tms_widgets; tms_widgets.Explorer",
}
PAUSE = 2.0
"""What a reader takes at least to go on to the next cell; the package gets ready meanwhile."""
FIRST_PICTURE = """async index => {
  const {content} = window.panel;
  content.activeCellIndex = index;
  content.mode = 'command';
  const cell = content.widgets[index].node;
  for (const old of cell.querySelectorAll('.tmsx')) old.classList.add('bench-old');
  const start = performance.now();
  window.jupyterapp.commands.execute('notebook:run-cell');
  while (!cell.querySelector('.tmsx:not(.bench-old) .tmsx-caption')?.textContent) {
    if (performance.now() > start + 30000) throw new Error('no picture after 30 s');
    await new Promise(done => setTimeout(done, 2));
  }
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""


def options(parser: argparse.ArgumentParser) -> None:
    """What can be shortened."""
    parser.add_argument("--times", type=int, default=5, help="fresh processes for every import (default 5)")


def report(chosen: argparse.Namespace) -> None:
    """Import and run, and print what it took."""
    empty = np.median([process("pass") for _ in range(chosen.times)])
    for name, code in IMPORTS.items():
        seconds = np.median([process(code) for _ in range(chosen.times)]) - empty
        print(f"{name}: {1000 * seconds:.0f} ms")
    with notebooks() as open_notebook:
        for words, pause in (("at once", 0.0), (f"{PAUSE:.0f} s after the import", PAUSE)):
            book = open_notebook("import tms_widgets as tms\ntms.Explorer", "tms.Explorer()")
            book.run(0)
            time.sleep(pause)
            first, second = (book.page.evaluate(FIRST_PICTURE, 1) for _ in range(2))
            print(f"first picture in a fresh kernel, {words}: {first:.0f} ms; again: {second:.0f} ms")
    print()


def process(code: str) -> float:
    """Seconds that a fresh Python takes for some code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    return time.perf_counter() - start
