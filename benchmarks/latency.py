"""How long a reader waits, in a real JupyterLab: from a slider's move to the trained picture on the screen.

*A tick*: from the ``input`` event of the sparsity slider to the end of the animation frame in which the
finished training is drawn. *A drag without pause*: a tick every 30 ms for some seconds; pictures of finished
trainings a second while it lasts, and how long after the last tick the last picture comes. *A bare widget*,
for comparison: the same way there and back for a slider, one filled canvas and a kernel that answers at once;
that much is JupyterLab's and the browser's.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.chromium import chromium
from tests.e2e.lab import SECONDS, Notebook, jupyterlab
from tms_widgets.core.engines.warm import warm_up

EXPLORERS = {
    "n=5 m=2, best of 8": "tms.Explorer(tms.Problem(5, 2, importance=0.9, density=0.1), n_seeds=8)",
    "n=20 m=5, best of 4": "tms.Explorer(tms.Problem(20, 5, importance=0.7, density=0.1), n_seeds=4)",
}
CELL = """import tms_widgets as tms
explorer = {explorer}
explorer"""

BARE = '''import anywidget

class Bare(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const [canvas, input] = ["canvas", "input"].map((name) => document.createElement(name));
      [canvas.width, canvas.height, input.type] = [600, 300, "range"];
      el.append(canvas, input);
      const ctx = canvas.getContext("2d");
      let [drawn, done] = [0, () => {}];
      model.on("msg:custom", () => requestAnimationFrame(() => {
        ctx.fillStyle = `hsl(${40 * ++drawn} 60% 60%)`;
        ctx.fillRect(0, 0, 600, 300);
        setTimeout(done);
      }));
      window.bareTick = () => new Promise((resolve) => {
        const start = performance.now();
        done = () => resolve(performance.now() - start);
        input.valueAsNumber += input.valueAsNumber > 50 ? -10 : 10;
        model.send({});
      });
    } };
    """

bare = Bare()
bare.on_msg(lambda *_: bare.send({}, [bytes(3000)]))
bare'''

WATCH = """() => {
  const root = document.querySelector('.tmsx');
  const [input, caption, progress] =
    ['input[type=range]', '.tmsx-caption', '.tmsx-progress'].map(name => root.querySelector(name));
  const idle = () => root.getAttribute('aria-busy') === 'false';
  const bench = window.bench = {asked: [], painted: [], idle};
  input.addEventListener('input', () => bench.asked.push(performance.now()), {capture: true});

  // Answered: nothing is awaited any more; or, while the next wish waits, the caption changed.
  let waiting = false;
  const painted = () => {
    waiting = false;
    bench.painted.push(performance.now());
  };
  const watcher = new MutationObserver(changes => {
    const answered = idle() || changes.some(({target}) => target !== root);
    if (!answered || waiting || !progress.classList.contains('tmsx-idle')) return;
    waiting = true;
    requestAnimationFrame(() => setTimeout(painted));
  });
  watcher.observe(root, {attributeFilter: ['aria-busy']});
  watcher.observe(caption, {childList: true, characterData: true, subtree: true});

  let step = 1;
  bench.tick = () => {
    const next = input.valueAsNumber + step;
    if (next < 5 || next > input.max - 15) step = -step;
    input.valueAsNumber += step;
    input.dispatchEvent(new Event('input', {bubbles: true}));
  };
}"""

ONE_TICK = """async seconds => {
  const {bench} = window;
  const [asked, painted] = [bench.asked.length, bench.painted.length];
  bench.tick();
  const end = performance.now() + 1000 * seconds;
  while (bench.painted.length === painted || !bench.idle()) {
    if (performance.now() > end) throw new Error('the picture did not change after a tick');
    await new Promise(done => setTimeout(done, 5));
  }
  return bench.painted.at(-1) - bench.asked[asked];
}"""

DRAG = """async ([seconds, interval]) => {
  const {bench} = window;
  bench.painted.length = 0;
  const start = performance.now();
  let last = start;
  while ((last = performance.now()) < start + 1000 * seconds) {
    bench.tick();
    await new Promise(done => setTimeout(done, Math.max(0, interval - (performance.now() - last))));
  }
  last = bench.asked.at(-1);
  const during = bench.painted.filter(time => time <= last).length;
  while (!bench.idle() || bench.painted.at(-1) < last) {
    if (performance.now() > last + 30000) throw new Error('the last picture did not come');
    await new Promise(done => setTimeout(done, 5));
  }
  return [1000 * during / (last - start), bench.painted.at(-1) - last];
}"""


def options(parser: argparse.ArgumentParser) -> None:
    """What can be shortened."""
    parser.add_argument("--ticks", type=int, default=40, help="single moves of the slider (default 40)")
    parser.add_argument("--drag", type=float, default=5.0, metavar="SECONDS", help="of the drag (default 5)")


def report(chosen: argparse.Namespace) -> None:
    """Move the slider and print what it took."""
    with notebooks() as open_notebook:
        book = open_notebook(BARE)
        book.run(0)
        book.page.wait_for_function("() => window.bareTick")
        bare = [book.page.evaluate("() => window.bareTick()") for _ in range(chosen.ticks + 3)][3:]
        print(f"a bare widget\n  a tick is painted after {np.median(bare):.0f} ms (median)\n")
        for name, explorer in EXPLORERS.items():
            book = open_notebook(CELL.format(explorer=explorer))
            book.run(0)
            book.output(0).locator(".tmsx-idle").wait_for(state="attached")
            book.page.evaluate(WATCH)
            for _ in range(3):
                book.page.evaluate(ONE_TICK, SECONDS)
            ticks = [book.page.evaluate(ONE_TICK, SECONDS) for _ in range(chosen.ticks)]
            rate, rest = book.page.evaluate(DRAG, [chosen.drag, 30])
            middle, most = np.percentile(ticks, [50, 95])
            print(name)
            print(f"  a tick is painted after {middle:.0f} ms (median), {most:.0f} ms (95 % of {len(ticks)})")
            print(
                f"  drag without pause: {rate:.1f} pictures a second, the last {rest:.0f} ms after its end\n"
            )


@contextmanager
def notebooks() -> Iterator[Callable[..., Notebook]]:
    """A JupyterLab; what is called opens a notebook of some cells in it, in the place of the one before."""
    warm_up()
    with tempfile.TemporaryDirectory() as home, jupyterlab(Path(home)) as lab, chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1150})
        page.set_default_timeout(1000 * SECONDS)

        def open_notebook(*cells: str) -> Notebook:
            lab.end_kernels()
            return lab.open(page, lab.write("benchmark.ipynb", *cells))

        yield open_notebook
