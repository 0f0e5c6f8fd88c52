"""The Explorer in Python: its traits, its requests and replies, its end."""

import gc
import math
import threading
import warnings
import weakref
from typing import Any

import numpy as np
import pytest
import traitlets

import tms_widgets as tms
from tms_widgets.core.checks import SettingError
from tms_widgets.widgets import trainer
from tms_widgets.widgets.explorer import Explorer

from .spoken import PENTAGON, TINY, Spoken

pytestmark = pytest.mark.usefixtures("compiled")


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
        ({"architecture": "linear"}, ["activation='relu'", "relu_output"]),
        ({"activation": "tanh"}, ["activation='tanh'", "gelu"]),
        ({"hidden_bias": True}, ["hidden_bias=True", "relu_hidden"]),
        ({"architecture": "untied", "hidden_bias": 1}, ["hidden_bias=1", "True or False"]),
        ({"l1": -1}, ["l1=-1", "0"]),
        ({"l1": math.nan}, ["l1", "NaN"]),
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
        ("importance", 2), ("architecture", "linea"), ("activation", "tanh"), ("hidden_bias", True),
        ("l1", -1),
        ("seed", -1), ("seed", 1.5), ("n_seeds", 0),
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
        activation = "linear" if architecture == "linear" else "relu"
        reply, (film,) = explorer.train(architecture=architecture, activation=activation, budget_ms=50)
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


def test_nothing_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        widget = Explorer(TINY, n_seeds=1)
        widget.density = 0.4
        widget.close()
