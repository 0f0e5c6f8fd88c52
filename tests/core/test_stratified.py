"""The fused engine against torch autograd in float64: gradients, optimiser, expectation, losses."""

import numpy as np
import pytest
import torch

from tms_widgets.core import Problem, evaluate, train
from tms_widgets.core.engines.cache import load_kernels
from tms_widgets.core.engines.stratified import StratifiedEngine, _statistics
from tms_widgets.core.models import ToyModel, loss_of
from tms_widgets.core.schedule import Schedule
from tms_widgets.core.start import initial_weights
from tms_widgets.core.strata import Strata

SIZES = [(2, 1), (5, 2), (20, 5), (33, 7)]
KERNELS = load_kernels("gram")


def random_weights(n, m):
    rng = np.random.default_rng()
    W = rng.normal(scale=0.7, size=(m, n)).astype(np.float32)
    return W, rng.normal(scale=0.2, size=n).astype(np.float32)


def gram_of(W):
    return np.ascontiguousarray(W.T @ W)


def from_gram(W, gG, gb):
    """The gradient by W and b, as the kernel takes it from the gradient by the Gram matrix."""
    gW = np.empty_like(W)
    KERNELS.back_to_weights(W, gG, gW)
    return np.concatenate([gW.ravel(), gb])


def autograd(W, b, loss):
    """d loss / d (W, b) in float64."""
    W64, b64 = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (W, b))
    loss(W64, b64).backward()
    return torch.cat([W64.grad.ravel(), b64.grad]).numpy()


def difference(ours, theirs, W, gG):
    """The largest error, relative to the terms that were added up (they may cancel)."""
    terms = max(np.abs(theirs).max(), (np.abs(W) @ np.abs(gG)).max())
    # a model whose outputs are all off has no gradient at all
    return np.abs(ours - theirs).max() / max(terms, 1e-12)


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_replayed_samples_have_the_gradient_of_autograd(n, m):
    rng = np.random.default_rng()
    W, b = random_weights(n, m)
    problem = Problem(n, m, importance=0.9, density=0.5)
    importance = problem.importance_vector.astype(np.float32)
    x = (rng.random((50, n)) * (rng.random((50, n)) < 0.5)).astype(np.float32)
    gG, gb = np.zeros((n, n), np.float32), np.zeros(n, np.float32)
    scratch, out = np.zeros(n, np.float32), np.empty(n, np.float32)
    for sample in x:
        active = np.flatnonzero(sample)
        args = (active, sample[active], len(active), np.float32(2 / 50), scratch, out)
        KERNELS.add_sample(gram_of(W), b, importance, *args, gG, gb)
    inputs = torch.tensor(x, dtype=torch.float64)[None]

    def loss(W64, b64):
        model = ToyModel(problem, W64[None], b64[None])
        parameters = {"W": W64[None], "b": b64[None]}
        output = torch.func.functional_call(model, parameters, (inputs,))
        return (torch.tensor(problem.importance_vector) * (inputs - output).square()).sum(-1).mean()

    assert difference(from_gram(W, gG, gb), autograd(W, b, loss), W, gG) < 1e-6
    assert not scratch.any()


