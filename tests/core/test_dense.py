"""The dense engine against torch autograd in float64: gradients, expectation, losses, threads, memory."""

import tracemalloc

import numpy as np
import pytest
import torch

from tms_widgets.core import Problem, evaluate
from tms_widgets.core.engines import dense
from tms_widgets.core.engines.cache import load_kernels
from tms_widgets.core.engines.reference import ReferenceEngine
from tms_widgets.core.models import ToyModel, loss_of
from tms_widgets.core.schedule import Schedule
from tms_widgets.core.start import initial_weights
from tms_widgets.core.weights import Weights

KERNELS = load_kernels("wide")
BATCH = 62  # two blocks of 31
UNEVEN = tuple(np.linspace(0.001, 0.055, 40))


def problem_of(density, signed):
    return Problem(40, 7, importance=0.98, density=density, value_range=(-1, 1) if signed else (0, 1))


def model_of(problem):
    """An instance with weights of the size that trained ones have, and biases of both signs."""
    rng = np.random.default_rng()
    W = rng.normal(scale=0.35, size=(problem.n_hidden, problem.n_features)).astype(np.float32)
    b = rng.normal(scale=0.2, size=problem.n_features).astype(np.float32)
    return dense._Model(problem, int(rng.integers(2**31)), Schedule(20, BATCH, 0.01), W, b)


def gradient(model, space):
    """The gradient of one batch by W and b, from those of the blocks."""
    gV = space.gV.sum(0) + 2 * space.gg.sum(0)[:, None] * model.V
    return np.concatenate([gV[:, : model.problem.n_hidden].T.ravel(), space.gb.sum(0)])


def drawn(model, space):
    """The inputs that the next batch will have, shape (blocks, feature, input)."""
    problem, blocks = model.problem, []
    density, signed = problem.density_vector.astype(np.float32), problem.value_range[0] < 0
    for state in model.state.copy():
        wide = np.empty((problem.n_features, 2 * space.size), np.float32)
        KERNELS.draw_block(density, signed, state, wide)
        blocks.append(wide[:, : space.size])
    return np.stack(blocks)


def autograd(model, loss):
    """d loss / d (W, b) in float64."""
    W, b = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (model.W.copy(), model.b))
    loss(W, b).backward()
    return torch.cat([W.grad.ravel(), b.grad]).numpy()


def own_feature_averaged(problem, x, W, b):
    """The loss of a block, each output averaged over its own feature by quadrature between the kinks."""
    nodes, masses = (torch.tensor(a) for a in np.polynomial.legendre.leggauss(3))
    g = W.square().sum(0)[:, None]
    s = W.T @ (W @ x) + b[:, None] - g * x
    total = (1 - torch.tensor(problem.density_vector))[:, None] * torch.relu(s).square()
    sides = (1, -1) if problem.value_range[0] < 0 else (1,)
    for side in sides:
        root = (-s / (side * g)).detach().clamp(0, 1)
        for low, high in ((torch.zeros_like(root), root), (root, torch.ones_like(root))):
            t = low[..., None] + (high - low)[..., None] * (nodes + 1) / 2
            error = torch.relu(s[..., None] + side * g[..., None] * t) - side * t
            mean = (error.square() * masses / 2).sum(-1) * (high - low) / len(sides)
            total = total + torch.tensor(problem.density_vector)[:, None] * mean
    return (torch.tensor(problem.importance_vector)[:, None] * total).sum() / x.shape[1]


def plain(problem, x, W, b):
    error = torch.relu(W.T @ (W @ x) + b[:, None]) - x
    return (torch.tensor(problem.importance_vector)[:, None] * error.square()).sum() / x.shape[1]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("density", [0.4, 1.0, UNEVEN[::-1], 0.02, UNEVEN[:20] * 2])
