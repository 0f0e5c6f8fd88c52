"""Attacks: closed forms against torch's gradients, brute force and models that are understood."""

import random

import numpy as np
import pytest
import torch

from tms_widgets import measures
from tms_widgets.core import Problem, SettingError, evaluate, train
from tms_widgets.core.evaluation import evaluation_sample
from tms_widgets.core.models import ToyModel, loss_of

PENTAGON = np.stack([np.cos(2 * np.pi * np.arange(5) / 5), np.sin(2 * np.pi * np.arange(5) / 5)])
KINDS = {
    "relu": {},
    "linear": {"architecture": "linear"},
    "squared relu": {"activation": "squared_relu"},
    "gelu, both signs": {"activation": "gelu", "value_range": (-1, 1)},
}


@pytest.fixture
def seed():
    """A fresh one each time; a failure shows it."""
    return random.SystemRandom().randrange(10**6)


def drawn(seed, n=6, m=3, inputs=40):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(m, n)) / m**0.5, rng.normal(size=n) / 3, rng.uniform(size=(inputs, n))


def test_an_attack_moves_its_output_more_than_any_other_of_its_length(seed):
    W, *_ = drawn(seed)
    attacks, G = measures.analytic_attacks(W, 0.3), measures.gram(W)
    assert np.linalg.norm(attacks, axis=1) == pytest.approx(0.3)
    moved = attacks @ G
    others = np.random.default_rng(seed).normal(size=(500, 6))
    others *= 0.3 / np.linalg.norm(others, axis=1, keepdims=True)
    assert (np.diag(moved[:6]) >= (others @ G).max(axis=0)).all()
    assert np.diag(moved[:6]) == pytest.approx(0.3 * np.linalg.norm(G, axis=1))
    assert np.array_equal(attacks[6:], -attacks[:6])


def test_a_feature_without_weights_cannot_be_attacked():
    attacks = measures.analytic_attacks(np.eye(2, 4), 1.0)
    assert not attacks[[2, 3, 6, 7]].any()
    assert measures.analytic_attacks(np.zeros((3, 2, 4)), 1.0).shape == (3, 8, 4)


def test_the_length_of_an_attack_is_a_part_of_that_of_an_input(seed):
    problem = Problem(8, 2, density=0.3)
    rng = np.random.default_rng(seed)
    x = rng.uniform(size=(200_000, 8)) * (rng.random((200_000, 8)) < 0.3)
    assert measures.attack_size(problem, 0.2) == pytest.approx(
        0.2 * np.linalg.norm(x, axis=1).mean(), rel=0.02
    )
    assert measures.attack_size(problem) == pytest.approx(0.5 * measures.attack_size(problem, 0.2))


def test_without_superposition_the_costly_features_have_a_dimension_each():
    problem = Problem(5, 2, importance=[1, 3, 1, 2, 1], density=0.4)
    W, b = measures.without_superposition(problem)
    assert np.array_equal(W, np.eye(5)[[1, 3]])
    assert np.array_equal(b, [0.2, 0, 0.2, 0, 0.2])
    assert np.array_equal(measures.without_superposition(Problem(4, 2, density=0.5))[0], np.eye(2, 4))
    W, b = measures.without_superposition(Problem(3, 5, density=0.5))
    assert np.array_equal(W, np.eye(5, 3))
    assert not b.any()


@pytest.mark.parametrize("kind", KINDS)
def test_losses_and_gradients_are_those_of_torch(kind, seed):
    problem = Problem(6, 3, importance=0.8, density=0.5, **KINDS[kind])
    W, b, x = drawn(seed)
    delta = 0.1 * np.random.default_rng(seed + 1).normal(size=x.shape)
    seen = torch.tensor(x + delta, requires_grad=True)
    model = ToyModel(problem, torch.tensor(W)[None], torch.tensor(b)[None])
    importance = torch.tensor(problem.importance_vector)[None]
    for i in range(len(x)):
        one = loss_of(model, torch.tensor(x[None, i : i + 1]), importance, seen[None, i : i + 1])
        assert measures.attacked_losses(problem, W, b, x[i], delta[i]) == pytest.approx(one.item(), abs=1e-5)
        one.sum().backward()
    found = measures.loss_gradient(problem, W, b, x, delta)
    assert found == pytest.approx(seen.grad.numpy(), abs=1e-5)


def test_a_table_of_losses_has_each_input_under_each_attack(seed):
    problem = Problem(6, 3, importance=0.8, density=0.5)
    W, b, x = drawn(seed)
    attacks = measures.analytic_attacks(W, 0.4)
    table = measures.losses_of_attacks(problem, W, b, x, attacks)
    for k, attack in enumerate(attacks):
        assert table[:, k] == pytest.approx(measures.attacked_losses(problem, W, b, x, attack), rel=1e-4)
    one = measures.strongest_attack(problem, W, b, x, 0.4)
    k = table.mean(axis=0).argmax()
    assert (one.feature, one.sign) == (k % 6, 1 if k < 6 else -1)
    assert np.array_equal(one.perturbation, attacks[k])
    alone = measures.strongest_attack(problem, W, b, x[3], 0.4)
    assert np.array_equal(alone.perturbation, attacks[table[3].argmax()])


