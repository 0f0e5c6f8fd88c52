"""The result of a sweep: the models of `train`, labelled, whatever the blocks; and what is read off."""

from __future__ import annotations

import numpy as np
import pytest

import tms_widgets as tms
from tms_widgets import measures
from tms_widgets.core.checks import SettingError

SEED = int(np.random.default_rng().integers(2**31))
GRID = {"density": [1.0, 0.3, 0.05], "activation": ["relu", "gelu"]}
"""Two groups of cells, since an activation is compiled in."""


def grid(**settings):
    settings = {"n_seeds": 4, "seed": SEED, "steps": 60, **GRID} | settings
    return tms.Sweep(tms.Problem(3, 2, importance=(1, 0.8, 0.6)), **settings)


def run(sweep, **how):
    return sweep.run(progress=False, **how)


@pytest.fixture(scope="module")
def result():
    return run(grid())


def alike(sweep, problem, **settings):
    """The settings for `train` that make it do as the sweep does."""
    recipe = sweep.recipes[sweep.groups[sweep.problems.index(problem)]]
    return {
        "steps": recipe.schedule.steps,
        "batch_size": recipe.schedule.batch_size,
        "learning_rate": recipe.schedule.learning_rate,
        "engine": recipe.engine,
        "n_frames": 1,
        "n_seeds": sweep.settings.n_seeds,
        "seed": sweep.seeds(sweep.problems.index(problem))[0],
        **settings,
    }


SWEEPS = {
    "exact": grid(),
    "stratified": grid(engine="stratified", activation=["relu"], density=[0.5, 0.05]),
    "neurons": tms.Sweep(
        tms.Problem(4, 3, architecture="untied", hidden_bias=True), density=[0.5, 0.1], n_seeds=3, steps=40
    ),
    "dense": grid(engine="dense", activation=["relu"], n_seeds=3, steps=20),
    "reference": grid(engine="reference", steps=4, batch_size=16, n_seeds=5),
    "mixed": tms.Sweep.of([tms.Problem(2, 1), tms.Problem(5, 2, density=0.2)], n_seeds=3, steps=30),
}


@pytest.mark.parametrize("kind", SWEEPS)
def test_a_model_is_the_same_in_any_block_and_order(kind):
    sweep = SWEEPS[kind]
    whole = run(sweep)
    assert not whole.loss.isnull().any()
    for block_models in (1, 2, 7):
        assert run(sweep, block_models=block_models).identical(whole)
    for order in ("plain", "coarse"):
        session = sweep.session(order)
        while not session.done:
            session.advance(0.0)
        assert session.dataset.identical(whole)


@pytest.mark.parametrize("kind", [kind for kind in SWEEPS if kind != "reference"])
def test_the_models_are_those_of_train(kind):
    sweep = SWEEPS[kind]
    result = run(sweep)
    where = np.random.default_rng().integers(len(sweep.problems))
    problem = sweep.problems[where]
    place = dict(zip(sweep.dims, np.unravel_index(where, sweep.shape), strict=True))
    trained, found = tms.train(problem, **alike(sweep, problem)), result.isel(place).tms.run()
    assert found.problems == trained.problems
    assert (found.seeds == trained.seeds).all()
    assert (found.loss == trained.loss.astype(np.float32)).all()
    for mine, theirs in zip(found.weights, trained.weights, strict=True):
        assert (mine is None and theirs is None) or (mine == theirs).all()
    assert (found.engine, found.schedule) == (trained.engine, trained.schedule)


def test_names_and_numbers_label_everything(result):
    assert result.loss.dims == ("density", "activation", "seed")
    assert result.W.dims == ("density", "activation", "seed", "hidden", "feature")
    assert result.b.dims == ("density", "activation", "seed", "feature")
    assert {array.dtype for array in result.data_vars.values()} == {np.dtype(np.float32)}
    assert result.seed.values.tolist() == [0, 1, 2, 3]
    own = result.instance_seed
    assert own.dims == result.loss.dims
    assert own.values.ravel().tolist() == list(range(SEED, SEED + own.size)), "no two share a start"
    assert result.sparsity.dims == ("density",)
    frame = result.loss.to_dataframe()
    assert frame.loc[(0.05, "gelu", 0), "loss"] == result.loss.sel(density=0.05, activation="gelu")[0]


def test_problems_of_several_sizes_leave_nan_beyond_their_own():
    result = run(SWEEPS["mixed"])
    small = result.isel(problem=0)
    assert small.W.notnull().sum("seed").values.tolist() == [[3, 3, 0, 0, 0], [0] * 5]
    assert small.tms.norm.notnull().sum() == small.tms.interference.notnull().sum() == 6
    assert small.tms.run().W.shape == (3, 1, 2)


