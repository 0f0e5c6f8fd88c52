"""The life of widgets: what is shown no more leaves nothing behind, and nothing works for nobody."""

from __future__ import annotations

from pathlib import Path

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Page, expect

from .conftest import OpenNotebook
from .lab import ROOT, Lab

SETUP = """import gc, os, weakref
import comm
import ipywidgets, psutil
from ipywidgets.widgets.widget import _instances
import tms_widgets as tms
made = weakref.WeakSet()"""
EXPLORER = """explorer = tms.Explorer(seed={seed})
made.add(explorer)
explorer"""
OPEN = "print(sorted(type(one).__name__ for one in _instances.values()), len(comm.get_comm_manager().comms))"
NOTHING, ONE = "[] 0", "['Explorer', 'Layout'] 2"
MEMORY = "gc.collect(); print(psutil.Process().memory_info().rss)"
SLOW = """import os
import tms_widgets as tms
problem = tms.Problem(200, 100, importance=0.9, density=0.2, architecture="relu_hidden")
explorer = tms.Explorer(problem, seed={seed})
explorer"""


def test_close_takes_the_picture_and_the_models_away(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(SETUP, EXPLORER.format(seed=seed))
    book.run(0)
    book.run(1)
    expect(book.output(1).locator(".tmsx-caption")).to_contain_text("features in")
    assert book.python(OPEN) == ONE
    book.python("explorer.close(); explorer.close()")
    expect(book.page.locator(".tmsx")).to_have_count(0)
    assert book.python(OPEN) == NOTHING


def test_sixty_runs_of_a_cell_leave_one_instrument(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(SETUP, EXPLORER.format(seed=seed))
    book.run(0)
    book.run(1, times=30)
    half = int(book.python(MEMORY))
    book.run(1, times=30)
    book.until(lambda: book.python(OPEN) == ONE, "one is left")
    grown = (int(book.python(MEMORY)) - half) / 30
    assert grown < 250_000, f"every run costs {grown / 1000:.0f} kB of the kernel's memory"

    expect(book.page.locator(".tmsx")).to_have_count(1)
    view = book.output(1)
    expect(view.locator(".tmsx-caption")).to_contain_text("features in")
    view.get_by_role("slider", name="Sparsity S").press("Home")
    book.until(lambda: book.python("print(explorer.sparsity)") == "0.0", "the last one is live")
    # IPython remembers every result as Out[1], _1 and so on, and never forgets the last three: _, __ and ___
    book.python("get_ipython().displayhook.flush(); gc.collect()")
    assert int(book.python("print(len(made))")) <= 3


def test_quick_runs_close_nothing_that_is_half_set_up(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(SETUP, EXPLORER.format(seed=seed))
    book.run(0)
    book.run(1, times=20, wait=False)
    book.until(lambda: book.python(OPEN) == ONE, "the last one is left")
    expect(book.page.locator(".tmsx")).to_have_count(1)
    book.page.wait_for_timeout(2500)  # anywidget gives a model two seconds, and then reports an error


def test_a_view_that_another_cell_still_shows_stays_open(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(SETUP, EXPLORER.format(seed=seed), "explorer")
    for cell in (0, 1, 2):
        book.run(cell)
    book.python("first = explorer")
    book.run(1)
    expect(book.page.locator(".tmsx")).to_have_count(2)
    book.python("first.sparsity = 0.5")
    expect(book.output(2).locator("output").first).to_have_text("0.5")
    assert book.python("print(explorer.sparsity)") == "0.9", "the new one is another one"
    book.run(2)
    book.until(lambda: book.python("print(first.comm)") == "None", "no cell shows the first one any more")
    assert book.python(OPEN) == ONE
    expect(book.page.locator(".tmsx")).to_have_count(2)


def test_a_training_that_nobody_sees_stops(
    notebook: OpenNotebook, page: Page, lab: Lab, seed: int, request: pytest.FixtureRequest
) -> None:
    book = notebook(SLOW.format(seed=seed))
    book.run(0)
    kernel = psutil.Process(int(book.python("print(os.getpid())")))
    progress = "print(explorer._state['progress'])"
    first = float(book.python(progress))
    book.until(lambda: float(book.python(progress)) > first, "a training that is seen goes on")
    page.evaluate("() => { window.panel.dispose(); }")
    expect(page.locator(".tmsx")).to_have_count(0)

    def at_rest() -> bool:
        before = sum(kernel.cpu_times()[:2])
        page.wait_for_timeout(1000)
        return sum(kernel.cpu_times()[:2]) - before < 0.1

    book.until(at_rest, "the kernel rests", seconds=10)
    book = lab.open(page, f"{request.node.name}.ipynb")
    assert book.python("print(os.getpid())") == str(kernel.pid), "the same kernel"
    assert float(book.python(progress)) < 1, "there was more to train"


def test_what_a_picture_needs_is_loaded_between_two_cells(notebook: OpenNotebook) -> None:
    book = notebook("import sys\nimport tms_widgets as tms\n'numba' in sys.modules")
    book.run(0)
    expect(book.output(0)).to_contain_text("False")
    last = "print('tms_widgets.core.engines.kernels.wide' in sys.modules)"
    book.until(lambda: book.python(last) == "True", "the compiled kernels are loaded")
    assert book.python("print('tms_widgets.widgets.explorer' in sys.modules)") == "True"
    assert book.python("print('torch' in sys.modules)") == "False"


def test_without_a_front_end_nothing_waits_for_one(tmp_path: Path, seed: int) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{SLOW.format(seed=seed)}"
    cells = [nbformat.v4.new_code_cell(cell) for cell in (code, "explorer.sparsity = 0.5\nexplorer.caption")]
    book = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(book, timeout=60, resources={"metadata": {"path": tmp_path}}).execute()
    picture, said = (cell.outputs[0].data for cell in book.cells)
    assert picture["image/svg+xml"].startswith("<svg")
    assert picture["text/plain"].startswith("200 features in 100 neurons")
    assert "200 features in 100 neurons" in said["text/plain"]
