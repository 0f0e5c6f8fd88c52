"""Adversarial training: the attacks on a batch are the known ones, and they change what is learned."""

import numpy as np
import pytest
import torch

from tms_widgets import measures
from tms_widgets.core import Problem, SettingError, train
from tms_widgets.core.adversarial import RandomAttacks, own_seed
from tms_widgets.core.engines.reference import ReferenceEngine
from tms_widgets.core.schedule import Schedule
from tms_widgets.core.start import initial_weights

PROBLEMS = [Problem(6, 3, density=0.2), Problem(6, 3, density=0.7)]
SHORT = {"steps": 50, "batch_size": 64, "learning_rate": 0.03, "n_seeds": 2}


@pytest.fixture
def seed():
    value = int(np.random.default_rng().integers(2**31))
    print("seed", value)  # noqa: T201  (pytest shows it when a test fails)
    return value


def drawn(problems, seeds, W, fraction=0.5, batch_size=400):
    attacks = RandomAttacks(problems, seeds, fraction, batch_size, torch.device("cpu"))
    return attacks.on(torch.tensor(W)).numpy()


def test_each_input_gets_one_of_the_attacks_that_raise_an_output(seed):
    W = initial_weights(PROBLEMS, [seed, seed + 1]).W
    for problem, weights, some in zip(PROBLEMS, W, drawn(PROBLEMS, [seed, seed + 1], W), strict=True):
        known = measures.analytic_attacks(weights, measures.attack_size(problem, 0.5))[:6]
        off = np.abs(some[:, None] - known).max(axis=-1)
        assert off.min(axis=1).max() < 1e-5
        # 400 draws of 6: each comes about 67 times
        assert np.bincount(off.argmin(axis=1), minlength=6).min() > 20


def test_an_instance_is_attacked_as_it_would_be_alone(seed):
    W = initial_weights(PROBLEMS, [seed, seed + 1]).W
    together, alone = drawn(PROBLEMS, [seed, seed + 1], W), drawn(PROBLEMS[1:], [seed + 1], W[1:])
    assert np.allclose(together[1], alone[0], atol=1e-6)
    assert not np.allclose(drawn(PROBLEMS[:1], [seed + 2], W[:1])[0], together[0])


def test_attacks_have_random_numbers_of_their_own(seed):
    def first(number):
        return torch.rand(4, generator=torch.Generator().manual_seed(number))

    assert not torch.allclose(first(own_seed(seed)), first(seed))
    assert len({own_seed(seed + i) for i in range(100)}) == 100


def test_no_gradient_goes_through_the_attack(seed):
    W = torch.tensor(initial_weights(PROBLEMS[:1], [seed]).W, requires_grad=True)
    attacks = RandomAttacks(PROBLEMS[:1], [seed], 0.5, 10, torch.device("cpu"))
    assert not attacks.on(W).requires_grad


def test_the_model_must_answer_the_input_as_it_was(seed):
    """A step under attack is a step of the loss of x'(x + δ) against x."""
    problem, schedule = PROBLEMS[0], Schedule(1, 32, 0.1, "none")
    engine = ReferenceEngine([problem], [seed], schedule, initial_weights([problem], [seed]), attack=0.8)
    again = ReferenceEngine([problem], [seed], schedule, initial_weights([problem], [seed]), attack=0.8)
    x = again.sampler.sample()
    seen = x + again.attacks.on(again.model.W)
    error = again.model(seen) - x
    error.square().sum(-1).mean(-1).sum().backward()
    engine.advance(np.array([1]))
    assert torch.allclose(engine.model.W.grad, again.model.W.grad, atol=1e-6)


def test_only_torch_trains_against_attacks(seed):
    run = train(PROBLEMS[0], attack=0.5, seed=seed, **SHORT)
    assert (run.engine, run.engine_note) == ("reference", "adversarial training is torch's")
    plain = train(PROBLEMS[0], attack=0.0, engine="reference", seed=seed, **SHORT)
    assert not np.allclose(run.W, plain.W, atol=1e-3)
    with pytest.raises(SettingError, match=r"engine='dense' was asked for, but adversarial training"):
        train(PROBLEMS[0], attack=0.5, engine="dense", **SHORT)


@pytest.mark.parametrize(
    ("problem", "attack", "words"),
    [
        (Problem(4, 6, architecture="relu_hidden"), 0.5, r"without neurons.*use architecture='relu_output'"),
        (Problem(4, 2), -0.1, r"attack=-0.1 is not allowed; .* nearest is 0"),
        (Problem(4, 2), "strong", r"attack='strong' is not a number"),
    ],
    ids=["neurons", "negative", "text"],
)
def test_what_cannot_be_attacked_is_refused_in_a_sentence(problem, attack, words):
    with pytest.raises(SettingError, match=words):
        train(problem, attack=attack, **SHORT)