def test_a_digon_is_twice_as_vulnerable_as_a_feature_alone():
    """Where nothing is on, an attack raises one output, by the length of its row of WᵀW."""
    problem = Problem(4, 2, density=1e-3)
    digons = np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
    found = measures.vulnerability(problem, digons, np.zeros(4))
    assert found.universal == pytest.approx(2.0, rel=0.03)
    assert found.per_sample == pytest.approx(2.0, rel=0.03)
    pentagon = measures.vulnerability(Problem(5, 2, density=1e-3), PENTAGON, np.zeros(5))
    # 5/2 at the attacked output, and what its neighbours hear
    assert 2.5 < pentagon.universal < 3.5


def test_the_model_without_superposition_is_the_measure_of_vulnerability():
    problem = Problem(6, 3, density=0.3)
    W, b = measures.without_superposition(problem)
    found = measures.vulnerability(problem, np.stack([W, W]), np.stack([b, b]), n_samples=200)
    assert found.universal.shape == (2,)
    assert found.universal == pytest.approx(1.0)
    assert found.per_sample == pytest.approx(1.0)
    assert found.size == measures.attack_size(problem)
    # one output moves by ε, whoever is attacked
    assert found.baseline.universal == pytest.approx(found.size**2, rel=0.02)


def test_harm_per_sample_is_at_least_the_universal(seed):
    run = train(Problem(12, 3, density=0.1), n_seeds=3, seed=seed, n_frames=1)
    found = measures.vulnerability(run, n_samples=500)
    assert found.harm.universal.shape == (3,)
    assert (found.harm.per_sample > found.harm.universal).all()
    assert (found.harm.universal > 0.0).all()
    assert found.harm.loss == pytest.approx(evaluate(run).loss, rel=0.15)
    one = measures.vulnerability(run.problem, run.W[1], run.b[1], n_samples=500)
    assert one.universal == pytest.approx(found.universal[1])


def test_the_universal_attack_is_not_flattered_by_its_choice(seed):
    """Chosen from few inputs, its harm is still an honest average: no more than that of the true worst."""
    run = train(Problem(12, 3, density=0.1), n_seeds=1, seed=seed, n_frames=1)
    x, weight, _ = evaluation_sample(run.problem, 30_000, seed=seed)
    size = measures.attack_size(run.problem)
    attacks = measures.analytic_attacks(run.W[0], size)
    before = measures.attacked_losses(run.problem, run.W[0], run.b[0], x)
    truth = max(
        weight @ (measures.attacked_losses(run.problem, run.W[0], run.b[0], x, one) - before)
        for one in attacks
    )
    found = [measures.vulnerability(run, n_samples=100, seed=k).harm.universal[0] for k in range(12)]
    assert np.mean(found) < 1.02 * truth


def test_ascent_stays_in_its_ball_and_only_gains(seed):
    problem = Problem(6, 3, density=0.5)
    W, b, x = drawn(seed)
    before = measures.attacked_losses(problem, W, b, x)
    for start in (None, seed):
        found = measures.pgd_attack(problem, W, b, x, 0.3, seed=start)
        assert np.linalg.norm(found, axis=1).max() <= 0.3 + 1e-9
        assert (measures.attacked_losses(problem, W, b, x, found) >= before - 1e-9).all() or start is not None


def test_ascent_finds_the_best_attack_on_a_linear_model(seed):
    """One output, off its target: the best attack follows its row, whichever sign its error has."""
    problem = Problem(1, 1, architecture="linear")
    found = measures.pgd_attack(problem, [[1.0]], [0.3], [[0.5], [0.2]], 0.1)
    assert found == pytest.approx(np.array([[0.1], [0.1]]))
    assert measures.pgd_attack(problem, [[1.0]], [-0.3], [[0.5]], 0.1) == pytest.approx(np.array([[-0.1]]))


def test_an_output_that_is_off_masks_the_gradient():
    problem, W, b = Problem(5, 2, density=0.01), PENTAGON, np.full(5, -0.1)
    x = np.zeros((1, 5))
    assert not measures.loss_gradient(problem, W, b, x).any()
    assert not measures.pgd_attack(problem, W, b, x, 1.0).any()
    known = measures.losses_of_attacks(problem, W, b, x, measures.analytic_attacks(W, 1.0))
    assert known.max() > 1.0


def test_what_cannot_be_attacked_is_refused_in_a_sentence():
    neurons = Problem(4, 6, architecture="relu_hidden")
    with pytest.raises(SettingError, match=r"without neurons, but relu_hidden has them; use"):
        measures.attacked_losses(neurons, np.ones((6, 4)), np.zeros(4), np.zeros(4))
    with pytest.raises(SettingError, match="vulnerability needs a run, or a problem with its W and b"):
        measures.vulnerability(Problem(4, 2))
    with pytest.raises(SettingError, match=r"size=-1 is not allowed; .* nearest is 0"):
        measures.analytic_attacks(np.eye(2), -1)
    with pytest.raises(SettingError, match=r"fraction=0.* is not allowed"):
        measures.vulnerability(Problem(4, 2), np.eye(2, 4), np.zeros(4), fraction=0.0)
