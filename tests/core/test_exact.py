"""The exact engine against torch autograd, plain sampling, fine quadrature and the reference engine."""

import math
from itertools import product

import numpy as np
import pytest
import torch

from tms_widgets.core import Problem
from tms_widgets.core.engines import exact
from tms_widgets.core.engines.exact import ExactEngine
from tms_widgets.core.engines.reference import ReferenceEngine
from tms_widgets.core.schedule import Schedule
from tms_widgets.core.start import initial_weights
from tms_widgets.core.weights import Weights

SHAPES = [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)]
ACTIVATIONS = ["relu", "squared_relu", "gelu", "linear"]
OUTPUTS = {
    "relu": torch.relu,
    "squared_relu": lambda s: torch.relu(s).square(),
    "gelu": torch.nn.functional.gelu,
    "linear": lambda s: s,
}
RANGES = [(0.0, 1.0), (-1.0, 1.0)]


def random_problem(n, m, **settings):
    rng = np.random.default_rng()
    density, importance = rng.uniform(0.02, 1.0, n), rng.uniform(0.1, 3.0, n)
    return Problem(n, m, density=density.tolist(), importance=importance.tolist(), **settings)


def random_weights(count, n, m):
    rng = np.random.default_rng()
    W = rng.normal(scale=0.7, size=(count, m, n)).astype(np.float32)
    return Weights(W, rng.normal(scale=0.3, size=(count, n)).astype(np.float32))


def engine_at(problems, weights, schedule=None):
    schedule = Schedule(1, 1, 1e-3) if schedule is None else schedule
    return ExactEngine(problems, range(len(problems)), schedule, weights)


def gradient(problem, weights):
    """Loss and gradient of the one instance by the training rule: Adam's first moments after one step."""
    engine = engine_at([problem], weights)
    loss, _ = engine.advance(np.array([0, 1]))
    first_W, first_b = (engine._instances(engine.moments[k][:, None])[0, 0] / 0.1 for k in (0, 2))
    return loss[0, 0], first_W, first_b


def by_autograd(problem, W, b):
    """The same in float64, from the definition: all points of the rule, and the own feature integrated.

    GELU has no kink, so its own feature has the engine's nodes; the others have more, on both sides of it.
    """
    n, low = problem.n_features, problem.value_range[0]
    points, masses, _ = exact._rule(problem, exact._nodes(problem))
    x = torch.tensor(points[:, : n - 1], dtype=torch.float64)
    mass = torch.tensor(masses, dtype=torch.float64)
    p, importance = torch.tensor(problem.density_vector), torch.tensor(problem.importance_vector)
    nodes = exact.OWN_NODES.get(problem.activation, (2, 2))[problem.value_range[0] < 0]
    t, t_mass = (torch.tensor(a) for a in exact._gauss(nodes))
    act = OUTPUTS[problem.activation]
    W64, b64 = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (W, b))
    G = W64.T @ W64
    total = torch.zeros((), dtype=torch.float64)
    for i in range(n):
        others = [j for j in range(n) if j != i]
        s = b64[i] + x @ G[i, others]
        weight = mass * torch.where(x != 0, p[others], 1 - p[others]).prod(1)
        smooth = problem.activation in ("gelu", "linear")
        root = torch.full_like(s, low) if smooth else (-s / G[i, i]).detach().clamp(low, 1.0)
        inside = torch.zeros_like(s)
        for start, end in ((torch.full_like(root, low), root), (root, torch.ones_like(root))):
            own = start[:, None] + (end - start)[:, None] * t
            error = act(s[:, None] + G[i, i] * own) - own
            inside = inside + (error.square() * t_mass).sum(1) * (end - start) / (1 - low)
        total = total + importance[i] * (weight * (p[i] * inside + (1 - p[i]) * act(s).square())).sum()
    total.backward()
    assert W64.grad is not None
    assert b64.grad is not None
    return total.item(), W64.grad.numpy(), b64.grad.numpy()


