"""What the Explorer trains on, in Python: presets, sets of features, a perturbed feature, the training."""

from itertools import groupby
from typing import Any

import numpy as np
import pytest
import traitlets

import tms_widgets as tms
from tms_widgets import measures
from tms_widgets.core.checks import SettingError
from tms_widgets.paper import EXPERIMENTS
from tms_widgets.widgets.explorer import Explorer
from tms_widgets.widgets.presets import PRESETS

from .spoken import Spoken

pytestmark = pytest.mark.usefixtures("compiled")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_opens_by_name(preset: Any) -> None:
    widget = Explorer(preset=preset.name, n_seeds=1)
    assert widget._answer.setup == preset.setup
    widget.close()


def test_a_preset_opens_by_the_beginning_of_its_name() -> None:
    widget = Explorer(preset="E4", n_seeds=1)
    assert widget.n_features == 20
    widget.close()
    with pytest.raises(SettingError, match="E4 linear"):
        Explorer(preset="E4 linea!")
    with pytest.raises(SettingError, match="E22 slow"):
        Explorer(preset="E2")  # not the first that happens to begin with it


def test_the_presets_are_those_of_the_paper() -> None:
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)
    sections = [preset.section for preset in PRESETS]
    assert max(map(sections.count, sections)) <= 9, "one key each"
    assert list(dict.fromkeys(sections)) == [
        "1–3 Superposition",
        "5 Uniform geometry",
        "6 Non-uniform geometry",
        "7 Learning dynamics",
        "9 Privileged basis",
        "10 Computation",
        "11 Strategic picture",
        "Comments: activations",
    ], "in the paper's order"
    assert len([*groupby(sections)]) == len(set(sections)), "no section comes twice"
    assert {preset.name.split()[0] for preset in PRESETS} == {
        "E1", "E4", "E5", "E11", "E15", "E16", "E17", "E18", "E19", "E20", "E22", "E26", "E27", "E28", "E29",
        "E30", "E31", "E32", "E37",
    }  # fmt: skip
    intro = [preset.setup.problem for preset in PRESETS if preset.name.startswith("E1 ")]
    assert [problem.density for problem in intro] == [1.0, 0.2, 0.1]
    shapes = {}
    for preset in PRESETS[:9]:
        problem = preset.setup.problem
        shapes[preset.name[:2]] = problem.n_features, problem.n_hidden, problem.importance
    assert shapes == {"E1": (5, 2, 0.9), "E4": (20, 5, 0.7), "E5": (80, 20, 0.9)}


def test_the_presets_are_models_of_the_catalogue() -> None:
    def form(problem: tms.Problem) -> tuple[Any, ...]:
        return (
            problem.n_features, problem.n_hidden, problem.features, problem.set_size, problem.architecture,
            problem.activation, problem.hidden_bias,
        )  # fmt: skip

    for preset in PRESETS:
        name = preset.name.split()[0]
        if name != "E11":  # a smaller twin
            assert form(preset.setup.base) in {form(problem) for problem in EXPERIMENTS[name].problems}, name


