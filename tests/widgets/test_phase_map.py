"""The phase map in Python: what it shows, what a reader chooses, what goes wrong, how it ends."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets
import xarray as xr

import tms_widgets as tms
from tms_widgets import measures
from tms_widgets.core.checks import SettingError
from tms_widgets.core.engines.warm import warm_up
from tms_widgets.widgets.phase_map import PhaseMap
from tms_widgets.widgets.phase_plane import ExactPhases, PhasePlane

Make = Callable[..., PhaseMap]


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    warm_up()


@pytest.fixture
def make(making: Callable[[Any], Make]) -> Make:
    """``make(…)`` is `PhaseMap`, closed at the end, after which no widget is left."""
    return making(PhaseMap)


def finish(phase_map: PhaseMap) -> None:
    """Ask until everything is trained, as the browser does."""
    for _ in range(1000):
        if not phase_map._status.running:
            return
        phase_map._status._handle_custom_msg({"type": "continue", "budget_ms": 100}, [])
    raise AssertionError("it does not end")


def live(make: Make, seed: int, **settings: Any) -> PhaseMap:
    phase_map = make(**{"side": 15, "n_seeds": 4, "seed": seed} | settings)
    finish(phase_map)
    return phase_map


@pytest.mark.parametrize(("n", "m"), [(2, 1), (3, 2)])
def test_a_live_map_agrees_with_theory(make: Make, seed: int, n: int, m: int) -> None:
    phase_map = live(make, seed, n_features=n, n_hidden=m, n_seeds=10)
    agreed = re.search(r"theory agrees in ([\d.]+) %", phase_map.caption)
    assert agreed, phase_map.caption
    assert float(agreed[1]) > 88
    assert phase_map.caption.startswith(f"n = {n}, m = {m}, best of 10: ")
    assert phase_map.caption.endswith("in 225 cells.")
    assert phase_map.error == ""


def test_the_corners_of_the_map_have_the_colours_that_the_paper_says(make: Make, seed: int) -> None:
    phase_map = live(make, seed, n_seeds=10)
    (_, trained, _), (_, theory, curves) = phase_map._pictures()
    assert len(curves) == 3
    for pixels in (trained, theory):
        assert pixels.shape == (15, 15, 3)
        # of nine cells, because even the best of ten is sometimes a local minimum
        blocks = (pixels[:3, :3], pixels[-3:, :3], pixels[6:9, -3:])
        top_left, bottom_left, right = (np.median(block, axis=(0, 1)) for block in blocks)
        assert top_left[2] > 150 > top_left[0], "dense and important: dedicated, blue"
        assert bottom_left.min() > 200, "dense and unimportant: not represented, white"
        assert right[0] > 150 > right[2], "sparse: in superposition, red"


def test_the_layer_knows_the_exact_losses(make: Make, seed: int) -> None:
    phase_map = live(make, seed, others=2.0)
    layer = phase_map._layer
    numbers = np.frombuffer(layer._numbers, "<f4").reshape(len(layer._fields), 15, 15)
    losses = {field["name"]: one for field, one in zip(layer._fields, numbers, strict=True)}
    assert len([field for field in layer._fields if field.get("group") == "exact losses"]) == 3
    # not represented: the second feature's variance; a column of density .1, the row of the last importance
    p, last = np.array(phase_map._plane.x.values), np.array(phase_map._plane.y.values[::-1])
    ignored = next(one for name, one in losses.items() if name.startswith("[1, 0]"))
    np.testing.assert_allclose(ignored, np.outer(last, p / 3 - p**2 / 4), rtol=1e-5)
    pair = next(one for name, one in losses.items() if name.startswith("[1, −1]"))
    np.testing.assert_allclose(pair, (2.0 + last)[:, None] * p**2 / 6, rtol=1e-5)


def test_a_click_chooses_a_cell_and_shows_its_models(make: Make, seed: int) -> None:
    phase_map = live(make, seed)
    heard: list[Any] = []
    phase_map.observe(lambda change: heard.append(change.new), "cell")
    phase_map._layer.set_state({"chosen": [0, 0]})
    assert phase_map.cell == {"density": 1.0, "importance": pytest.approx(10.0)}
    assert heard == [phase_map.cell]
    value = phase_map.value
    assert value["density"] == 1.0
    run = value["run"]
    assert run.n_instances == 4
    assert run.problem.importance == (1.0, pytest.approx(10.0))
    panel = phase_map._panel
    assert panel is not None
    assert len(panel._seeds.options) == 4
    assert panel._views is not None
    weights = run.best.W[0]
    np.testing.assert_allclose(np.abs(panel._views[0].film.W[-1]), np.abs(weights), atol=1e-6)
    assert "1−S = 1 (S = 0), I = 10" in panel._heading.value

    losses = [float(re.search(r"loss ([\d.e-]+)", label)[1]) for label, _ in panel._seeds.options]  # pyright: ignore[reportOptionalSubscript]
    assert losses == sorted(losses)
    last = panel._seeds.options[-1][1]
    panel._seeds.value = last
    np.testing.assert_allclose(np.abs(panel._views[1].film.W[-1]), np.abs(run.W[last]), atol=1e-6)


def test_a_cell_is_the_one_that_train_makes(make: Make, seed: int) -> None:
    phase_map = live(make, seed)
    phase_map.cell = {"density": 0.1, "importance": 1.0}
    run = phase_map.value["run"]
    schedule = run.schedule
    alone = tms.train(
        run.problem, n_seeds=4, seed=int(run.seeds[0]), steps=schedule.steps, batch_size=schedule.batch_size,
        learning_rate=schedule.learning_rate, engine=run.engine, n_frames=1,
    )  # fmt: skip
    assert (alone.W == run.W).all()


def test_setting_a_cell_takes_the_nearest(make: Make, seed: int) -> None:
    phase_map = live(make, seed, cell={"density": 0.01, "importance": 0.1})
    assert phase_map._layer.chosen == [14, 14]
    phase_map.cell = {"density": 0.9, "importance": 1e9}
    assert phase_map._layer.chosen == [0, 0]
    before = phase_map.cell
    for wrong in ({"density": 0.5}, {"density": 0.5, "importanse": 1.0}, {}):
        with pytest.raises(traitlets.TraitError):
            phase_map.cell = wrong
    assert phase_map.cell == before


def test_average_and_best_are_two_pictures_and_each_says_why(make: Make, seed: int) -> None:
    phase_map = live(make, seed)
    best, first_note = phase_map._pictures()[0][1], phase_map._status.note
    phase_map._switch.value = "average"
    assert phase_map.protocol == "average"
    assert "mean of 3" in phase_map.caption
    assert "local minimum" in phase_map._status.note
    assert phase_map._status.note != first_note
    assert (phase_map._pictures()[0][1] != best).any()
    phase_map.protocol = "best"
    assert phase_map._switch.value == "best"
    assert (phase_map._pictures()[0][1] == best).all()


def test_the_outcome_is_that_of_the_dataset(make: Make, seed: int) -> None:
    phase_map = live(make, seed)
    dataset, plane = phase_map.dataset, phase_map._plane
    assert dataset is not None
    assert isinstance(plane, PhasePlane)
    for protocol in ("best", "average"):
        theirs = dataset.tms.phase(protocol=protocol)
        ours = plane.outcome(protocol).phase
        for row, column in np.ndindex(ours.shape):
            at = plane.at((row, column))
            assert ours[row, column] == theirs.sel(at), (protocol, at)


def test_marked_regions_are_compared(make: Make, seed: int) -> None:
    phase_map = live(make, seed, n_seeds=10)
    assert phase_map._compared.value == ""
    phase_map._layer.set_state({"regions": [[0, 0, 1, 1], [6, 14, 6, 14]]})
    said = phase_map._compared.value
    assert "A (1−S 1 to " in said
    assert re.search(r"4 cells\): 0 % not represented, (75.0|100) % dedicated", said), said
    assert "B (1−S 0.01, " in said
    assert re.search(r"1 cell\): .* in superposition, theory agrees in (0|100) %\.", said), said
    phase_map._layer.set_state({"regions": []})
    assert phase_map._compared.value == ""


def test_a_control_trains_the_whole_map_again(make: Make, seed: int) -> None:
    phase_map = live(make, seed)
    controls, before = phase_map._controls, phase_map._pictures()[0][1]
    assert controls is not None
    run = phase_map.value["run"]
    controls._others.value = 10.0
    finish(phase_map)
    assert phase_map.live is not None
    assert phase_map.live.others == 10.0
    assert (phase_map._pictures()[0][1] != before).any()
    assert phase_map.value["run"].problem.importance[0] == 10.0 != run.problem.importance[0]
    controls._activation.value = "linear"
    finish(phase_map)
    # where both importances are the same any direction will do, so there a linear model mixes them
    mixed = re.search(r"([\d.]+) % in superposition", phase_map.caption)
    assert mixed
    assert float(mixed[1]) <= 100 / 15
    assert "theory agrees" not in phase_map.caption
    assert phase_map._exact is not None, "the map for ReLU stays beside it"


def test_python_trains_a_live_map_again(make: Make, seed: int) -> None:
    phase_map = live(make, seed)
    phase_map.train(n_features=3, n_hidden=2, activation="gelu")
    finish(phase_map)
    assert phase_map.caption.startswith("n = 3, m = 2, gelu, best of 4")
    assert phase_map._controls is not None
    assert phase_map._controls._size.value == (3, 2)
    said, before = phase_map.caption, phase_map._pictures()[0][1]
    with pytest.raises(SettingError, match="did you mean 'gelu'"):
        phase_map.train(activation="gelo")
    with pytest.raises(SettingError, match="no live map"):
        phase_map.train(n_features=7)
    with pytest.raises(SettingError, match="side"):
        phase_map.train(side=9)
    with pytest.raises(TypeError, match="did you mean 'others'"):
        phase_map.train(other=2.0)
    assert phase_map.caption == said
    assert (phase_map._pictures()[0][1] == before).all()


def test_a_mistake_in_a_control_is_said_and_the_picture_stays(
    make: Make, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    phase_map = live(make, seed)
    before = phase_map._pictures()[0][1]

    def refuse(settings: Any) -> Any:
        raise SettingError("This is too much.")

    assert phase_map._controls is not None
    with monkeypatch.context() as patch:
        patch.setattr(type(phase_map._controls.settings), "sweep", refuse)
        phase_map._controls._seeds.value = 10
    assert phase_map.error == "This is too much."
    assert (phase_map._pictures()[0][1] == before).all()
    phase_map._controls._seeds.value = 2
    assert phase_map.error == ""


def sweep_of_names(seed: int) -> tms.Sweep:
    """With names along one axis."""
    return tms.Sweep(
        tms.Problem(3, 2), density=[1.0, 0.3, 0.1], activation=["relu", "gelu"], n_seeds=2, seed=seed,
        quality="draft",
    )  # fmt: skip


def test_a_sweep_fills_while_it_is_asked_and_stops_when_told(make: Make, seed: int) -> None:
    phase_map = make(tms.phase_sweep(side=41, n_seeds=10, seed=seed, quality="paper"))
    status = phase_map._status
    assert status.running
    assert 0 < status._state["progress"] < 1
    assert "cells so far" in phase_map.caption
    first = status._state["progress"]
    status._handle_custom_msg({"type": "continue", "budget_ms": 1}, [])
    second = status._state["progress"]
    assert second > first
    status._handle_custom_msg({"type": "cancel"}, [])
    assert status._state | {"progress": second, "stopped": True, "running": False} == status._state
    status._handle_custom_msg({"type": "continue", "budget_ms": 1}, [])
    assert status._state["progress"] == second, "a request that was under way does not start it again"
    status._handle_custom_msg({"type": "resume"}, [])
    assert status.running
    assert phase_map.value["run"] is not None, "it begins with a cell that is trained"


def test_a_coarse_map_has_colours_everywhere(make: Make, seed: int) -> None:
    phase_map = make(tms.phase_sweep(side=41, n_seeds=10, seed=seed, quality="paper"))
    pixels = phase_map._pictures()[0][1].reshape(-1, 3)
    assert not (pixels == phase_colour_of_nothing()).all(axis=1).any()
    numbers = np.frombuffer(phase_map._layer._numbers, "<f4").reshape(-1, 41, 41)
    assert np.isnan(numbers[1]).any(), "what is not trained has no numbers"


def phase_colour_of_nothing() -> list[int]:
    from tms_widgets.widgets.phase_colours import phase_pixels

    return phase_pixels(np.nan, np.nan).tolist()


def test_any_two_fields_make_a_map_without_theory(make: Make, seed: int) -> None:
    sweep = sweep_of_names(seed)
    phase_map = make(sweep)
    finish(phase_map)
    assert len(phase_map._pictures()) == 1
    assert phase_map._plane.x_name == "density"
    assert phase_map._plane.y.kind == "names"
    phase_map.cell = {"density": 0.1, "activation": "gelu"}
    assert phase_map.value["run"].problem.activation == "gelu"
    with pytest.raises(traitlets.TraitError, match="elu"):
        phase_map.cell = {"density": 0.1, "activation": "elu"}
    with pytest.raises(SettingError, match="only a live map"):
        phase_map.train(activation="relu")


def test_a_dataset_is_shown_as_it_is(make: Make, seed: int) -> None:
    dataset = tms.phase_sweep(side=7, n_seeds=3, seed=seed, quality="draft").run(progress=False)
    phase_map = make(dataset)
    assert not phase_map._status.running
    assert phase_map.dataset is dataset
    assert len(phase_map._pictures()) == 2
    phase_map.cell = {"density": 1.0, "importance": 0.1}
    best = phase_map.value["run"].best
    stored = dataset.sel(density=1.0, importance=0.1, method="nearest")
    assert float(best.loss[0]) == pytest.approx(float(stored["loss"].min()))
    phases = dataset.tms.phase().sel(density=1.0, importance=0.1, method="nearest")
    assert measures.phase(best.W)[0] == float(phases)
    part = make(dataset.isel(importance=slice(2, 6)))
    assert part._plane.shape == (4, 7)
    part.cell = {"density": 1.0, "importance": 10.0}
    assert part.value["run"].problem.importance[1] == part.cell["importance"] < 10.0


def test_sparsity_rises_to_the_right(make: Make, seed: int) -> None:
    dataset = tms.Sweep(
        tms.Problem(2, 1), sparsity=[0.9, 0.0, 0.5], importance=[(1.0, 0.1), (1.0, 1.0), (1.0, 10.0)],
        n_seeds=2, seed=seed, quality="draft",
    ).run(progress=False)  # fmt: skip
    phase_map = make(dataset)
    assert phase_map._plane.x.values == (0.0, 0.5, 0.9)
    assert len(phase_map._pictures()) == 2, "theory speaks of sparsity as well"
    phase_map.cell = {"sparsity": 0.9, "importance": 0.1}
    assert phase_map.value["run"].problem.importance == (1.0, 0.1)


def test_theory_is_silent_about_other_problems(seed: int) -> None:
    def exact(problem: tms.Problem, importance: list[tuple[float, ...]]) -> ExactPhases | None:
        sweep = tms.Sweep(
            problem, density=[1.0, 0.1], importance=importance, n_seeds=1, seed=seed, quality="draft"
        )
        return ExactPhases.of(PhasePlane(sweep.session().dataset))

    two = [(1.0, 0.1), (1.0, 10.0)]
    assert exact(tms.Problem(2, 1), two) is not None
    assert exact(tms.Problem(2, 1, bias=False), two) is None
    assert exact(tms.Problem(2, 2), two) is None
    assert exact(tms.Problem(3, 1), [(1.0, 1.0, 0.1), (1.0, 1.0, 10.0)]) is None
    assert exact(tms.Problem(3, 2), [(1.0, 2.0, 0.1), (1.0, 2.0, 10.0)]) is None
    assert exact(tms.Problem(3, 2), [(2.0, 2.0, 0.1), (2.0, 2.0, 10.0)]) is not None


def test_any_numbers_with_two_dimensions_are_a_map(make: Make) -> None:
    values = xr.DataArray(
        np.arange(12.0).reshape(3, 4), name="dimensions",
        coords={"m": [1, 2, 3], "n": [10, 20, 30, 40]}, dims=("m", "n"),
    )  # fmt: skip
    values[0, 0] = np.nan
    phase_map = make(values)
    assert phase_map._plane.x_name == "n"
    assert phase_map.caption == "dimensions from 1 to 11, in 12 cells over n and m."
    phase_map.cell = {"n": 40, "m": 3}
    assert phase_map.value == {"n": 40, "m": 3, "value": 11.0}
    assert phase_map._layer.chosen == [0, 3]
    (_, pixels, _) = phase_map._pictures()[0]
    assert pixels[0, 3].tolist() == [253, 231, 37]
    assert phase_map.dataset is None


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        (3, TypeError, "needs a Sweep, a Dataset or a DataArray, not int"),
        (xr.DataArray(np.ones(3)), SettingError, "two axes, and this result has 1"),
        (xr.DataArray(np.ones((2, 2, 2))), SettingError, "has 3"),
        (xr.DataArray(np.array([["a"]])), SettingError, "needs numbers"),
        (xr.Dataset({"x": ("y", [1])}), SettingError, "dataset that a Sweep makes"),
    ],
)
def test_a_source_that_is_no_map_is_a_sentence(make: Make, source: Any, error: type, words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        make(source)
    assert str(caught.value).endswith(".")


def test_a_sweep_over_one_field_is_no_map(make: Make, seed: int) -> None:
    with pytest.raises(SettingError, match=r"has 1 \(density\)"):
        make(tms.Sweep(tms.Problem(2, 1), density=[1.0, 0.5], n_seeds=1, seed=seed))


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"n_features": 4}, SettingError, "no live map"),
        ({"activation": "tanh"}, SettingError, "activation"),
        ({"n_seeds": 0}, SettingError, "n_seeds"),
        ({"side": 1}, SettingError, "side"),
        ({"others": 0}, SettingError, "others"),
        ({"others": float("nan")}, SettingError, "others"),
        ({"seed": -1}, SettingError, "seed"),
        ({"protocol": "mean"}, SettingError, "protocol"),
        ({"n_feature": 2}, TypeError, "did you mean 'n_features'"),
        ({"cell": {"density": 0.5}}, SettingError, "two coordinates"),
    ],
)
def test_a_setting_that_cannot_be_used_is_a_sentence(
    make: Make, settings: dict[str, Any], error: type, words: str
) -> None:
    with pytest.raises(error, match=words):
        make(**{"side": 5, "n_seeds": 1} | settings)


def test_live_settings_and_a_source_exclude_each_other(make: Make) -> None:
    with pytest.raises(SettingError, match="only one of the two"):
        make(xr.DataArray(np.ones((2, 2))), activation="gelu")


def test_without_bqplot_one_sentence_says_how_to_get_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "bqplot":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=re.escape("pip install 'tms-widgets[charts]'")):
        make()


def test_a_notebook_keeps_a_picture(make: Make, seed: int) -> None:
    phase_map = live(make, seed)
    bundle = phase_map._repr_mimebundle_()
    assert bundle["text/plain"] == phase_map.caption
    picture = bundle["image/svg+xml"]
    assert picture.startswith("<svg")
    assert picture.count("data:image/png;base64,") == 2
    assert f"<title>{phase_map.caption}</title>" in picture
    assert len(picture) < 60_000
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == phase_map.model_id
