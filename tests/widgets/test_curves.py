"""What a chart of curves accepts, draws, tells its layer and says."""

from __future__ import annotations

import builtins
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tms_widgets.core.checks import SettingError
from tms_widgets.widgets.axis_ticks import linear_ticks, log_ticks, written
from tms_widgets.widgets.curves import Curves
from tms_widgets.widgets.curves_model import MOST_CURVES, MOST_POINTS, Chart, chart_of
from tms_widgets.widgets.curves_svg import words

LABELS: Any = {"caption": "Losses of 3 models.", "x_label": "steps", "y_label": "loss"}
X = [1.0, 10.0, 100.0]


@pytest.fixture
def curves(making: Callable[[Any], Callable[..., Any]]) -> Callable[..., Any]:
    return making(Curves)


def chart(x: Any = X, drawn: Any = None, **settings: Any) -> Chart:
    defaults: dict[str, Any] = {
        "x_label": "steps", "y_label": "loss", "x_log": False, "y_log": False, "guides": {}, "bands": {},
        "markers": (),
    }  # fmt: skip
    return chart_of(x, {"a": [1, 2, 3]} if drawn is None else drawn, **(defaults | settings))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"drawn": {}}, "from 1 to 24 curves, not 0"),
        ({"drawn": {str(k): X for k in range(MOST_CURVES + 1)}}, "from 1 to 24 curves, not 25"),
        ({"drawn": [1, 2, 3]}, "curves must be a dictionary by name"),
        ({"drawn": {"a": [1, 2]}}, "'a' has 2 values but x has 3"),
        ({"drawn": {"a": ([1, 2], [1, 2, 3])}}, "'a' has 3 values but x has 2"),
        ({"drawn": {"a": "abc"}}, "'a' is not a row of numbers"),
        ({"drawn": {"a": np.ones((3, 2))}}, r"'a' has shape \(3, 2\)"),
        ({"drawn": {"a": [1, np.inf, 2]}}, "'a' has the value inf; use NaN"),
        ({"drawn": {"a": [np.nan] * 3}}, "'a' has no value to draw"),
        ({"x": 3}, r"x has shape \(\)"),
        ({"x": np.arange(MOST_POINTS + 1), "drawn": {"a": np.arange(MOST_POINTS + 1)}}, "more than 100000"),
        ({"x": [0, 1, 2], "x_log": True}, "x has the value 0, which a logarithmic axis cannot show"),
        ({"drawn": {"a": [1, -2, 3]}, "y_log": True}, "'a' has the value -2, which a log"),
        ({"guides": {"g": 0.0}, "y_log": True}, r"guides\['g'\] has the value 0"),
        ({"guides": [1.0]}, "guides must be a dictionary by name"),
        ({"bands": {"a": 3}}, r"bands\['a'\] must be a pair"),
        ({"bands": {"a": (2, 1)}}, "upside down at x=1: its low end 2 lies above its high end 1"),
        ({"bands": {"b": ([1, 2], 3)}}, r"bands\['b'\] has 2 values but x has 3"),
        ({"markers": ["b"]}, "markers names 'b', which is no curve; choose of 'a'"),
        ({"x_label": ""}, "A label says what an axis shows"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_sentence(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        chart(**settings)


def test_styles_tell_all_curves_apart() -> None:
    drawn = chart(drawn={str(k): X for k in range(MOST_CURVES)}).curves
    assert len({(one.colour, one.dash) for one in drawn}) == MOST_CURVES
    assert all(one.marker for one in drawn), "three values are shown as such"
    many = np.arange(100.0)
    assert chart(many, {"a": many, "b": many}, markers="b").curves[0].marker is None
    assert chart(many, {"a": many, "b": many}, markers="b").curves[1].joined is False


@pytest.mark.parametrize("log", [False, True])
def test_axes_hold_everything_with_round_ticks(seed: int, log: bool) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(50):
        scale = 10.0 ** rng.uniform(-30, 30)
        y = scale * 10.0 ** rng.uniform(0, 10 ** rng.uniform(-2, 1), 5)
        drawn = chart(np.arange(5), {"a": y}, y_log=log, guides={"g": 1.5 * y.max()}, bands={"a": (y / 2, y)})
        low, high = drawn.y.low, drawn.y.high
        assert low < y.min() / 2
        assert 1.5 * y.max() < high
        ticks = drawn.y.ticks
        assert 2 <= len(ticks) <= 10
        assert all(low <= tick <= high for tick in ticks)
        assert len(set(ticks.values())) == len(ticks), "no two ticks are written alike"


def test_ticks_are_written_as_people_write_them() -> None:
    shown = [written(value) for value in (0, 0.01, -2500, 1e-5, 3e-5, -1e6, 2.5e7)]
    assert shown == ["0", "0.01", "−2500", "10⁻⁵", "3·10⁻⁵", "−10⁶", "2.5·10⁷"]
    assert linear_ticks(-0.04, 1.04) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert log_ticks(0.9, 1100) == [1, 3, 10, 30, 100, 300, 1000]
    assert log_ticks(1e-12, 1e12, 9)[0] == 1e-12


def test_ticks_far_from_zero_are_told_apart() -> None:
    ticks = chart(drawn={"a": [123456.1, 123456.2, 123456.3]}).y.ticks
    assert len(set(ticks.values())) == len(ticks) >= 2
    assert "123456.2" in ticks.values()


def test_one_value_is_a_chart_too() -> None:
    drawn = chart([2.0], {"a": [0.0]})
    assert drawn.x.low < 2 < drawn.x.high
    assert drawn.y.low < 0 < drawn.y.high
    assert chart([2.0], {"a": [5.0]}, x_log=True, y_log=True).y.low < 5


def test_the_layer_knows_every_value_and_python_what_is_pointed_at(
    curves: Callable[..., Any], seed: int
) -> None:
    y = np.random.default_rng(seed).normal(size=3)
    one = curves(X, {"a": y, "b": ([5.0], [7.0])}, bands={"a": (y - 1, 9.0)}, x_log=True, **LABELS)
    numbers = np.frombuffer(one._layer._numbers).reshape(4, 4)
    np.testing.assert_allclose(numbers[:3], np.stack([X, y, y - 1, np.full(3, 9.0)], axis=1))
    np.testing.assert_array_equal(numbers[3], [5, 7, np.nan, np.nan])
    assert one._layer._axes["x"]["log"] is True
    assert one.value is None
    one._layer.pinned = [0, 2]
    assert one.value == {"curve": "a", "index": 2, "x": 100.0, "y": y[2]}
    one._layer.pointed = [1, 0]
    assert one.value == {"curve": "b", "index": 0, "x": 5.0, "y": 7.0}


def test_the_chart_draws_lines_over_gaps_as_parts(curves: Callable[..., Any]) -> None:
    bqplot = pytest.importorskip("bqplot")
    y = [1, np.nan, 2, 3]
    one = curves(
        range(4), {"a": y, "b": range(4)}, bands={"a": (0, 4)}, guides={"g": 2.5}, markers=["b"], **LABELS
    )
    marks = one.children[0].children[0].marks
    kinds = [type(mark) for mark in marks]
    assert kinds == [bqplot.Lines] * 4 + [bqplot.Scatter], "band, guide, two parts of a, marks of b"
    assert [list(mark.x) for mark in marks[2:4]] == [[0], [2, 3]]
    long = np.append(np.arange(50.0), [np.nan, 7.0])
    alone = curves(range(52), {"a": long}, **LABELS).children[0].children[0].marks[-1]
    assert (list(alone.x), list(alone.y)) == ([51], [7]), "a value between gaps is a mark"


def test_the_picture_holds_curves_guides_legend_and_caption(curves: Callable[..., Any]) -> None:
    one = curves(
        X, {"a < b": [1, 2, 3], "c": [3, np.nan, 1]}, guides={"top": 3.5}, bands={"span": (1, 2)}, **LABELS
    )
    root = ElementTree.fromstring(one.picture())
    said = ["".join(item.itertext()) for item in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a < b", "c", "span", "top 3.5", "steps", "loss", "Losses of 3 models."} <= set(said)
    assert one._repr_mimebundle_()["text/plain"] == "Losses of 3 models."
    assert len(one.picture()) < 10_000


def test_captions_have_subscripts() -> None:
    assert "‖W<sub>i</sub>‖ &lt; x'<sub>j</sub>" in words("‖W_i‖ < x'_j").replace("&#x27;", "'")
    assert "n_hidden of W_out" in words("n_hidden of W_out")


def test_unknown_settings_and_empty_captions_are_refused(curves: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="did you mean 'guides'"):
        curves(X, {"a": X}, guide={}, **LABELS)
    with pytest.raises(SettingError, match="caption=' ' says nothing"):
        curves(X, {"a": X}, **(LABELS | {"caption": " "}))


def test_without_bqplot_one_sentence_says_how_to_get_it(
    curves: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "bqplot":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=re.escape("pip install 'tms-widgets[charts]'")):
        curves(X, {"a": X}, **LABELS)