SHAPES = {
    "E11": "6 digons",
    "E15": "regular pentagon",
    "E16": "two digons (a square)",
    "E17": "two digons (a square)",
    "E22": "three digons (an octahedron)",
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_preset_shows_the_papers_shape(name: str, seed: int) -> None:
    """One best of eight in fifty is a distorted octahedron (E22), so a second one may show it."""
    assert any(shape_of(name, first) == SHAPES[name] for first in (seed, seed + 1000))


def trained(preset: str, **settings: Any) -> Explorer:
    """An Explorer that has trained to the end, however busy the computer."""
    widget = Explorer(preset=preset, **settings)
    while not widget._state["done"]:
        widget._handle_custom_msg({"type": "continue", "token": 1, "budget_ms": 1000}, [])
    return widget


def shape_of(preset: str, seed: int) -> str:
    widget = trained(preset, seed=seed)
    widget.close()
    return str(tms.measures.geometry(widget.run.best.W[0]))


def cosines(widget: Explorer) -> np.ndarray:
    W = widget.run.best.W[0]
    unit = W / np.linalg.norm(W, axis=0)
    return unit.T @ unit


def test_correlated_partners_are_at_right_angles_and_anticorrelated_ones_opposite(seed: int) -> None:
    correlated = Explorer(preset="E16", seed=seed, n_seeds=16)
    assert abs(cosines(correlated)[0, 1]) < 0.05
    opposite = Explorer(preset="E17", seed=seed, n_seeds=32)
    assert cosines(opposite)[0, 1] < -0.98
    for widget in (correlated, opposite):
        widget.close()


def test_three_pairs_end_as_a_hexagon_of_neighbours_or_collapse(seed: int) -> None:
    widget = Explorer(preset="E18", seed=seed, n_seeds=24)
    partners = [cosines(widget)[i, i + 1] for i in (0, 2, 4)]
    assert all(0.35 < cosine < 0.65 for cosine in partners), partners
    widget.density = 0.5
    assert min(cosines(widget)[i, i + 1] for i in (0, 2, 4)) > 0.95, "every pair is one direction"
    widget.close()


def test_sets_are_near_to_an_orthogonal_basis_of_their_own(seed: int) -> None:
    widget = Explorer(preset="E19", seed=seed)
    while not widget._state["done"]:
        widget._handle_custom_msg({"type": "continue", "token": 1, "budget_ms": 1000}, [])
    products = np.abs(widget.run.best.W[0].T @ widget.run.best.W[0])
    within = np.kron(np.eye(3), np.ones((10, 10))).astype(bool)
    off = ~np.eye(30, dtype=bool)
    assert products[within & off].mean() < 0.5 * products[~within].mean()
    widget.close()


def test_a_sparser_feature_collapses_the_pentagon(seed: int) -> None:
    widget = Spoken(preset="E15", seed=seed, n_seeds=12)
    assert (widget.perturbed, widget.factor, widget.problem.density) == (0, 1.0, 0.05)
    widget.factor = 0.15
    assert widget.problem.density == (0.0075, 0.05, 0.05, 0.05, 0.05)
    assert (widget.density, widget.sparsity) == (0.05, 0.95), "the slider keeps speaking of all"
    assert "5 features (feature 0 active 0.15 times as often)" in widget.caption
    assert str(tms.measures.geometry(widget.run.best.W[0])) == "two digons (a square)"
    norms = tms.measures.feature_norms(widget.run.best.W[0])
    assert norms[0] < 0.1 < norms[1:].min()
    widget.factor = 0.5
    assert tms.measures.feature_norms(widget.run.best.W[0]).min() > 0.5
    widget.density = 0.1
    assert widget.problem.density == (0.05, 0.1, 0.1, 0.1, 0.1)
    widget.perturbed = None
    assert (widget.factor, widget.problem.density) == (1.0, 0.1)
    widget.close()


def test_a_perturbed_density_stays_a_probability(explorer: Spoken) -> None:
    explorer.perturbed = 2
    explorer.factor = 10
    assert explorer.problem.density == (0.5, 0.5, 1.0)
    assert (explorer.factor, explorer.density) == (10.0, 0.5)
    explorer.density = 0.05
    assert explorer.problem.density == (0.05, 0.05, 0.5)
    explorer.density = 1e-6
    explorer.factor = 0.1
    assert explorer.problem.density == 1e-6 or set(explorer.problem.density) == {1e-6}
    with pytest.raises(traitlets.TraitError, match="perturbed=2"):
        explorer.n_features = 2


def test_a_set_is_perturbed_as_a_whole() -> None:
    widget = Explorer(tms.Problem(6, 2, density=0.1, features="correlated", set_size=2), n_seeds=1)
    widget.perturbed = 3
    widget.factor = 0.5
    assert widget.problem.density == (0.1, 0.1, 0.05, 0.05, 0.1, 0.1)
    assert "3 correlated sets of 2, set 1 active 0.5 times as often" in widget.caption
    widget.close()


def test_the_kind_of_features_brings_its_set_size(explorer: Spoken) -> None:
    explorer.n_features = 6
    explorer.features = "correlated"
    assert (explorer.set_size, explorer.problem.set_size) == (2, 2)
    explorer.set_size = 3
    assert explorer._meta["set_size"] == 3
    explorer.features = "anticorrelated"
    assert (explorer.set_size, explorer._meta["features"]) == (3, "anticorrelated")
    with pytest.raises(traitlets.TraitError, match="set_size=3"):
        explorer.n_features = 5
    explorer.features = "independent"
    assert (explorer.set_size, explorer._meta["set_size"]) == (None, None)
    widget = Explorer(n_features=9, n_hidden=2, features="correlated", n_seeds=1)
    assert widget.set_size == 3
    widget.close()


def test_the_model_is_chosen_and_what_it_has_not_is_left(explorer: Spoken) -> None:
    explorer.architecture = "untied"
    explorer.hidden_bias = True
    explorer.l1 = 0.01
    assert explorer.run.b_hidden is not None
    assert (explorer.run.problem.hidden_bias, explorer.run.problem.l1) == (True, 0.01)
    assert explorer._state["settings"]["l1"] == 0.01
    explorer.architecture = "relu_output"
    assert (explorer.hidden_bias, explorer.l1) == (False, 0.01)
    explorer.l1 = 0
    explorer.activation = "linear"
    assert explorer.architecture == "linear"
    explorer.activation = "squared_relu"
    assert explorer.architecture == "relu_output"
    explorer.architecture = "linear"
    assert explorer.activation == "linear"


def test_seeds_with_neurons_say_how_many_stand_for_one_feature() -> None:
    widget = trained("E29", n_seeds=4)
    told = [one["geometry"] for one in widget._state["seeds"]]
    assert told[widget._state["best"]] == "6 mono, 0 poly"
    run = widget.run
    single = [int(measures.monosemantic(W, W_out).sum()) for W, W_out in zip(run.W, run.W_out, strict=True)]
    assert [int(words.split()[0]) for words in told] == single
    widget.close()


@pytest.mark.parametrize("activation", ["ReLU", "ReLU²", "GELU", "linear"])
def test_what_follows_decides_whether_two_features_share_a_dimension(activation: str, seed: int) -> None:
    widget = trained(f"E37 {activation}", seed=seed)
    shared = bool(measures.represented(widget.run.best.W[0]).all())
    assert shared == activation.startswith("ReLU")
    widget.close()


def test_a_penalty_leaves_only_what_has_room(seed: int) -> None:
    """That each of them has a dimension to itself takes more seeds: see E32."""
    represented = []
    for preset in ("E32 λ=0", "E32 λ=0.125"):
        widget = trained(preset, seed=seed)
        represented.append(np.flatnonzero(measures.represented(widget.run.best.W[0])).tolist())
        widget.close()
    assert len(represented[0]) > 5
    assert represented[1] == [0, 1, 2, 3, 4]
    assert measures.basis_alignment(widget.run.best.W[0]) > 0.95


def test_training_can_be_asked_for(explorer: Spoken) -> None:
    slow = {"init": 0.02, "decay": "none", "learning_rate": np.float64(1e-3), "steps": np.int64(300)}
    explorer.training = slow
    schedule = explorer.run.schedule
    assert (schedule.steps, schedule.decay, schedule.learning_rate) == (300, "none", 1e-3)
    assert explorer.run.frames.W[0].std() < 0.05
    reply, _ = explorer.train(training={"steps": 200})
    assert reply["settings"]["training"] == {"steps": 200}
    assert reply["meta"]["steps"][-1] == 200
    explorer.training = {}
    assert explorer.run.schedule.decay == "cosine"


def test_the_slow_film_shows_the_stages(seed: int) -> None:
    widget = Explorer(preset="E22 slow", seed=seed, n_seeds=4)
    while not widget._state["done"]:
        widget._handle_custom_msg({"type": "continue", "token": 1, "budget_ms": 1000}, [])
    run = widget.run.best
    at = int(np.argmin(np.abs(run.frames.step - 500)))
    early = run.frames.W[at, 0]
    singular = np.linalg.svd(early, compute_uv=False)
    assert singular[2] < 0.2 * singular[0], "first the plane of the principal components"
    assert np.linalg.svd(run.W[0], compute_uv=False)[2] > 0.5 * singular[0], "then all of space"
    widget.close()


def test_members_of_a_set_share_a_colour_in_the_still_picture() -> None:
    widget = Explorer(preset="E16", n_seeds=1)
    drawn = widget.picture()
    assert drawn.count("#0072b2") == drawn.count("#e69f00") == 4, "an arrow and its tip, of two features"
    assert "#009e73" not in drawn
    widget.close()
