"""What every widget promises: strict keywords, pictures without a kernel, and nothing left after close."""

import gc
import weakref
import xml.etree.ElementTree as ET

import ipywidgets
import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances

from tms_widgets import FeatureGeometry, LossCurve, Selection, StackPlot, WeightMatrix

VIEWS = [FeatureGeometry, LossCurve, StackPlot, WeightMatrix]
W = np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]])


@pytest.fixture(autouse=True)
def _nothing_left():
    before = set(_instances)
    yield
    for model_id in set(_instances) - before:
        if model_id in _instances:  # closing a widget closes its layout
            _instances[model_id].close()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("wrong", "meant"), [("pined", "pinned"), ("selectoin", "selection"), ("Frame", "frame")]
)
def test_an_unknown_keyword_names_the_nearest(view, wrong, meant):
    with pytest.raises(TypeError, match=f"{view.__name__} has no setting '{wrong}'; did you mean '{meant}'"):
        view(W, **{wrong: None})


def test_a_selection_is_strict_too():
    with pytest.raises(TypeError, match="did you mean 'hovered'"):
        Selection(hoverd=1)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("frame", True),
        ("frame", -1),
        ("frame", 1),
        ("frame", 0.5),
        ("frame", 10**40),
        ("frame", None),
        ("hovered", False),
        ("hovered", -1),
        ("hovered", float("nan")),
        ("hovered", "0"),
        ("pinned", [True]),
        ("pinned", [-2]),
        ("pinned", 3),
        ("pinned", [10**40]),
    ],
)
def test_traits_accept_only_what_they_can_mean(view, trait, value):
    widget = view(W)
    before = getattr(widget, trait)
    with pytest.raises(traitlets.TraitError):
        setattr(widget, trait, value)
    assert getattr(widget, trait) == before


def test_traits_take_numpy_integers_and_pins_are_kept_once():
    widget = WeightMatrix(W, hovered=np.int64(2), pinned=[np.int32(1), 1, 0])
    assert type(widget.hovered) is int
    assert widget.pinned == [1, 0]
    assert widget.value == (1, 0)


@pytest.mark.parametrize("view", VIEWS)
def test_the_front_end_is_text_and_needs_nothing_else(view):
    assert isinstance(view._esm, str)
    assert isinstance(view._css, str)
    assert "</script" not in view._esm
    assert "import " not in view._esm.split("\n")[0][:20]
    assert len(view._esm.encode()) + len(view._css.encode()) <= 60_000


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_without_a_kernel_gets_a_picture_and_a_sentence(view):
    widget = view(W)
    data = widget._repr_mimebundle_()[0]
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert data["text/plain"] == widget.caption
    assert "3 features in 2 dimensions" in widget.caption
    root = ET.fromstring(data["image/svg+xml"])
    assert root.attrib["aria-label"] == widget.caption


def test_ipywidgets_7_is_not_allowed_to_display_by_its_own_method():
    assert not callable(getattr(WeightMatrix(W), "_ipython_display_", None))


@pytest.mark.parametrize("view", VIEWS)
def test_closing_twice_is_closing_once_and_closes_the_layout(view):
    before = set(_instances)
    widget = view(W)
    layout = widget.layout
    widget.close()
    widget.close()
    assert layout.comm is None
    assert set(_instances) == before


def test_a_layout_that_was_passed_in_stays_open():
    layout = ipywidgets.Layout(width="200px")
    WeightMatrix(W, layout=layout).close()
    assert layout.comm is not None
    layout.close()


@pytest.mark.parametrize("view", VIEWS)
def test_a_hundred_widgets_leave_nothing_behind(view):
    before = set(_instances)
    selection = Selection()
    seen = []
    for _ in range(100):
        widget = view(W, selection=selection)
        widget.observe(lambda change: None, "frame")
        seen.append(weakref.ref(widget))
        widget.close()
    del widget
    gc.collect()
    assert sum(ref() is not None for ref in seen) == 0
    assert set(_instances) - before == {selection.model_id}
