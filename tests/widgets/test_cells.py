"""A cell that runs again closes what it showed before; nothing else does."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances

from tms_widgets import WeightMatrix

Show = Callable[[str, str, ipywidgets.Widget], Any]


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    before = set(_instances)
    yield
    for model_id in set(_instances) - before:
        if model_id in _instances:
            _instances[model_id].close()


@pytest.fixture
def show() -> Show:
    """``show(cell, run, widget)`` shows a widget as this run of this cell does."""

    def show(cell: str, run: str, widget: ipywidgets.Widget) -> Any:
        request = {"header": {"msg_id": run}, "metadata": {"cellId": cell} if cell else {}}
        vars(widget.comm)["kernel"] = SimpleNamespace(get_parent=lambda channel: request)
        return widget._repr_mimebundle_()

    return show


def matrix() -> WeightMatrix:
    matrix = WeightMatrix([[1.0, -1.0]])
    matrix._ready = True
    return matrix


def test_the_next_run_closes_what_the_last_one_showed(show: Show) -> None:
    old, older, new = matrix(), matrix(), matrix()
    show("the next", "1", older)
    show("the next", "1", old)
    assert old.comm is not None
    assert older.comm is not None, "one run may show many"
    show("the next", "2", new)
    assert (old.comm, older.comm) == (None, None)
    assert new.comm is not None


def test_what_the_browser_still_sets_up_is_closed_when_it_is_ready(show: Show) -> None:
    old, new = WeightMatrix([[1.0, -1.0]]), matrix()
    show("quick", "1", old)
    show("quick", "2", new)
    assert old.comm is not None
    old.set_state({"_ready": True})  # as the browser does
    assert old.comm is None
    assert new.comm is not None


def test_the_same_widget_shown_again_stays(show: Show) -> None:
    widget = matrix()
    for run in ("1", "2", "2", "3"):
        assert show("again", run, widget) is not None
    assert widget.comm is not None


def test_a_widget_stays_for_as_long_as_some_cell_shows_it(show: Show) -> None:
    old, new = matrix(), matrix()
    show("first", "1", old)
    show("second", "2", old)
    show("first", "3", new)
    assert old.comm is not None
    show("second", "4", new)
    assert old.comm is None
    assert new.comm is not None


def test_what_is_shown_outside_of_cells_closes_nothing(show: Show) -> None:
    in_a_cell, in_a_callback, later = matrix(), matrix(), matrix()
    show("outside", "1", in_a_cell)
    show("", "2", in_a_callback)
    show("", "3", later)
    assert None not in (in_a_cell.comm, in_a_callback.comm, later.comm)


def test_a_widget_closed_by_hand_is_no_trouble(show: Show) -> None:
    old, new = matrix(), matrix()
    show("by hand", "1", old)
    old.close()
    show("by hand", "2", new)
    assert new.comm is not None
