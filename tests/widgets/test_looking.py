"""Microscope, AttackView and LossStrata without a browser: what they take, say, draw and leave behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
import traitlets

import tms_widgets as tms
from tms_widgets import measures
from tms_widgets.core.checks import SettingError
from tms_widgets.measures.polytopes import polygon, simplex
from tms_widgets.widgets.attack_view import AttackView
from tms_widgets.widgets.looked_at import collision
from tms_widgets.widgets.loss_strata import LossStrata
from tms_widgets.widgets.microscope import Microscope
from tms_widgets.widgets.selection import Selection

Make = Callable[..., Any]
ARCHITECTURES = {
    "relu output": {},
    "linear": {"architecture": "linear"},
    "neurons with biases": {"architecture": "relu_hidden", "hidden_bias": True},
    "absolute value": {"architecture": "untied"},
}


@pytest.fixture
def microscope(making: Make) -> Make:
    return making(Microscope)


@pytest.fixture
def attack(making: Make) -> Make:
    return making(AttackView)


@pytest.fixture
def strata(making: Make) -> Make:
    return making(LossStrata)


def run_of(seed: int, **settings: Any) -> Any:
    problem = tms.Problem(5, 3, **{"density": 0.1, "importance": 0.9, **settings})
    return tms.train(problem, n_seeds=3, n_frames=1, seed=seed, steps=30)


def texts(picture: str) -> list[str]:
    root = ElementTree.fromstring(picture)
    return ["".join(one.itertext()) for one in root.iter() if one.tag.endswith("text")]


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_microscope_looks_into_every_architecture(microscope: Make, kind: str, seed: int) -> None:
    run = run_of(seed, **ARCHITECTURES[kind])
    one = microscope(run, x={0: 0.5, 3: 1.0})
    best = run.best
    wanted = measures.trace(run.problem, best.W, best.b, one.x, best.W_out, best.b_hidden)
    assert one.value.loss == pytest.approx(wanted.loss, rel=1e-5)
    np.testing.assert_allclose(one.value.s, wanted.s, atol=1e-6)
    assert one.caption.startswith("5 features, active: 0 at 0.5, 3 at 1; loss of this input")
    assert {"0", "4", "input x"} <= set(texts(one.picture()))
    arrays = (best.W, best.b, best.W_out, best.b_hidden)
    assert len(one._weights) == 4 * sum(array.size for array in arrays if array is not None)
    assert microscope(run, 1).value.loss != one.value.loss


def test_arrays_and_modules_can_be_looked_at(microscope: Make, seed: int) -> None:
    run = run_of(seed, architecture="relu_hidden", hidden_bias=True)
    module = run.module(1)
    assert microscope(module).value.loss == pytest.approx(microscope(run[1]).value.loss, rel=1e-5)
    assert microscope((polygon(5), torch.zeros(5))).value.h.shape == (2,)


def test_an_input_is_given_in_many_ways(microscope: Make) -> None:
    one = microscope(polygon(5))
    assert len(one.value.active) == 2, "two features that disturb each other"
    for given in ({1: 0.5}, [0, 0.5, 0, 0, 0], np.array([0, 0.5, 0, 0, 0]), torch.tensor([0, 0.5, 0, 0, 0])):
        one.x = given
        assert one.x == [0.0, 0.5, 0.0, 0.0, 0.0]
    for wrong, words in (
        ([1.0], "x has 1 entries but there are 5"),
        ({7: 1.0}, "feature=7 is outside 0 to 4"),
        ([0, 0, 0, 0, np.nan], "NaN"),
        ([0, 0, 0, 0, "a"], "not a number"),
    ):
        with pytest.raises(SettingError, match=words):
            one.x = wrong
    with pytest.raises(traitlets.TraitError):
        one.x = "abc"
    assert one.x[1] == 0.5


def test_the_default_input_is_a_collision() -> None:
    assert collision(simplex(2)).keys() == {0, 1}
    W = np.array([[1.0, 0.0, 0.9], [0.0, 1.0, 0.1]])
    assert collision(W).keys() == {0, 2}
    assert collision(np.eye(3)) == {0: 1.0}


def test_another_model_is_shown_and_the_input_stays_where_it_fits(microscope: Make) -> None:
    one = microscope(polygon(5), x={2: 0.7})
    one.show(polygon(5)[:, ::-1])
    assert one.x[2] == 0.7
    one.show(simplex(3))
    assert len(one.x) == 3
    with pytest.raises(SettingError, match="not finite"):
        one.show([[np.nan]])
    with pytest.raises(SettingError, match="at most 400"):
        one.show(np.ones((2, 500)))
    assert len(one.x) == 3


@pytest.mark.parametrize("kind", [Microscope, AttackView])
def test_they_share_a_selection(making: Make, kind: Any) -> None:
    selection = Selection()
    one = making(kind)(polygon(5), selection=selection)
    selection.hovered = 2
    assert one.hovered == 2
    one.pinned = [1]
    assert selection.value == (1,)
    one.close()
    selection.close()


@pytest.mark.parametrize("kind", [Microscope, AttackView])
def test_of_many_features_the_picture_has_some(making: Make, kind: Any, seed: int) -> None:
    W = np.random.default_rng(seed).normal(size=(12, 100)) / 3
    assert 24 <= len(texts(making(kind)(W).picture())) < 200


def test_an_attack_is_that_of_the_measures(attack: Make, seed: int) -> None:
    run = run_of(seed)
    one = attack(run, x={0: 1.0}, fraction=0.2)
    found, best = one.value, run.best
    size = measures.attack_size(run.problem, 0.2)
    worst = measures.strongest_attack(run.problem, best.W, best.b, np.array(one.x), size)
    assert found.attack.size == pytest.approx(size)
    assert found.loss_after >= found.loss_before
    loss = measures.attacked_losses(run.problem, best.W, best.b, np.array(one.x), worst.perturbation)
    assert found.loss_after == pytest.approx(float(loss), rel=1e-4)
    one.feature, one.sign = 3, -1
    delta = measures.analytic_attacks(best.W[0], size)[5 + 3]
    np.testing.assert_allclose(one.value.attack.perturbation, delta, atol=1e-6)
    assert "i = 3" in one.caption
    assert any("moved by more than 1.1 ε" in line or "1.1 ε" in line for line in texts(one.picture()))


def test_only_superposition_breaks(attack: Make) -> None:
    assert attack(np.eye(3), x={0: 1.0}).value.broken == ()
    assert attack(simplex(2), x={0: 1.0}).value.broken == (0,)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("fraction", 0.9, "fraction=0.9"),
        ("feature", 5, "feature=5 is outside 0 to 4"),
        ("sign", 2, "sign"),
    ],
    ids=["fraction", "feature", "sign"],
)
def test_an_attack_that_cannot_be_is_refused(attack: Make, name: str, value: Any, words: str) -> None:
    one = attack(polygon(5))
    with pytest.raises((SettingError, traitlets.TraitError), match=words):
        setattr(one, name, value)


def test_models_with_neurons_are_not_attacked(attack: Make, seed: int) -> None:
    with pytest.raises(SettingError, match="use one with architecture='relu_output'"):
        AttackView(run_of(seed, architecture="relu_hidden"))


def test_strata_of_one_model_and_of_several(strata: Make, seed: int) -> None:
    problems = [tms.Problem(6, 2, density=p) for p in (1.0, 0.1, 0.001)]
    run = tms.train(problems, n_seeds=2, n_frames=1, seed=seed, steps=30)
    several = strata(run, model=1, n_samples=500)
    assert [one.k.tolist()[0] for one in several.strata] == [6, 0, 0]
    assert several.value is several.strata[1]
    assert several.caption.startswith("n = 6 features, 1−S = 0.1: L = Σ_k P(k active) L_k = ")
    assert several.caption.endswith("500 inputs sampled for 5 values of k.")
    assert len([line for line in texts(several.picture()) if "1−S" in line]) >= 3
    one = strata([run.of(problems[2])], n_samples=500)
    assert one._models[0]["k"] == [0, 1, 2], "three active features are too rare to be drawn"
    with pytest.raises(traitlets.TraitError, match="model=3 is outside 0 to 2"):
        several.model = 3


@pytest.mark.parametrize("source", [np.eye(2), [], [1]], ids=["array", "nothing", "number"])
def test_strata_need_to_know_the_problem(source: Any) -> None:
    with pytest.raises(SettingError, match="needs a run"):
        LossStrata(source)


@pytest.mark.parametrize(
    ("kind", "setting", "near"),
    [
        (Microscope, "selecton", "selection"),
        (AttackView, "fracton", "fraction"),
        (LossStrata, "modle", "model"),
    ],
    ids=["microscope", "attack", "strata"],
)
def test_an_unknown_setting_is_named(kind: Any, setting: str, near: str, seed: int) -> None:
    with pytest.raises(TypeError, match=f"did you mean '{near}'"):
        kind(run_of(seed), **{setting: None})
