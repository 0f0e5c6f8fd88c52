"""The loss surface in Python: the right landscape, its minima, models that end in them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets

from tms_widgets import theory
from tms_widgets.core.engines.warm import warm_up
from tms_widgets.widgets.loss_surface import DENSITIES, IMPORTANCES, LossSurface, named_minimum

Make = Callable[..., LossSurface]


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    warm_up()


@pytest.fixture
def make(making: Callable[[Any], Make]) -> Make:
    """``make(…)`` is `LossSurface`, closed at the end, after which no widget is left."""
    return making(LossSurface)


@pytest.mark.parametrize(
    ("W", "name"),
    [
        ((1.0, -1.0), "antipodal"),
        ((-1.0, 0.6), "antipodal"),
        ((0.7, 0.7), "confused"),
        ((-0.8, -0.5), "confused"),
        ((1.0, 0.1), "dedicated to feature 1"),
        ((0.2, -0.9), "dedicated to feature 2"),
    ],
)
def test_a_minimum_has_the_name_that_the_paper_gives_it(W: tuple[float, float], name: str) -> None:
    assert named_minimum(np.array(W)) == name


@pytest.mark.parametrize(
    ("density", "importance", "deepest"),
    [(0.3, 1.0, "antipodal"), (0.8, 1.0, "confused"), (0.6, 0.1, "dedicated"), (0.6, 10.0, "dedicated")],
)
def test_the_caption_names_the_deepest_minimum(
    make: Make, seed: int, density: float, importance: float, deepest: str
) -> None:
    surface = make(density, importance, seed=seed, n_runs=4)
    named = surface.caption[surface.caption.index("minimum") :]
    assert named.index(deepest) < 20, surface.caption
    assert surface.caption.startswith(f"Density {density:g} (S = {1 - density:.3g}), ")
    W = surface.minima.W[0]
    assert surface.value == {
        "density": density, "importance": importance, "W1": W[0], "W2": W[1], "loss": surface.minima.loss[0],
    }  # fmt: skip


def test_models_end_in_the_minima(make: Make, seed: int) -> None:
    surface = make(0.5, seed=seed)
    run = surface.run
    assert run is not None
    assert run.n_instances == 16
    assert len(run.frames) > 30
    ends = run.W[:, 0]
    minima = np.concatenate([surface.minima.W, -surface.minima.W])
    distance = np.linalg.norm(ends[:, None] - minima[None], axis=-1).min(axis=1)
    assert np.median(distance) < 0.05
    assert (distance < 0.15).mean() > 0.8
    assert "Of 16 models" in surface._status.note
    assert len(surface._traces()) == 16


def test_the_picture_is_the_exact_loss(make: Make, seed: int) -> None:
    surface = make(0.4, 2.0, n_runs=0)
    assert surface.run is None
    loss = np.frombuffer(surface._layer._numbers, "<f4").reshape(2, 101, 101)[0]
    row, column = random.Random(seed).choices(range(101), k=2)
    W1, W2 = surface._x.values[column], surface._y.values[::-1][row]
    assert loss[row, column] == pytest.approx(float(theory.loss_without_bias(W1, W2, 0.4, 2.0)), rel=1e-5)
    surface._layer.set_state({"chosen": [row, column]})
    assert surface.value["W1"] == W1
    assert surface.value["loss"] == pytest.approx(loss[row, column], rel=1e-5)


def test_sliders_and_traits_are_one(make: Make, seed: int) -> None:
    surface = make(n_runs=2, seed=seed)
    assert surface._density.value == 0.5
    surface._density.value = 0.8
    assert surface.density == 0.8
    assert "confused" in surface.caption
    surface.importance = 0.123
    assert surface._importance.value == 0.123
    assert "importance (1, 0.123)" in surface.caption
    surface._importance.value = 10.0
    assert surface.importance == 10.0
    assert surface.run is not None
    assert surface.run.problem.importance == (1.0, 10.0)
    before = surface.seed
    surface._again.click()
    assert surface.seed == before + 2
    assert list(surface.run.seeds) == [before + 2, before + 3]


def test_the_grids_are_exact() -> None:
    assert DENSITIES[0] == 1.0
    assert {0.95, 0.5, 0.1, 0.05, 0.02, 0.01} <= set(DENSITIES)
    assert {0.1, 1.0, 10.0} <= set(IMPORTANCES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("density", 0.0), ("density", 2), ("density", float("nan")), ("density", True), ("density", "0.5"),
        ("importance", 0), ("importance", 11), ("importance", float("inf")), ("n_runs", -1), ("n_runs", 51),
        ("n_runs", 1.5), ("seed", -1), ("seed", True),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_changes_nothing(make: Make, name: str, value: Any) -> None:
    surface = make(n_runs=1)
    said = surface.caption
    with pytest.raises(traitlets.TraitError, match=name) as caught:
        setattr(surface, name, value)
    assert str(caught.value).endswith(".")
    assert surface.caption == said


def test_unknown_settings_are_named(make: Make) -> None:
    with pytest.raises(TypeError, match="did you mean 'density'"):
        make(densty=0.5)


def test_a_notebook_keeps_a_picture(make: Make, seed: int) -> None:
    surface = make(n_runs=3, seed=seed)
    bundle = surface._repr_mimebundle_()
    assert bundle["text/plain"] == surface.caption
    picture = bundle["image/svg+xml"]
    assert picture.count("<polyline") == 3
    assert picture.count("<circle") == 2 * len(surface.minima.W)
    assert "antipodal" in picture
    assert len(picture) < 60_000
