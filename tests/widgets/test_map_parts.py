"""The parts of a map: axes, colours, the layer that knows the cells, the status that asks for more."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import pytest
import traitlets
from PIL import Image

from tms_widgets.core.checks import SettingError
from tms_widgets.widgets.grid_axis import GridAxis
from tms_widgets.widgets.map_layer import MapLayer
from tms_widgets.widgets.map_status import MapStatus
from tms_widgets.widgets.phase_colours import filled, phase_pixels, png, sequential_pixels


def test_an_axis_finds_its_scale() -> None:
    assert GridAxis.of(np.geomspace(1, 0.01, 51).tolist()).kind == "log"
    assert GridAxis.of(np.linspace(-1.5, 1.5, 101).tolist()).kind == "linear"
    assert GridAxis.of([0.0, 0.5, 0.7]).kind == "names"
    assert GridAxis.of(["relu", "gelu"]).kind == "names"
    assert GridAxis.of([0.5]).kind == "names"
    assert GridAxis.of([True, False]).kind == "names"


@pytest.mark.parametrize("values", [np.geomspace(1, 0.01, 7), np.linspace(-1, 2, 7)])
def test_cells_are_as_wide_as_their_steps(values: np.ndarray) -> None:
    axis = GridAxis.of(values.tolist())
    middles = (np.arange(7) + 0.5) / 7
    np.testing.assert_allclose(axis.place(values), middles, atol=1e-12)
    np.testing.assert_allclose(axis.place(np.array(axis.ends)), [0, 1], atol=1e-12)
    assert [axis.nearest(value) for value in values] == list(range(7))
    assert axis.nearest(1e9 if not axis.reverse else 1e-9) == 6
    assert axis.reverse == (values[0] > values[-1])


def test_ticks_lie_on_the_axis_and_are_few() -> None:
    for values in (np.geomspace(1, 0.01, 51), np.geomspace(1e-6, 1, 30), np.linspace(0, 1, 11)):
        axis = GridAxis.of(values.tolist())
        assert 2 <= len(axis.ticks) <= 9
        assert all(0 <= axis.place(at) <= 1 for at in axis.ticks)
    named = GridAxis.of([f"name {k}" for k in range(40)])
    assert len(named.ticks) <= 8
    assert named.ticks[0.0] == "name 0"
    assert GridAxis.of([-1.0, 0.0, 1.0]).ticks[-1.0] == "−1"


def test_a_name_that_is_not_on_an_axis_is_a_sentence() -> None:
    with pytest.raises(SettingError, match="'elu' is not on this axis; it has relu, gelu"):
        GridAxis.of(["relu", "gelu"]).nearest("elu")


def test_phases_have_the_colours_of_the_paper() -> None:
    white, blue, red = (phase_pixels(*pair).tolist() for pair in ((0, 0), (1, 0), (1, 1)))
    assert white == [255, 255, 255]
    assert blue[2] > 150 > max(blue[:2])
    assert red[0] > 150 > max(red[1:])
    assert phase_pixels(0, 7).tolist() == white
    assert phase_pixels(3, 3).tolist() == red
    mixed = phase_pixels(1, 0.5)
    assert (np.abs(mixed - (np.array(blue) + red) / 2) <= 1).all()
    grey = phase_pixels(math.nan, 0).tolist()
    assert grey == phase_pixels(1, math.nan).tolist()
    assert grey not in (white, blue, red)


def test_numbers_run_from_dark_to_yellow() -> None:
    pixels = sequential_pixels([0.0, 5.0, 10.0, 99.0, math.nan], 0.0, 10.0)
    assert pixels[0].tolist() == [68, 1, 84]
    assert pixels[2].tolist() == pixels[3].tolist() == [253, 231, 37]
    assert pixels[4].tolist() not in pixels[:4].tolist()
    assert sequential_pixels([3.0], 3.0, 3.0).shape == (1, 3)


def test_a_png_is_what_was_drawn() -> None:
    pixels = np.random.default_rng().integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(png(pixels)))) == pixels).all()


def test_a_coarse_map_is_filled_from_its_neighbours() -> None:
    values = np.full((5, 6), -1)
    known = np.zeros((5, 6), bool)
    for row, column, value in ((0, 0, 1), (0, 4, 2), (4, 0, 3), (4, 4, 4)):
        values[row, column], known[row, column] = value, True
    full = filled(values, known)
    assert (full[known] == values[known]).all()
    assert set(full.ravel().tolist()) == {1, 2, 3, 4}
    assert full[1].tolist() == [1, 1, 1, 2, 2, 2]
    assert full[3, 5] == 4
    assert (filled(values, np.zeros((5, 6), bool)) == values).all()


def test_a_layer_carries_numbers_of_every_cell() -> None:
    layer = MapLayer(["a", "b"], ["x", "y", "z"], name="A map")
    table = np.arange(6.0).reshape(2, 3)
    layer.tell([{"name": "one"}, {"name": "two"}], [table, -table])
    sent = np.frombuffer(layer._numbers, "<f4").reshape(2, 2, 3)
    assert (sent == [table, -table]).all()
    with pytest.raises(traitlets.TraitError):
        layer.chosen = [0, -1]
    with pytest.raises(traitlets.TraitError):
        layer.regions = [[0, 0, 1, 1]] * 3
    layer.close()


def test_a_status_answers_everything_it_is_asked() -> None:
    asked: list[tuple[str, float]] = []
    status = MapStatus(lambda kind, budget_s: asked.append((kind, budget_s)))
    said: list[Any] = []
    status.send = lambda content, buffers=None: said.append(content)  # pyright: ignore[reportAttributeAccessIssue]
    for content in (
        {"type": "continue", "budget_ms": 150},
        {"type": "cancel"},
        {"type": "resume", "budget_ms": 10**9},
        {"type": "nonsense"},
        "nonsense",
    ):
        status._handle_custom_msg(content, [])
    assert asked == [("continue", 0.15), ("cancel", 0.0), ("resume", 0.5)]
    assert said == [{"type": "answer"}] * 5
    status.close()
    status.close()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (ZeroDivisionError("zero"), r"ZeroDivisionError: zero"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_what_goes_wrong_in_an_answer_is_a_sentence(trouble: BaseException, words: str) -> None:
    def fail(kind: str, budget_s: float) -> None:
        raise trouble

    status = MapStatus(fail)
    status.report(running=True, progress=0.5, eta_s=math.nan)
    assert status.running
    status._handle_custom_msg({"type": "continue"}, [])
    assert words in status.error
    assert not status.running, "it is not asked again"
    status.close()
