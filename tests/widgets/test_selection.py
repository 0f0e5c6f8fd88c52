"""One selection for many views: what is copied where, and how the ties end."""

import pytest
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link

from tms_widgets import Selection, StackPlot, WeightMatrix

W = [[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]


def links():
    return [item for item in _instances.values() if isinstance(item, Link)]


def test_a_view_starts_with_the_selection_it_is_given():
    selection = Selection(hovered=1, pinned=[2, 0])
    view = WeightMatrix(W, selection=selection)
    assert (view.hovered, view.pinned) == (1, [2, 0])
    assert selection.value == view.value == (2, 0)


def test_changes_made_in_python_reach_every_view():
    selection = Selection()
    matrix, stack = WeightMatrix(W, selection=selection), StackPlot(W, selection=selection)
    matrix.pinned = [1]
    assert selection.pinned == stack.pinned == [1]
    selection.hovered = 2
    assert (matrix.hovered, stack.hovered) == (2, 2)
    for item in (matrix, stack, selection):
        item.close()


def test_changes_made_in_the_browser_are_left_to_the_browser():
    selection = Selection()
    matrix = WeightMatrix(W, selection=selection)
    matrix.set_state({"hovered": 1})
    assert matrix.hovered == 1
    assert selection.hovered is None, "the jslink tells it; telling it twice would flicker"
    matrix.close()


def test_closing_a_view_closes_its_links_and_frees_the_selection():
    before = len(links())
    selection = Selection()
    view = WeightMatrix(W, selection=selection)
    assert len(links()) == before + 2
    view.close()
    assert len(links()) == before
    selection.pinned = [1]
    assert view.pinned == []


def test_something_else_is_not_a_selection():
    with pytest.raises(TypeError, match=r"selection must be a tms_widgets\.Selection, not dict"):
        WeightMatrix(W, selection={})