def test_replayed_batches_have_the_gradient_of_autograd(density, signed):
    problem = problem_of(density, signed)
    model = model_of(problem)
    space = dense._Space(problem, model.schedule, 1)
    inputs = torch.tensor(drawn(model, space), dtype=torch.float64)
    loss = plain if dense._is_rare(problem) else own_feature_averaged
    model.draw_gradients(space)
    for block, x in enumerate(inputs):
        one = dense._Space(problem, model.schedule, 1)
        one.gV[0], one.gb[0], one.gg[0] = space.gV[block], space.gb[block], space.gg[block]
        theirs = autograd(model, lambda W, b, x=x: loss(problem, x, W, b))
        # relative to the terms that were added up: they may cancel
        terms = max(np.abs(theirs).max(), np.abs(one.gV[0]).max(), np.abs(one.gg[0][:, None] * model.V).max())
        assert np.abs(gradient(model, one) - theirs).max() < 1e-6 * max(terms, 1e-3)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("density", [0.3, 0.02, UNEVEN[:20] * 2])
def test_the_expected_gradient_is_that_of_plain_sampling(density, signed):
    problem = problem_of(density, signed)
    model = model_of(problem)
    space, ours = dense._Space(problem, model.schedule, 1), []
    for _ in range(1000):
        model.draw_gradients(space)
        ours.append(gradient(model, space) / space.blocks)
    ours = np.array(ours)

    rng = np.random.default_rng()
    shape = (100, 2000, problem.n_features)
    x = rng.uniform(*problem.value_range, shape) * (rng.random(shape) < problem.density_vector)
    W, b = (
        torch.tensor(a, dtype=torch.float64).expand(100, *a.shape).clone() for a in (model.W.copy(), model.b)
    )
    theirs = ToyModel(problem, W, b)
    loss_of(theirs, torch.tensor(x), torch.tensor(problem.importance_vector).expand(100, -1)).sum().backward()
    theirs = torch.cat([theirs.W.grad.flatten(1), theirs.b.grad], dim=1).numpy()
    error = np.sqrt(ours.var(0) / len(ours) + theirs.var(0) / len(theirs)) + 1e-7
    assert np.abs((ours.mean(0) - theirs.mean(0)) / error).max() < 5.5


@pytest.mark.parametrize("density", [0.3, 0.02])
def test_steps_are_those_of_torch_adam(density):
    model = model_of(problem_of(density, False))
    space = dense._Space(model.problem, model.schedule, 1)
    W, b = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (model.W.copy(), model.b))
    optimiser = torch.optim.Adam([W, b], betas=(0.9, 0.99), eps=1e-12)
    for step in range(20):
        model.draw_gradients(space)
        both = torch.tensor(gradient(model, space), dtype=torch.float64)
        W.grad, b.grad = both[: W.numel()].reshape(W.shape), both[W.numel() :]
        optimiser.param_groups[0]["lr"] = model.schedule.rate(step)
        optimiser.step()
        model.follow_gradients(step, space)
    assert np.abs(model.W - W.detach().numpy()).max() < 1e-5
    assert np.abs(model.b - b.detach().numpy()).max() < 1e-5


def test_features_are_active_in_their_share_of_a_block_and_evenly_spread():
    density, size = np.array([0.5, 0.013, 1.0], np.float32), 101
    wide, state = (
        np.empty((3, 2 * size), np.float32),
        np.random.default_rng().integers(2**63, size=1, dtype=np.uint64),
    )
    KERNELS.draw_block(density, False, state, wide)
    x = wide[:, :size]
    active = (x > 0).sum(1)
    assert (np.abs(active - density * size) < 1).all()
    assert active[2] == size
    assert np.diff(np.sort(x[2])).std() < 1e-5
    assert 0 <= x.min() < x.max() < 1


def test_a_block_is_the_same_inputs_as_matrix_and_as_lists():
    problem = problem_of(UNEVEN, True)
    model = model_of(problem)
    space = dense._Space(problem, model.schedule, 1)
    expected = drawn(model, space)[0]
    (start, features, values), _ = dense._new_lists(problem, space.size)
    KERNELS.draw_lists(
        problem.density_vector.astype(np.float32), True, model.state[0], start, features, values
    )
    x = np.zeros_like(expected)
    for sample in range(space.size):
        part = slice(start[sample], start[sample + 1])
        x[features[part], sample] = values[part]
    assert np.array_equal(x, expected)


