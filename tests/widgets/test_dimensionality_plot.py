"""Where the plot finds its models, what it tells its layer, and what it says."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

import tms_widgets as tms
from tms_widgets.core.checks import SettingError
from tms_widgets.measures.polytopes import polygon, simplex, tegum_product
from tms_widgets.widgets.axis_ticks import log_ticks
from tms_widgets.widgets.dimensionality_plot import DimensionalityPlot
from tms_widgets.widgets.dimensionality_source import models_of
from tms_widgets.widgets.dimensionality_svg import spread
from tms_widgets.widgets.selection import Selection

DENSITIES = (1.0, 0.3, 0.1)


@pytest.fixture
def plot(making: Callable[[Any], Callable[..., Any]]) -> Callable[..., Any]:
    return making(DimensionalityPlot)


def dataset(seeds: int = 0) -> xr.Dataset:
    """A dedicated pair, two digons, and a pentagon: what a sweep over three densities may hold."""
    wide = [
        np.pad(W, ((0, 4 - W.shape[0]), (0, 6 - W.shape[1])))
        for W in (np.eye(2), tegum_product(simplex(2), simplex(2)), polygon(5))
    ]
    W = np.array(wide)
    if not seeds:
        return xr.Dataset({"W": (("density", "hidden", "feature"), W)}, {"density": list(DENSITIES)})
    loss = np.ones((3, seeds))
    loss[:, 1] = 0.5
    bad = np.broadcast_to(0.1 * W[:, None], (3, seeds, *W.shape[1:])).copy()
    bad[:, 1] = W
    return xr.Dataset(
        {"W": (("density", "seed", "hidden", "feature"), bad), "loss": (("density", "seed"), loss)},
        {"density": list(DENSITIES)},
    )


@pytest.mark.parametrize("seeds", [0, 3])
def test_a_sweep_is_shown_by_the_best_of_its_seeds(seeds: int) -> None:
    models = models_of(dataset(seeds))
    assert [one.x for one in models] == pytest.approx([1, 1 / 0.3, 10])
    assert [one.graph.components[0].name for one in models] == [
        "dedicated feature",
        "digon",
        "regular pentagon",
    ]
    assert models[0].n_seeds == max(seeds, 1)
    assert models[1].dimensions_per_feature == pytest.approx(1.0)


def test_a_real_sweep_and_its_runs_show_the_same(seed: int) -> None:
    sweep = tms.Sweep(tms.Problem(6, 2), density=[0.5, 0.1], n_seeds=3, seed=seed)
    ds = sweep.run()
    from_sweep = models_of(ds)
    from_runs = models_of([ds.tms.run(density=p) for p in (0.1, 0.5)])
    for one, other in zip(from_sweep, from_runs, strict=True):
        assert one.density == pytest.approx(other.density)
        np.testing.assert_array_equal(one.W, other.W)
    assert models_of(ds.tms.best())[0].x == pytest.approx(2)
    run = tms.train([tms.Problem(6, 2, density=p) for p in (0.5, 0.1)], n_seeds=2, seed=seed)
    assert len(models_of(run)) == len(models_of([run])) == 2


def test_what_is_not_trained_is_left_out() -> None:
    ds = dataset(2)
    ds["W"][1] = np.nan
    ds["loss"][1] = np.nan
    assert [one.density for one in models_of(ds)] == [1.0, 0.1]
    with pytest.raises(SettingError, match="no trained model"):
        models_of(ds.isel(density=[1]))


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        (dataset().expand_dims(importance=[1.0, 0.5]), SettingError, r"along importance; .*\(importance=0\)"),
        (dataset().drop_vars("density"), SettingError, "coordinate density"),
        (xr.Dataset(), SettingError, "has no weights W"),
        ([], SettingError, "no trained model"),
        (3, TypeError, "not int"),
        ([np.eye(2)], TypeError, "a list of Runs, not of ndarray"),
        ("sweep.nc", TypeError, "not str"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_said(source: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        models_of(source)


def test_features_of_different_densities_have_no_place_on_the_axis(seed: int) -> None:
    run = tms.train(tms.Problem(3, 2, density=[0.1, 0.2, 0.3]), n_seeds=1, seed=seed, steps=20)
    with pytest.raises(SettingError, match="3 different densities"):
        models_of(run)


def test_the_layer_knows_every_point(plot: Callable[..., Any]) -> None:
    one = plot(dataset(), density=0.12)
    assert one.model == 2
    points = np.frombuffer(one._layer._points, "<f4").reshape(3, 6, 3)
    np.testing.assert_allclose(points[2, :5, 0], 0.4, atol=1e-6)
    np.testing.assert_allclose(points[0, :, 1], [1, 1, 0, 0, 0, 0])
    shapes = one._layer._shapes
    assert [shapes[int(k)] for k in points[1, :, 2]] == ["digon"] * 4 + [""] * 2
    assert [line[0] for line in one._layer._lines] == list(tms.measures.LINES)
    assert [meta["x"] for meta in one._layer._models] == pytest.approx([1, 1 / 0.3, 10])
    assert len(one._graph._graphs) == 3
    assert one._graph._model == 2


def test_its_value_is_what_is_pinned_in_the_model_shown(plot: Callable[..., Any]) -> None:
    one = plot(dataset(), density=1)
    one.selection.pinned = [0, 1, 4]
    assert one.value["density"] == 1
    assert one.value["features"] == (0, 1, 4)
    assert [c.name for c in one.value["components"]] == ["dedicated feature"] * 2
    one.model = 2
    assert one._graph._model == 2
    assert [c.name for c in one.value["components"]] == ["regular pentagon"]
    np.testing.assert_allclose(one.value["W"][:2, :5], polygon(5))
    with pytest.raises(SettingError, match="model=3 is outside 0 to 2"):
        one.model = 3


def test_a_selection_is_shared_and_outlives_the_plot(plot: Callable[..., Any]) -> None:
    selection = Selection()
    one = plot(dataset(), selection=selection)
    selection.hovered = 3
    assert (one._layer.hovered, one._graph.hovered) == (3, 3)
    one._graph.pinned = [2]
    assert (one._layer.pinned, selection.pinned) == ([2], [2])
    one.close()
    assert selection.comm is not None
    selection.hovered = 1
    assert one._layer.hovered == 3
    selection.close()
    with pytest.raises(TypeError, match=r"must be a tms_widgets\.Selection, not int"):
        plot(dataset(), selection=3)
    with pytest.raises(TypeError, match="did you mean 'density'"):
        plot(dataset(), densty=0.1)


def test_the_picture_has_lines_names_and_points(plot: Callable[..., Any]) -> None:
    one = plot(dataset())
    root = ElementTree.fromstring(one.picture())
    texts = {"".join(item.itertext()) for item in root.iter() if item.tag.endswith("text")}
    assert {f"{name} {level:.3g}" for name, level in tms.measures.LINES.items()} <= texts
    assert "1/(1−S) from 1 to 10" in one.caption
    bundle = one._repr_mimebundle_()
    assert bundle["text/plain"] == one.caption
    assert "image/svg+xml" in bundle


def test_labels_that_would_overlap_move_apart(seed: int) -> None:
    wished = np.sort(np.random.default_rng(seed).uniform(0, 100, 12)).tolist()
    found = spread(wished, 9.0)
    assert np.diff(found).min() >= 9 - 1e-9
    assert spread([0.0, 50.0, 53.0, 99.0], 10.0) == pytest.approx([0, 46.5, 56.5, 99])


def test_ticks_are_few_and_round() -> None:
    for low, high in ((0.9, 1.2), (0.9, 11), (0.8, 30), (0.7, 3000), (4, 9)):
        ticks = log_ticks(low, high)
        assert 1 <= len(ticks) <= 9
        assert all(low <= tick <= high for tick in ticks)
