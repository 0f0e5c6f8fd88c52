"""How long a reader of a phase map waits, in a real JupyterLab: to open it, to train it again, to see a cell.

*Open*: from running the cell to the end of the animation frame in which the first picture is drawn. *Train
again*: from the change of a control to the frame with the first new picture, and to that with the last, all
26 010 models trained. *Click*: from the click on a cell to the frame in which its models are drawn.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from tests.e2e.lab import SECONDS, Notebook

from .latency import notebooks
from .startup import PAUSE

CELLS = ("import tms_widgets as tms\ntms.PhaseMap", "phase_map = tms.PhaseMap()\nphase_map")
CHANGES = [
    ("Activation", "squared_relu"),
    ("Activation", "linear"),
    ("Activation", "gelu"),
    ("Activation", "relu"),
    ("Models a cell", "5"),
    ("Models a cell", "10"),
    ("Model", "3 features in 2 dimensions"),
]
"""Controls and what is chosen in them, one after another."""

OPEN = """async ([index, seconds]) => {
  const {content} = window.panel;
  content.activeCellIndex = index;
  content.mode = 'command';
  const {node} = content.widgets[index];
  const start = performance.now();
  window.jupyterapp.commands.execute('notebook:run-cell');
  while (!node.querySelector('.bqplot image')?.getAttribute('href')) {
    if (performance.now() > start + 1000 * seconds) throw new Error('the map did not open');
    await new Promise(done => setTimeout(done, 2));
  }
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""

CHANGE = r"""async ([label, option, seconds]) => {
  const named = [...document.querySelectorAll('.widget-label')].find(one => one.textContent === label);
  const select = named.parentElement.querySelector('select');
  const picture = () => document.querySelector('.bqplot image').getAttribute('href');
  const bar = document.querySelector('.tms-status progress');
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const start = performance.now();
  let [shown, first, last] = [picture(), 0, 0];
  select.value = [...select.options].find(one => one.textContent.replaceAll('\xa0', ' ') === option).value;
  select.dispatchEvent(new Event('change', {bubbles: true}));
  // the bar is full before and after, so nothing may change for a while once it is
  while (!first || bar.value < 1 || performance.now() - start < last + 300) {
    if (performance.now() > start + 1000 * seconds) throw new Error('the map was not trained again');
    await frame();
    if (picture() === shown) continue;
    shown = picture();
    last = performance.now() - start;
    first ||= last;
  }
  return [first, last];
}"""

CLICK = """async ([across, down, seconds]) => {
  const layer = document.querySelector('.tms-layer canvas');
  const view = document.querySelector('.tms-view canvas');
  const box = layer.getBoundingClientRect();
  const [clientX, clientY] = [box.x + across * box.width, box.y + down * box.height];
  const at = {clientX, clientY, button: 0, bubbles: true};
  const before = view.toDataURL();
  const start = performance.now();
  for (const name of ['pointerdown', 'pointerup']) layer.dispatchEvent(new PointerEvent(name, at));
  while (view.toDataURL() === before) {
    if (performance.now() > start + 1000 * seconds) throw new Error('the click showed no other models');
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  }
  return performance.now() - start;
}"""


def options(parser: argparse.ArgumentParser) -> None:
    """What can be shortened."""
    parser.add_argument("--rounds", type=int, default=3, help="of every change (default 3)")


def report(chosen: argparse.Namespace) -> None:
    """Open, change, click, and print what it took."""
    with notebooks() as open_notebook:
        for words, pause in (("at once", 0.0), (f"{PAUSE:.0f} s after the import", PAUSE)):
            book = open_notebook(*CELLS)
            book.run(0)
            time.sleep(pause)
            opened = book.page.evaluate(OPEN, [1, SECONDS])
            print(f"a phase map opens in a fresh kernel, {words}: {opened:.0f} ms")
        settled(book)
        places = np.linspace(0.2, 0.8, 9)
        clicks = [
            book.page.evaluate(CLICK, [float(one), float(other), SECONDS])
            for one, other in zip(places, places[::-1], strict=True)
        ]
        print(f"a click on a cell shows its models after {np.median(clicks):.0f} ms (most {max(clicks):.0f})")
        waits: dict[tuple[str, str], list[list[float]]] = {change: [] for change in CHANGES}
        for _ in range(chosen.rounds):
            for change, seen in waits.items():
                seen.append(book.page.evaluate(CHANGE, [*change, SECONDS]))
            book.page.evaluate(CHANGE, ["Model", "2 features in 1 dimension", SECONDS])
        for (label, option), seen in waits.items():
            first, last = np.median(seen, axis=0)
            print(f"{label} to {option}: first new picture {first:.0f} ms, the whole map {last:.0f} ms")
    print()


def settled(book: Notebook) -> None:
    """Wait until the map is trained."""
    book.page.wait_for_function("() => document.querySelector('.tms-status progress').value === 1")
    book.page.wait_for_timeout(500)