def trained(problems, seeds, batch=120, steps=30):
    schedule = Schedule(steps, batch, 0.02)
    engine = dense.DenseEngine(problems, seeds, schedule, initial_weights(problems, seeds))
    early = engine.advance(np.array([0, 10]))
    late = engine.advance(np.array([steps]))
    return [
        np.concatenate([a, b])
        for a, b in zip((early[0], *early[1][:2]), (late[0], *late[1][:2]), strict=True)
    ]


@pytest.mark.parametrize("density", [0.3, 0.02])
def test_an_instance_is_the_same_on_any_number_of_threads_and_beside_any_others(density, monkeypatch):
    problem = problem_of(density, False)
    other = problem.replace(density=0.1, importance=1.0)
    monkeypatch.setattr(dense, "available_cores", lambda: 1)
    alone = trained([problem], [5])
    for cores in (2, 3):
        monkeypatch.setattr(dense, "available_cores", lambda cores=cores: cores)
        for one, many in zip(alone, trained([problem], [5]), strict=True):
            assert np.array_equal(one, many)
    for one, many in zip(alone, trained([other, problem, other, other], [4, 5, 6, 7]), strict=True):
        assert np.array_equal(one[:, 0], many[:, 1])


def test_without_bias_it_stays_zero():
    problem = problem_of(0.3, False).replace(bias=False)
    _, W, b = trained([problem], [1])
    assert not b.any()
    assert (W[0] != W[-1]).any()


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("density", [0.3, 0.02, UNEVEN])
def test_the_held_out_loss_is_that_of_many_plain_samples(density, signed):
    problem = problem_of(density, signed)
    model = model_of(problem)
    schedule = Schedule(1, 1, 0.01)
    weights = Weights(np.stack([model.W.copy()] * 2), np.stack([model.b] * 2))
    losses = dense.DenseEngine([problem] * 2, [3, 4], schedule, weights).judge(weights)
    assert losses[0] == losses[1]
    result = evaluate(problem, *weights[:2], n_samples=100_000)
    # our own sample of some thousand inputs is the larger source of error
    assert abs(losses[0] - result.loss[0]) < 0.03 * result.loss[0] + 5 * result.standard_error[0]


@pytest.mark.parametrize("density", [0.3, 0.02])
def test_final_losses_are_those_of_the_reference_engine(density):
    problem = Problem(100, 10, density=density)
    seeds = np.random.default_rng().integers(2**31, size=3).tolist()
    start = initial_weights([problem] * 3, seeds)
    ours = dense.DenseEngine([problem] * 3, seeds, Schedule(300, 512, 0.03), start)
    theirs = ReferenceEngine([problem] * 3, seeds, Schedule(300, 256, 0.03), start, "cpu")
    losses = []
    for engine in (ours, theirs):
        weights = engine.advance(np.array([300]))[1].map(lambda a: a[-1])
        losses.append(ours.judge(weights).mean())
    assert losses[0] < 1.01 * losses[1]


@pytest.mark.parametrize(("density", "batch"), [(0.3, 1024), (0.01, 4096), (0.3, 1)])
def test_the_memory_of_a_thread_is_known_beforehand(density, batch, monkeypatch):
    problem, schedule = Problem(200, 13, density=density), Schedule(2, batch, 0.01)
    monkeypatch.setattr(dense, "available_cores", lambda: 1)
    engine = dense.DenseEngine([problem], [1], schedule, initial_weights([problem], [1]))
    engine.advance(np.array([1]))
    tracemalloc.start()
    engine.advance(np.array([2]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    expected = dense.workspace_bytes(problem, schedule)
    assert 0.7 * expected < peak < 1.1 * expected + 100_000


@pytest.mark.parametrize(
    "change",
    [
        {"architecture": "linear"},
        {"activation": "gelu"},
        {"l1": 0.1},
        {"features": "correlated", "set_size": 2},
    ],
    ids=str,
)
def test_what_it_cannot_train_it_says(change):
    problem = Problem(100, 10, density=0.1)
    assert dense.covers(problem) == ""
    assert dense.covers(problem.replace(**change))


def test_rare_features_cost_less():
    costs = [dense.cost(Problem(400, 30, density=p), Schedule(1000, 1024, 0.02)) for p in (0.3, 0.01, 0.001)]
    assert costs == sorted(costs, reverse=True)