@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("signed", [False, True])
def test_the_quiet_strata_have_the_gradient_of_autograd(n, m, signed):
    W, b = random_weights(n, m)
    density = np.random.default_rng().uniform(0.05, 0.6, n)
    strata = Strata.of(density)
    importance = 0.9 ** np.arange(n)
    gG, gb = np.zeros((n, n), np.float32), np.zeros(n, np.float32)
    one = strata.one_active.astype(np.float32)
    none = np.float32(strata.none_active)
    KERNELS.add_quiet_strata(gram_of(W), b, importance.astype(np.float32), none, one, signed, gG, gb)
    nodes, masses = (torch.tensor(a) for a in np.polynomial.legendre.leggauss(3))

    def half(G, b64, sign):
        """E over one half of the range: quadrature on both sides of the ReLU's kink is exact."""
        root = (-b64[:, None] / (sign * G)).detach().clamp(0, 1)
        total = 0.0
        for low, high in ((torch.zeros_like(root), root), (root, torch.ones_like(root))):
            t = low[..., None] + (high - low)[..., None] * (nodes + 1) / 2
            error = torch.relu(sign * G[..., None] * t + b64[:, None, None])
            error = error - sign * t * torch.eye(n)[..., None]
            total = total + (error.square() * masses / 2).sum(-1) * (high - low)
        return (torch.tensor(importance)[:, None] * total * torch.tensor(strata.one_active)).sum()

    def loss(W64, b64):
        G = W64.T @ W64
        quiet = strata.none_active * (torch.tensor(importance) * torch.relu(b64).square()).sum()
        return quiet + ((half(G, b64, 1) + half(G, b64, -1)) / 2 if signed else half(G, b64, 1))

    assert difference(from_gram(W, gG, gb), autograd(W, b, loss), W, gG) < 1e-6


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("density", [0.15, [0.5, 0.02, 0.2, 0.1, 0.4]])
def test_the_expected_gradient_is_that_of_plain_sampling(density, signed):
    rng = np.random.default_rng()
    problem = Problem(5, 2, importance=0.9, density=density, value_range=(-1, 1) if signed else (0, 1))
    W, b = random_weights(5, 2)
    importance, p, none, one, many, counts, *_ = _statistics(problem)
    scratch = tuple(np.zeros(5, kind) for kind in (np.int64, np.float32, np.float32, np.float32))
    state, order = rng.integers(2**63, size=1).astype(np.uint64), np.arange(5)
    draws = []
    for _ in range(2000):
        gG, gb = np.zeros((5, 5), np.float32), np.zeros(5, np.float32)
        KERNELS.add_quiet_strata(gram_of(W), b, importance, none, one, signed, gG, gb)
        KERNELS.sampled_strata(
            gram_of(W), b, importance, p, counts, many, 64, signed, state, order, scratch, gG, gb
        )
        draws.append(from_gram(W, gG, gb))
    ours = np.array(draws)

    x = rng.uniform(*problem.value_range, (400, 5000, 5)) * (rng.random((400, 5000, 5)) < p)
    model = ToyModel(
        problem, *(torch.tensor(a, dtype=torch.float64)[None].repeat_interleave(400, 0) for a in (W, b))
    )
    weights = torch.tensor(problem.importance_vector).expand(400, -1)
    loss_of(model, torch.tensor(x), weights).sum().backward()
    assert model.W.grad is not None
    assert model.b.grad is not None
    theirs = torch.cat([model.W.grad.flatten(1), model.b.grad], dim=1).numpy()
    # an output that is never on has no gradient and no error
    error = np.sqrt(ours.var(0) / len(ours) + theirs.var(0) / len(theirs)) + 1e-7
    assert np.abs((ours.mean(0) - theirs.mean(0)) / error).max() < 5


def test_linear_training_follows_torch_adam_on_the_exact_loss():
    problem = Problem(6, 3, importance=0.8, density=0.3, architecture="linear")
    schedule = Schedule(60, 1, 0.03)
    engine = StratifiedEngine([problem], [4], schedule, initial_weights([problem], [4]))
    W, b = (
        torch.tensor(a[0], dtype=torch.float64, requires_grad=True)
        for a in (engine.W.copy(), engine.b.copy())
    )
    loss_frames, (W_frames, b_frames, *_) = engine.advance(np.array([60]))
    p, importance = torch.tensor(problem.density_vector), torch.tensor(problem.importance_vector)
    mean, variance = p / 2, p / 3 - (p / 2) ** 2

    def loss():
        A = W.T @ W - torch.eye(6)
        return (importance * ((A.square() * variance).sum(1) + (A @ mean + b).square())).sum()

    optimiser = torch.optim.Adam([W, b], betas=(0.9, 0.99), eps=1e-12)
    for step in range(60):
        optimiser.param_groups[0]["lr"] = schedule.rate(step)
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()
    assert np.abs(W_frames[0, 0] - W.detach().numpy()).max() < 1e-4
    assert np.abs(b_frames[0, 0] - b.detach().numpy()).max() < 1e-4
    assert loss_frames[0, 0] == pytest.approx(loss().item(), rel=1e-4)


@pytest.mark.parametrize(
    "problem", [Problem(5, 2, importance=0.9, density=0.1), Problem(8, 3, density=0.4)], ids=str
)
def test_final_losses_are_those_of_the_reference_engine(problem):
    """A permutation test on the mean loss, from the same initial weights."""
    seed = int(np.random.default_rng().integers(2**31))
    runs = [
        train(problem, n_seeds=24, seed=seed, n_frames=1, engine="stratified"),
        train(problem, n_seeds=24, seed=seed, n_frames=1, engine="reference", steps=1000, batch_size=512),
    ]
    fused, reference = (evaluate(problem, run.W, run.b, n_samples=50_000).loss for run in runs)
    assert fused.min() < 1.01 * reference.min()
    rng = np.random.default_rng()
    both = np.concatenate([fused, reference])
    shuffled = np.array([rng.permutation(both) for _ in range(4000)])
    worse_by_chance = shuffled[:, :24].mean(1) - shuffled[:, 24:].mean(1)
    assert (worse_by_chance >= fused.mean() - reference.mean()).mean() > 0.002