def test_the_best_is_the_model_of_the_least_loss(result):
    best = result.tms.best()
    assert "seed" not in best.dims
    assert (best.loss == result.loss.min("seed")).all()
    cell = {"density": 1, "activation": 1}
    one = result.isel(cell)
    assert (best.W.isel(cell) == one.W.sel(seed=best.seed.isel(cell))).all()


def test_the_average_leaves_out_the_worst_of_each_cell(result):
    norm = result.tms.norm
    for drop in (0, 1, 3):
        average = result.tms.average(norm, drop_worst=drop)
        for density in range(3):
            losses = result.loss.values[density, 0]
            kept = np.argsort(losses)[: 4 - drop]
            wanted = norm.values[density, 0, kept].mean(axis=0)
            assert np.allclose(average.values[density, 0], wanted)
    with pytest.raises(SettingError, match="drop_worst=4 is outside 0 to 3"):
        result.tms.average(norm, 4)
    with pytest.raises(SettingError, match="a quantity with the dimension seed"):
        result.tms.average(result.tms.best().tms.norm)
    with pytest.raises(SettingError, match="before it was reduced over its seeds"):
        result.tms.best().tms.best()


def test_norm_and_interference_are_those_of_the_measures(result):
    assert np.allclose(result.tms.norm, measures.feature_norms(result.W.values))
    assert np.allclose(result.tms.interference, measures.interference(result.W.values))
    assert result.tms.norm.dims == ("density", "activation", "seed", "feature")


def test_phases_by_either_protocol(result):
    best = measures.phase(result.tms.best().W.values)
    assert (result.tms.phase() == best).all()
    assert (result.tms.best().tms.phase() == best).all()
    parts = (result.tms.average(part.isel(feature=-1)) for part in (result.tms.norm, result.tms.interference))
    assert (result.tms.phase("average") == measures.phase_of(*parts)).all()
    with pytest.raises(SettingError, match="did you mean 'average'"):
        result.tms.phase("averaged")


def test_the_way_back_to_a_problem(result):
    problems = grid().problems
    assert result.tms.problem(density=0.31, activation="gelu") == problems[3]
    assert result.tms.problem(sparsity=0.94, activation="relu") == problems[4]
    assert result.isel(density=0, activation=1).tms.problem() == problems[1]
    part = result.sel(activation=["gelu"]).isel(density=slice(1, None))
    assert part.tms.problem(density=1.0) == problems[3]
    assert (part.tms.run(density=1.0).W == result.isel(density=1, activation=1).W).all()
    assert result.tms.sweep.problems == problems
    for wrong, sentence in (
        ({"density": 0.3}, "There are 2 values of activation; say which, as in activation=relu"),
        ({"density": 0.3, "activation": "rely"}, "did you mean 'relu'"),
        ({"densty": 0.3}, "did you mean 'density'"),
        ({"density": "much", "activation": "relu"}, "density='much' is not a number"),
    ):
        with pytest.raises(SettingError, match=sentence):
            result.tms.problem(**wrong)
    with pytest.raises(SettingError, match="lost the attributes of its sweep"):
        result.drop_attrs().tms.problem(density=0.3, activation="relu")


def test_one_model_of_a_cell_is_a_run_too(result):
    run = result.tms.best().tms.run(density=0.3, activation="relu")
    assert run.n_instances == 1
    assert run.loss[0] == result.loss.sel(density=0.3, activation="relu").min()


def test_the_attributes_make_the_sweep_again(result):
    assert result.tms.sweep.definition == grid().definition
    again = run(result.tms.sweep)
    assert again.identical(result)
    listed = SWEEPS["mixed"]
    assert run(run(listed).tms.sweep).identical(run(listed))


def test_a_model_that_diverges_says_so_and_leaves_the_others_alone():
    problem = tms.Problem(3, 2, activation="squared_relu")
    settings = {"n_seeds": 3, "engine": "exact", "learning_rate": 1.0, "init": 10.0, "steps": 30}
    wild = tms.Sweep(problem, importance=[(1, 1, 1), (1e6, 1e6, 1e6)], **settings)
    result = run(wild)
    diverged = ~np.isfinite(result.loss)
    assert (result.W.isnull().all(("hidden", "feature")) == diverged).all()
    assert not result.loss.isnull().any()
    for block_models in (1, 3):
        assert run(wild, block_models=block_models).identical(result)


def test_progress_is_told_to_whoever_wants_it(capsys):
    told = []
    grid().run(progress=lambda done, total: told.append((done, total)), block_models=4)
    assert told[0] == (0, 24)
    assert told[-1] == (24, 24)
    assert told == sorted(told)
    grid().run()
    assert "24/24" in capsys.readouterr().err
    grid().run(progress=False)
    assert capsys.readouterr().err == ""
    with pytest.raises(SettingError, match="progress='yes' is not True or False"):
        grid().run(progress="yes")