@pytest.mark.parametrize(("n", "m"), SHAPES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("value_range", RANGES)
def test_loss_and_gradient_are_those_of_autograd(n, m, activation, value_range):
    problem = random_problem(n, m, activation=activation, value_range=value_range)
    weights = random_weights(1, n, m)
    W, b = weights.W[0], weights.b[0]
    loss, gW, gb = gradient(problem, weights)
    their_loss, their_gW, their_gb = by_autograd(problem, W.astype(float), b.astype(float))
    # relative to what is added up, which may cancel: the error times the output's slope times a weight
    seen = (np.abs(W.T @ W).sum(1) + np.abs(b)).max()
    scale = max(1.0, np.abs(W).max()) * max(1.0, seen) ** (3 if activation == "squared_relu" else 1)
    scale *= problem.importance_vector.sum()
    assert loss == pytest.approx(their_loss, rel=5e-6)
    assert np.abs(gW - their_gW).max() < 1e-6 * scale
    assert np.abs(gb - their_gb).max() < 1e-6 * scale


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("value_range", RANGES)
def test_loss_and_gradient_are_those_of_plain_sampling(activation, value_range, monkeypatch):
    monkeypatch.setattr(exact, "NODES", {3: exact.FINE_NODES})
    rng = np.random.default_rng()
    problem = random_problem(4, 2, activation=activation, value_range=value_range)
    weights = random_weights(1, 4, 2)
    loss, gW, gb = gradient(problem, weights)
    assert engine_at([problem], weights).judge(weights)[0] == loss
    p, importance = problem.density_vector, torch.tensor(problem.importance_vector)
    x = rng.uniform(*value_range, (200, 5000, 4)) * (rng.random((200, 5000, 4)) < p)
    x = torch.tensor(x)
    W, b = (
        torch.tensor(a.astype(float)).repeat_interleave(200, 0).requires_grad_()
        for a in (weights.W, weights.b)
    )
    error = OUTPUTS[activation](x @ W.transpose(1, 2) @ W + b[:, None]) - x
    sampled = (importance * error.square()).sum(-1).mean(1)
    sampled.sum().backward()
    assert W.grad is not None
    assert b.grad is not None
    for ours, draws in ((loss, sampled.detach()), (gW, W.grad), (gb, b.grad)):
        error = draws.std(0) / math.sqrt(200) + 1e-4 * draws.abs().max()
        assert ((torch.tensor(ours) - draws.mean(0)) / error).abs().max() < 5


@pytest.mark.parametrize(("activation", "value_range"), list(product(["relu", "squared_relu"], RANGES)))
def test_two_features_are_judged_as_by_very_fine_quadrature(activation, value_range):
    """In float64, the midpoint rule on a fine grid over both features."""
    problem = random_problem(2, 1, activation=activation, value_range=value_range)
    weights = random_weights(1, 2, 1)
    low, (p, q) = value_range[0], problem.density_vector
    t = low + (1 - low) * (torch.arange(2000, dtype=torch.float64) + 0.5) / 2000
    W, b = (torch.tensor(a[0].astype(float)) for a in weights[:2])
    expected = 0.0
    zero = torch.zeros(1, dtype=torch.float64)
    for first, second, chance in ((zero, zero, (1 - p) * (1 - q)), (t, zero, p * (1 - q)),
                                  (zero, t, (1 - p) * q), (t, t, p * q)):  # fmt: skip
        x = torch.cartesian_prod(first, second)
        error = OUTPUTS[activation](x @ W.T @ W + b) - x
        expected += chance * (error.square() @ torch.tensor(problem.importance_vector)).mean().item()
    assert engine_at([problem], weights).judge(weights)[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("n", "m"), [(3, 2), (5, 2)])
@pytest.mark.parametrize("value_range", RANGES)
def test_judging_hardly_changes_with_a_finer_rule(n, m, value_range, monkeypatch):
    problem = Problem(n, m, importance=0.8, density=0.1, value_range=value_range)
    weights = initial_weights([problem] * 16, range(16))
    engine = engine_at([problem] * 16, weights, Schedule(300, 1, 0.03))
    film, trained = engine.advance(np.array([300]))
    final = trained.map(lambda a: a[-1])
    judged = engine.judge(final)
    monkeypatch.setattr(exact, "FINE_NODES", (100, 18, 10, 4))
    finer = engine_at([problem] * 16, final).judge(final)
    assert np.abs(judged / finer - 1).max() < 3e-4
    assert np.abs(film[0] / judged - 1).max() < 0.02


def mixed(count, n, m, **settings):
    """Problems of one shape, each with densities and importances of its own, and weights to start from."""
    problems = [random_problem(n, m, **settings) for _ in range(count)]
    return problems, initial_weights(problems, range(count))


def pick(weights, index):
    return weights.map(lambda a: a[index])


@pytest.mark.parametrize(("n", "m", "activation"), [(2, 1, "relu"), (3, 2, "gelu"), (5, 2, "relu")])
@pytest.mark.parametrize("cores", [1, 2])
def test_an_instance_is_the_same_in_any_lane_and_among_any_others(n, m, activation, cores, monkeypatch):
    monkeypatch.setattr(exact, "available_cores", lambda: cores)
    monkeypatch.setattr("tms_widgets.core.engines.threads.available_cores", lambda: cores)
    problems, start = mixed(70, n, m, activation=activation)
    schedule, record = Schedule(40, 1, 0.05), np.array([0, 7, 40])
    together = engine_at(problems, start, schedule)
    loss, weights = together.advance(record)
    judged = together.judge(pick(weights, -1))
    some = np.random.default_rng().permutation(70)[:19]
    for index in (some, some[:1]):
        engine = engine_at([problems[i] for i in index], pick(start, index), schedule)
        engine.advance(record[:1])
        part_loss, part = engine.advance(record[1:])
        assert (part_loss == loss[1:, index]).all()
        assert (weights.W[1:, index] == part.W).all()
        assert (weights.b[1:, index] == part.b).all()
        assert (engine.judge(pick(part, -1)) == judged[index]).all()


def test_the_first_frame_is_the_start_and_the_start_is_left_alone():
    problems, start = mixed(3, 3, 2)
    before = start.W.copy()
    _, weights = engine_at(problems, start, Schedule(5, 1, 0.05)).advance(np.array([0, 5]))
    assert (weights.W[0] == before).all()
    assert (before == start.W).all()
    assert not (weights.W[1] == before).any()


def test_without_a_bias_it_stays_0():
    problems, start = mixed(2, 4, 2, bias=False)
    _, weights = engine_at(problems, start, Schedule(5, 1, 0.05)).advance(np.array([5]))
    assert not weights.b.any()
    assert not (weights.W[0] == start.W).any()


def test_what_it_covers():
    assert not exact.covers(Problem(5, 9, density=0.1, activation="gelu", bias=False))
    assert "6 features" in exact.covers(Problem(6, 2))
    assert "hidden ReLU" in exact.covers(Problem(3, 6, architecture="untied"))
    assert "together" in exact.covers(Problem(4, 2, features="correlated", set_size=2))
    assert "penalty" in exact.covers(Problem(4, 2, l1=0.1))


@pytest.mark.parametrize(
    "problem",
    [
        Problem(4, 2, density=0.2, activation="squared_relu"),
        Problem(5, 2, importance=0.9, density=0.1),
    ],
    ids=str,
)
def test_final_losses_are_no_worse_than_the_reference_engine_s(problem):
    """A permutation test on the mean loss, from the same initial weights."""
    seeds = np.random.default_rng().integers(2**31, size=24).tolist()
    problems, schedule = [problem] * 24, Schedule(800, 256, 0.03)
    start = initial_weights(problems, seeds)
    ours = ExactEngine(problems, seeds, schedule, start)
    theirs = ReferenceEngine(problems, seeds, schedule, start)
    final = [engine.advance(np.array([800]))[1].map(lambda a: a[-1]) for engine in (ours, theirs)]
    exact_loss, reference = (ours.judge(weights) for weights in final)
    assert exact_loss.min() < 1.002 * reference.min()
    rng = np.random.default_rng()
    both = np.concatenate([exact_loss, reference])
    shuffled = np.array([rng.permutation(both) for _ in range(4000)])
    worse_by_chance = shuffled[:, :24].mean(1) - shuffled[:, 24:].mean(1)
    assert (worse_by_chance >= exact_loss.mean() - reference.mean()).mean() > 0.002
