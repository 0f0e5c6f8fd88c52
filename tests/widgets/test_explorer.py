"""The Explorer in Python: its traits, its requests and replies, its end."""

import gc
import json
import math
import threading
import warnings
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import traitlets

import tms_widgets as tms
from tms_widgets.core.checks import SettingError
from tms_widgets.core.engines.warm import warm_up
from tms_widgets.paper import EXPERIMENTS
from tms_widgets.widgets import trainer
from tms_widgets.widgets.explorer import Explorer
from tms_widgets.widgets.presets import PRESETS

PENTAGON = {
    "n_features": 5, "n_hidden": 2, "density": 0.1, "importance": 0.9, "architecture": "relu_output",
    "features": "independent", "set_size": None, "perturbed": None, "factor": 1.0, "training": {},
}  # fmt: skip
TINY = tms.Problem(3, 2, density=0.5)


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    warm_up()


class Spoken(Explorer):
    """An Explorer that keeps what it says to the browser."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.replies: list[tuple[dict[str, Any], list[bytes]]] = []
        self.pushed: list[set[str]] = []
        super().__init__(*args, **kwargs)
        self.pushed.clear()

    def send(self, content: Any, buffers: Any = None) -> None:
        self.replies.append((json.loads(json.dumps(content, allow_nan=False)), list(buffers or [])))

    def send_state(self, key: Any = None) -> None:
        self.pushed.append({key} if isinstance(key, str) else set(key or self.keys))

    def ask(self, **request: Any) -> tuple[dict[str, Any], list[bytes]]:
        before = len(self.replies)
        self._handle_custom_msg(request, [])
        assert len(self.replies) == before + 1, "every request gets exactly one reply"
        return self.replies[-1]

    def train(
        self, token: int = 1, budget_ms: float = 10_000, **changes: Any
    ) -> tuple[dict[str, Any], list[bytes]]:
        seeds = {name: changes.pop(name) for name in ("seed", "n_seeds") if name in changes}
        seeds = {"seed": 0, "n_seeds": 2} | seeds
        return self.ask(type="train", token=token, settings=PENTAGON | changes, budget_ms=budget_ms, **seeds)


@pytest.fixture
def explorer() -> Iterator[Spoken]:
    widget = Spoken(TINY, n_seeds=2)
    yield widget
    widget.close()


def frames_in(meta: dict[str, Any], film: bytes) -> np.ndarray:
    size = meta["n"] * meta["m"] * (2 if meta["untied"] else 1) + meta["n"]
    return np.frombuffer(film, "<f4").reshape(len(meta["steps"]), size)


def test_it_opens_on_a_trained_picture() -> None:
    widget = Spoken()
    assert widget._state["done"] or widget._state["progress"] > 0.1, (
        "a busy computer may need a second request"
    )
    assert widget.value == PENTAGON | {"seed": 0, "n_seeds": 8}
    assert widget.frame == len(widget._meta["steps"]) - 1
    assert "5 features in 2 dimensions" in widget.caption
    assert len(widget.run) == 8
    widget.close()


def test_one_message_brings_the_whole_picture() -> None:
    opened: list[dict[str, Any]] = []
    pushed: list[Any] = []

    class Watched(Explorer):
        def open(self) -> None:
            opened.append(self.get_state())
            super().open()

        def send_state(self, key: Any = None) -> None:
            if opened:
                pushed.append(key)

    widget = Watched(TINY, n_seeds=2)
    (state,) = opened
    assert state["_state"]["token"] == widget._state["token"]
    assert frames_in(state["_meta"], state["_film"]).shape[0] == state["frame"] + 1 > 1
    assert pushed == [], "a page that reads it at once must not see half of it"
    widget.close()


def test_a_request_is_answered_with_the_whole_film(explorer: Spoken) -> None:
    reply, (film,) = explorer.train(token=7)
    assert (reply["type"], reply["token"], reply["done"], reply["progress"]) == ("film", 7, True, 1.0)
    assert reply["settings"] == PENTAGON | {"seed": 0, "n_seeds": 2}
    assert [one["seed"] for one in reply["seeds"]] == [0, 1]
    assert all(one["geometry"] for one in reply["seeds"])
    assert reply["best"] == reply["instance"] == int(np.argmin([one["loss"] for one in reply["seeds"]]))
    assert reply["meta"]["losses"][-1] == pytest.approx(reply["seeds"][reply["best"]]["loss"])
    assert np.isfinite(frames_in(reply["meta"], film)).all()


def test_the_film_is_that_of_the_best_seed(explorer: Spoken) -> None:
    reply, (film,) = explorer.train()
    W = frames_in(reply["meta"], film)[-1, :10].reshape(2, 5).astype(float)
    best = explorer.run.best.W[0].astype(float)
    np.testing.assert_allclose(W.T @ W, best.T @ best, atol=1e-5)


def test_settings_of_a_request_become_traits_without_an_echo(explorer: Spoken) -> None:
    seen = []
    explorer.observe(
        lambda change: seen.append((change.name, change.new)), ["density", "sparsity", "n_features"]
    )
    explorer.train(density=0.05)
    assert (explorer.density, explorer.sparsity, explorer.n_features, explorer.n_seeds) == (0.05, 0.95, 5, 2)
    assert set(seen) == {("density", 0.05), ("sparsity", 0.95), ("n_features", 5)}
    assert explorer.pushed == []
    assert explorer._state["token"] == 1
    assert explorer._meta["n"] == 5


def test_a_long_training_goes_on_when_it_is_asked(explorer: Spoken) -> None:
    reply, _ = explorer.train(budget_ms=0, n_features=60, n_hidden=12)
    progress = [reply["progress"]]
    assert not reply["done"]
    assert all(one["geometry"] == "" for one in reply["seeds"])
    while not reply["done"]:
        reply, (film,) = explorer.ask(type="continue", token=1, budget_ms=30)
        progress.append(reply["progress"])
        assert len(frames_in(reply["meta"], film)) == len(reply["meta"]["steps"])
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert len(progress) > 2


def test_another_seed_can_be_shown(explorer: Spoken) -> None:
    reply, _ = explorer.train(n_seeds=3)
    other = (reply["best"] + 1) % 3
    reply, (film,) = explorer.ask(type="show", token=1, instance=other)
    assert reply["instance"] == other
    W = frames_in(reply["meta"], film)[-1, :10].reshape(2, 5).astype(float)
    shown = explorer.run.W[other].astype(float)
    np.testing.assert_allclose(W.T @ W, shown.T @ shown, atol=1e-5)
    reply, _ = explorer.ask(type="continue", token=1, budget_ms=0)
    assert reply["instance"] == other
    reply, _ = explorer.train(n_seeds=3)
    assert reply["instance"] == reply["best"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_features": -1}, ["n_features=-1", "1"]),
        ({"n_features": 0}, ["n_features=0"]),
        ({"n_features": True}, ["n_features=True", "whole number"]),
        ({"n_features": "5"}, ["n_features='5'", "whole number"]),
        ({"n_features": 2.5}, ["n_features=2.5", "whole number"]),
        ({"n_features": 10**40}, ["n_features=", "10000"]),
        ({"n_features": None}, ["n_features=None"]),
        ({"n_hidden": math.nan}, ["n_hidden=nan"]),
        ({"density": 0}, ["density=0"]),
        ({"density": math.nan}, ["density"]),
        ({"density": math.inf}, ["density"]),
        ({"density": 1.5}, ["density=1.5", "1"]),
        ({"density": True}, ["density=True"]),
        ({"density": "0.1"}, ["density='0.1'"]),
        ({"density": [0.1, 0.2]}, ["2", "5 features"]),
        ({"importance": 0}, ["importance=0"]),
        ({"importance": [1, 1, 1]}, ["3", "5 features"]),
        ({"architecture": "relu"}, ["architecture='relu'", "relu_output"]),
        ({"n_features": 5000, "n_hidden": 2000}, ["memory", "TMS_MAX_BYTES"]),
        ({"seed": -1}, ["seed=-1"]),
        ({"seed": True}, ["seed=True"]),
        ({"n_seeds": 0}, ["n_seeds=0"]),
        ({"n_seeds": 1000}, ["n_seeds=1000", "256"]),
        ({"n_features": 1500, "n_hidden": 1}, ["1000"]),
        ({"n_seeds": 10**40}, ["n_seeds="]),
        ({"colour": 1}, ["colour"]),
        ({"features": "paired"}, ["features='paired'", "correlated"]),
        ({"features": "correlated", "set_size": 2}, ["set_size=2", "5", "nearest", "1"]),
        ({"features": "correlated", "set_size": True}, ["set_size=True", "whole number"]),
        ({"features": "independent", "set_size": 5}, ["set_size=5", "independent"]),
        ({"perturbed": 5}, ["perturbed=5", "0 to 4"]),
        ({"perturbed": -1}, ["perturbed=-1", "0"]),
        ({"perturbed": True}, ["perturbed=True"]),
        ({"perturbed": 0, "factor": 0.05}, ["factor=0.05", "0.1"]),
        ({"perturbed": 0, "factor": 11}, ["factor=11", "10"]),
        ({"perturbed": 0, "factor": math.nan}, ["factor", "NaN"]),
        ({"factor": 2}, ["factor=2", "perturbed"]),
        ({"training": 5}, ["training=5", "steps"]),
        ({"training": {"step": 5}}, ["'step'", "steps"]),
        ({"training": {"steps": 0}}, ["steps=0", "1"]),
        ({"training": {"init": "mirrored"}}, ["mirrored", "untied"]),
        ({"training": {"n_frames": 10**6}}, ["n_frames=1000000", "1000"]),
    ],
)
def test_bad_settings_are_answered_in_one_sentence(
    explorer: Spoken, changes: dict[str, Any], words: list[str]
) -> None:
    good, _ = explorer.train(token=1)
    value, film = explorer.value, explorer._film
    reply, buffers = explorer.train(token=2, **changes)
    assert (reply["type"], reply["token"], buffers) == ("error", 2, [])
    assert all(word in reply["message"] for word in words), reply["message"]
    assert reply["message"].endswith(".")
    assert "Traceback" not in reply["message"]
    assert (explorer.value, explorer._film) == (value, film), "the last good picture stays"
    again, _ = explorer.ask(type="continue", token=1, budget_ms=0)
    assert again["seeds"] == good["seeds"]


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"type": "dance", "token": 1},
        {"type": "train", "token": 1},
        {"type": "train", "token": 1, "settings": 5},
        {"type": "show", "token": 1, "instance": 99},
        {"type": "show", "token": 1, "instance": "0"},
        {"type": "show", "token": 1},
    ],
)
def test_odd_requests_are_refused(explorer: Spoken, request_: dict[str, Any]) -> None:
    reply, _ = explorer.ask(**request_)
    assert reply["type"] == "error"
    assert reply["token"] == request_.get("token")
    assert reply["message"].endswith(".")


def test_a_message_that_is_no_request_is_refused(explorer: Spoken) -> None:
    explorer._handle_custom_msg(["train"], [])
    assert explorer.replies[-1][0]["type"] == "error"


@pytest.mark.parametrize("budget", [None, "1", True, -5, math.nan])
def test_an_odd_budget_is_no_budget(explorer: Spoken, budget: Any) -> None:
    explorer.train(budget_ms=0)
    reply, _ = explorer.ask(type="continue", token=1, budget_ms=budget)
    assert reply["type"] == "film"


def test_an_unforeseen_error_is_words_too(explorer: Spoken, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("what now")

    monkeypatch.setattr(trainer, "choose_engine", broken)
    reply, _ = explorer.train()
    assert reply["type"] == "error"
    assert "what now" in reply["message"]


def test_an_interrupt_is_answered(explorer: Spoken, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(trainer, "choose_engine", interrupted)
    reply, _ = explorer.train()
    assert "interrupted" in reply["message"]


def test_a_trait_set_in_python_trains_and_is_sent(explorer: Spoken) -> None:
    explorer.train(token=5)
    explorer.pushed.clear()
    explorer.density = 0.5
    assert (explorer.sparsity, explorer.problem.density) == (0.5, 0.5)
    sent = set().union(*explorer.pushed)
    assert {"_film", "_meta", "_state"} <= sent
    assert explorer._state["settings"]["density"] == 0.5
    assert explorer._state["token"] < 0, "no front end uses such a token"
    assert explorer.run.problem.density == 0.5
    explorer.sparsity = 0.8
    assert explorer.density == 0.2
    explorer.n_seeds = 3
    assert len(explorer.run) == 3
    explorer.seed = 11
    assert explorer.run.seeds.tolist() == [11, 12, 13]


def test_the_problem_can_be_set_at_once(explorer: Spoken) -> None:
    explorer.problem = tms.Problem(4, 2, density=[0.1, 0.2, 0.3, 0.4], importance=[1, 2, 3, 4])
    assert explorer.n_features == 4
    assert explorer.density == (0.1, 0.2, 0.3, 0.4)
    assert explorer._state["settings"]["importance"] == [1, 2, 3, 4]
    with pytest.raises(TypeError, match="Problem"):
        explorer.problem = 5  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_features", -1), ("n_features", True), ("n_features", "5"), ("n_features", 10**40),
        ("n_hidden", math.nan), ("density", 0), ("density", math.nan), ("density", True), ("sparsity", 1),
        ("sparsity", -0.1),
        ("importance", 2), ("architecture", "linea"), ("seed", -1), ("seed", 1.5), ("n_seeds", 0),
        ("features", "paired"), ("set_size", 2), ("perturbed", 3), ("perturbed", "0"), ("factor", 2),
        ("factor", math.nan), ("training", []), ("training", {"init": -1}),
        ("frame", -1), ("frame", True), ("hovered", -1), ("pinned", [1.5]), ("n_hidden", 10_000_000),
    ],
)  # fmt: skip
def test_a_bad_trait_is_refused_and_changes_nothing(explorer: Spoken, name: str, value: Any) -> None:
    before = explorer.value, explorer.frame, explorer._film
    with pytest.raises(traitlets.TraitError):
        setattr(explorer, name, value)
    assert (explorer.value, explorer.frame, explorer._film) == before


def test_what_does_not_fit_in_memory_changes_nothing(
    explorer: Spoken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMS_MAX_BYTES", "100000")
    before = explorer.value
    with pytest.raises(traitlets.TraitError, match="memory"):
        explorer.n_features = 500
    assert explorer.value == before
    assert explorer.n_features == before["n_features"]


def test_numpy_numbers_are_numbers(explorer: Spoken) -> None:
    explorer.n_features = np.int64(4)
    explorer.density = np.float64(0.25)
    explorer.train(token=3)
    assert explorer._state["settings"]["n_features"] == 5


def test_keywords_choose_the_settings() -> None:
    widget = Explorer(n_features=4, sparsity=0.75, seed=3, n_seeds=2)
    assert widget.value == PENTAGON | {"n_features": 4, "density": 0.25, "seed": 3, "n_seeds": 2}
    widget.close()
    with pytest.raises(TypeError, match="n_features"):
        Explorer(n_feature=4)
    with pytest.raises(SettingError, match="only one"):
        Explorer(density=0.1, sparsity=0.9)
    with pytest.raises(SettingError, match="only one"):
        Explorer(TINY, preset="E1")
    with pytest.raises(TypeError, match="Problem"):
        Explorer(5)  # pyright: ignore[reportArgumentType]


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
    assert sections == sorted(sections), "in the paper's order, and no section comes twice"
    assert {preset.name.split()[0] for preset in PRESETS} == {
        "E1", "E4", "E5", "E11", "E15", "E16", "E17", "E18", "E19", "E20", "E22",
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
    widget = Explorer(preset=name, seed=seed)
    while not widget._state["done"]:
        widget._handle_custom_msg({"type": "continue", "token": 1, "budget_ms": 1000}, [])
    assert str(tms.measures.geometry(widget.run.best.W[0])) == SHAPES[name]
    widget.close()


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


def test_a_run_is_shown_as_it_is() -> None:
    run = tms.train(TINY, n_seeds=3, seed=4)
    widget = Spoken(run)
    assert widget.run is run
    assert (widget.n_seeds, widget.seed, widget.problem) == (3, 4, TINY)
    reply, _ = widget.ask(type="continue", token=1, budget_ms=100)
    assert reply["done"]
    widget.close()


def test_every_architecture_can_be_explored(explorer: Spoken) -> None:
    for architecture in ("linear", "relu_hidden", "untied"):
        reply, (film,) = explorer.train(architecture=architecture, budget_ms=50)
        assert reply["meta"]["architecture"] == architecture
        assert len(frames_in(reply["meta"], film)) == len(reply["meta"]["steps"])
        assert (reply["engine"], reply["note"]) == ("exact" if architecture == "linear" else "stratified", "")


def test_what_only_torch_trains_says_so() -> None:
    widget = Spoken(TINY.replace(n_features=8, activation="gelu"), n_seeds=1)
    assert widget._state["engine"] == "reference"
    assert "torch" in widget._state["note"]
    widget.close()


def test_a_frame_beyond_the_film_means_its_last(explorer: Spoken) -> None:
    explorer.frame = 10_000
    assert explorer.frame == len(explorer._meta["steps"]) - 1


def test_it_can_open_on_any_frame_with_pins() -> None:
    widget = Explorer(TINY, n_seeds=1, frame=0, pinned=[1])
    assert (widget.frame, widget.pinned) == (0, [1])
    widget.close()


def test_hovering_and_pinning_are_shared() -> None:
    selection = tms.Selection()
    widget = Explorer(TINY, n_seeds=1, selection=selection)
    widget.pinned = [2, 0, 2]
    assert selection.pinned == [2, 0]
    selection.hovered = 1
    assert widget.hovered == 1
    widget.close()
    selection.hovered = 2
    assert widget.hovered == 1
    selection.close()


def test_requests_from_many_threads_stay_in_order(explorer: Spoken) -> None:
    densities = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    requests = [
        {
            "type": "train",
            "token": i,
            "settings": PENTAGON | {"density": p},
            "seed": 0,
            "n_seeds": 1,
            "budget_ms": 500,
        }
        for i, p in enumerate(densities)
    ]
    threads = [
        threading.Thread(target=explorer._handle_custom_msg, args=(request, [])) for request in requests
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reply["token"] for reply, _ in explorer.replies) == list(range(6))
    for reply, _ in explorer.replies:
        assert reply["settings"]["density"] == densities[reply["token"]]
        assert reply["meta"]["density"] == [densities[reply["token"]]] * 5
    assert explorer.pushed == []


def test_closing_twice_is_closing_once() -> None:
    widget = Explorer(TINY, n_seeds=1)
    widget.close()
    widget.close()
    assert widget.comm is None


def test_a_hundred_closed_instances_leave_nothing() -> None:
    alive = []
    for _ in range(100):
        widget = Explorer(TINY, n_seeds=1, selection=(selection := tms.Selection()))
        widget._handle_custom_msg({"type": "continue", "token": 1, "budget_ms": 0}, [])
        widget.close()
        selection.close()
        alive.append(weakref.ref(widget))
    del widget
    gc.collect()
    assert sum(one() is not None for one in alive) == 0


def test_the_picture_for_pages_without_a_kernel(explorer: Spoken) -> None:
    bundle = explorer._repr_mimebundle_()
    assert bundle is not None
    assert bundle[0]["image/svg+xml"].startswith("<svg")
    assert "3 features in 2 dimensions" in bundle[0]["text/plain"]


def test_members_of_a_set_share_a_colour_in_the_still_picture() -> None:
    widget = Explorer(preset="E16", n_seeds=1)
    drawn = widget.picture()
    assert drawn.count("#0072b2") == drawn.count("#e69f00") == 4, "an arrow and its tip, of two features"
    assert "#009e73" not in drawn
    widget.close()


def test_nothing_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        widget = Explorer(TINY, n_seeds=1)
        widget.density = 0.4
        widget.close()
