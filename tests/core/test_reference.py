"""The reference engine: everything a problem can ask for, on any device."""

import numpy as np
import pytest
import torch

from tms_widgets.core import Problem, Session, SettingError, train

SHORT = {"engine": "reference", "steps": 200, "batch_size": 128, "learning_rate": 0.03, "n_seeds": 2}
KINDS = [
    Problem(4, 2, density=0.5, activation="squared_relu"),
    Problem(4, 2, density=0.5, activation="gelu"),
    Problem(4, 2, density=0.5, activation="linear"),
    Problem(4, 2, density=0.5, bias=False),
    Problem(4, 3, density=0.2, value_range=(-1, 1), architecture="linear"),
    Problem(4, 2, density=[0.9, 0.5, 0.2, 0.1], importance=[1, 2, 3, 4]),
    Problem(4, 6, density=0.5, architecture="relu_hidden", hidden_bias=True),
    Problem(4, 6, density=0.5, architecture="untied", hidden_bias=True),
    Problem(4, 2, density=0.5, features="correlated", set_size=2),
    Problem(4, 2, density=0.5, features="anticorrelated", set_size=2),
]


@pytest.mark.parametrize("problem", KINDS, ids=str)
def test_every_kind_of_problem_learns(problem):
    run = train(problem, **SHORT)
    assert (run.loss < 0.9 * run.frames.loss[0]).all()
    assert run.b.any() == problem.bias
    assert (run.b_hidden is not None) == problem.hidden_bias
    if run.b_hidden is not None:
        assert run.b_hidden.any(axis=1).all()


def test_a_penalty_makes_hidden_activations_smaller():
    problem = Problem(6, 3, importance=0.8, density=0.2)
    free, penalised = (train(problem.replace(l1=l1), seed=3, **SHORT) for l1 in (0.0, 0.1))
    assert np.abs(penalised.W).sum() < 0.7 * np.abs(free.W).sum()


def test_a_constant_rate_reaches_the_optimiser():
    constant = SHORT | {"seed": 1, "decay": "none"}
    slow, fast = (train(Problem(4, 2), **constant | {"learning_rate": rate}) for rate in (1e-5, 0.03))
    assert np.abs(slow.W - slow.frames.W[0]).max() < 3e-3
    assert np.abs(fast.W - fast.frames.W[0]).max() > 0.1


@pytest.mark.parametrize("device", ["cuda:99", "abacus", "meta:x"])
def test_a_device_that_is_not_here_is_refused_in_words(device):
    with pytest.raises(SettingError, match=r"device='.*' cannot be used here .* use 'cpu'"):
        train(Problem(4, 2), device=device, steps=2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device on this machine")
@pytest.mark.parametrize("problem", KINDS, ids=str)
def test_a_gpu_trains_what_the_processor_trains(problem):
    settings = SHORT | {"n_seeds": 24, "steps": 400}
    here = train(problem, **settings)
    there = train(problem, device="cuda", **settings)
    assert np.array_equal(here.frames.W[0], there.frames.W[0])
    error = np.hypot(here.loss.std(), there.loss.std()) / 24**0.5
    assert abs(here.loss.mean() - there.loss.mean()) < 5 * error + 0.01 * here.loss.mean()
    assert there.best.loss[0] == pytest.approx(here.best.loss[0], rel=0.05, abs=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device on this machine")
def test_on_a_gpu_the_steps_are_a_graph():
    session = Session(Problem(5, 2, density=0.2), n_seeds=2, engine="reference", device="cuda", steps=20)
    session.advance()
    assert session._engine._take_step is not None  # pyright: ignore[reportAttributeAccessIssue]
