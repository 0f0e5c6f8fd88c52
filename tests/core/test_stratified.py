"""The stratified engine against torch autograd in float64: gradients, optimiser, expectation, losses."""

import numpy as np
import pytest
import torch

from tests.core.gradients import (
    alone,
    as_lists,
    by_autograd,
    copies_of,
    engine_of,
    finder,
    flat,
    found,
    gradient_of,
    shown,
    some,
)
from tms_widgets.core import Problem, evaluate, train
from tms_widgets.core.engines.cache import load_kernels
from tms_widgets.core.engines.stratified import (
    StratifiedEngine,
    _source,
    covers,
    kernels_of,
    workspace_bytes,
)
from tms_widgets.core.features import FeatureSampler
from tms_widgets.core.models import loss_of
from tms_widgets.core.schedule import Schedule
from tms_widgets.core.start import initial_weights
from tms_widgets.core.strata import Strata

SIGNED, UNSIGNED = {"value_range": (-1, 1)}, {"value_range": (0, 1)}
SETS = [{}, {"features": "correlated", "set_size": 2}, {"features": "anticorrelated", "set_size": 3}]
MODELS = [
    {"architecture": "relu_output"},
    {"architecture": "relu_output", "bias": False, **SIGNED},
    {"architecture": "relu_output", "l1": 0.3},
    {"architecture": "relu_output", "l1": 0.1, "bias": False, **SIGNED},
    {"architecture": "linear", "l1": 0.2},
    {"architecture": "relu_hidden"},
    {"architecture": "relu_hidden", "hidden_bias": True, "l1": 0.2, **SIGNED},
    {"architecture": "relu_hidden", "l1": 0.3, "bias": False, **SIGNED},
    {"architecture": "relu_hidden", "activation": "linear"},
    {"architecture": "untied"},
    {"architecture": "untied", "hidden_bias": True, "bias": False},
    {"architecture": "untied", "l1": 0.1, **UNSIGNED},
]
LINEAR = [{"architecture": "linear"}, {"architecture": "linear", "bias": False, **SIGNED}]
CASES = [{**model, **sets} for model in [*MODELS, *LINEAR] for sets in SETS]


def difference(ours, theirs, terms):
    # a model whose outputs are all off has no gradient at all
    return np.abs(ours - theirs).max() / max(terms, 1e-3)


@pytest.mark.parametrize("case", MODELS, ids=shown)
@pytest.mark.parametrize(("n", "m"), [(3, 6), (10, 5), (33, 11)])
def test_replayed_samples_have_the_gradient_of_autograd(case, n, m):
    problem, weights = some(n, m, case)
    rng = np.random.default_rng()
    x = rng.uniform(*problem.value_range, (40, n)) * (rng.random((40, n)) < 0.4)
    x[:, 0] += np.where(x.any(1), 0.0, 0.5)  # an empty list is no input
    x = x.astype(np.float32)
    none, one = np.float32(0), np.zeros(n, np.float32)
    ours = found(problem, weights, as_lists(x), none_active=none, one_active=one, many_active=np.float32(1))
    theirs = by_autograd(problem, weights, x.astype(np.float64), np.full(40, 1 / 40))
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5)
    assert difference(ours[1], *theirs[1:]) < 1e-6


@pytest.mark.parametrize("case", [c for c in MODELS if not c.get("hidden_bias")], ids=shown)
def test_the_quiet_strata_have_the_gradient_of_autograd(case):
    problem, weights = some(9, 5, case)
    strata = Strata.of(problem.density_vector)
    signs = (1, -1) if problem.value_range[0] < 0 else (1,)
    x, mass = [np.zeros((1, 9))], [np.array([strata.none_active])]
    for j in range(9):
        for sign in signs:
            inputs, masses = alone(problem, weights, j, sign)
            x.append(inputs)
            mass.append(strata.one_active[j] * masses / len(signs))
    ours = found(problem, weights, as_lists(np.zeros((1, 9))), many_active=np.float32(0))
    theirs = by_autograd(problem, weights, np.concatenate(x), np.concatenate(mass))
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5)
    assert difference(ours[1], *theirs[1:]) < 1e-6


def sampled(problem, weights, count):
    """Loss and gradient, as rows, by ``count`` batches of 64."""
    state = np.random.default_rng().integers(2**63, size=1).astype(np.uint64)
    order = np.arange(problem.n_features // (problem.set_size or 1))
    most = 64 * problem.n_features
    lists = np.zeros(65, np.int64), np.zeros(most, np.int64), np.zeros(most, np.float32)
    draw, find = load_kernels(kernels_of(problem)).draw_inputs, finder(problem, weights)
    rows = []
    for _ in range(count):
        draw(_source(problem), state, order, *lists)
        rows.append(np.append(*find(lists)))
    return np.array(rows)


@pytest.mark.parametrize("case", CASES, ids=shown)
def test_the_expected_gradient_is_that_of_plain_sampling(case):
    problem, weights = some(6, 4, case)
    ours = sampled(problem, weights, 200)
    copies = 30
    model = copies_of(problem, weights, copies)
    seeds = np.random.default_rng().integers(2**31, size=copies).tolist()
    x = FeatureSampler([problem] * copies, seeds, 15_000, torch.device("cpu")).sample().double()
    loss = loss_of(model, x, torch.tensor(problem.importance_vector).expand(copies, -1))
    loss.sum().backward()
    theirs = np.column_stack([loss.detach().numpy(), gradient_of(model)])
    # an output that is never on has no gradient and no error
    error = np.sqrt(ours.var(0) / len(ours) + theirs.var(0) / len(theirs)) + 1e-6
    assert np.abs((ours.mean(0) - theirs.mean(0)) / error).max() < 5.5


@pytest.mark.parametrize("case", CASES[::2], ids=shown)
def test_judge_is_the_held_out_loss(case):
    problem, weights = some(12, 7, case)
    truth = evaluate(problem, *weights, n_samples=8192)
    # at least 2048 inputs, where these batches have 64
    error = np.hypot(sampled(problem, weights, 40)[:, 0].std() / np.sqrt(32), truth.standard_error[0])
    judged = engine_of(problem, weights).judge(weights)[0]
    assert abs(judged - truth.loss[0]) < 5 * error + 1e-5 * truth.loss[0]


@pytest.mark.parametrize("case", [c for c in CASES if "bias" in c], ids=shown)
def test_without_a_bias_it_stays_zero(case):
    problem, _ = some(6, 4, case)
    assert not train(problem, n_seeds=2, engine="stratified", steps=20).frames.b.any()


@pytest.mark.parametrize("case", [MODELS[0], MODELS[6], MODELS[9], CASES[1]], ids=shown)
def test_an_instance_does_not_depend_on_its_neighbours(case):
    seed = int(np.random.default_rng().integers(2**31))
    problem, _ = some(6, 4, case)
    many = train([problem.replace(density=0.1), problem], n_seeds=3, seed=seed, engine="stratified", steps=50)
    alone = train(problem, n_seeds=1, seed=seed + 2, engine="stratified", steps=50)
    assert np.array_equal(flat(many.of(problem)[2].frames.weights), flat(alone.frames.weights))


def test_the_weights_survive_the_padding():
    for case in (MODELS[0], MODELS[10]):
        problem, weights = some(5, 3, case)
        ours = engine_of(problem, weights)
        for mine, theirs in zip(ours._unpacked(ours.state[0]), weights, strict=True):
            assert np.array_equal(mine, theirs)


def test_outputs_that_bend_otherwise_are_not_covered():
    assert "gelu" in covers(Problem(8, 2, activation="gelu"))
    assert not any(covers(some(6, 4, case)[0]) for case in CASES)


def test_linear_training_follows_torch_adam_on_the_exact_loss():
    problem = Problem(6, 3, importance=0.8, density=0.3, architecture="linear")
    schedule = Schedule(60, 1, 0.03)
    engine = StratifiedEngine([problem], [4], schedule, initial_weights([problem], [4]))
    W, b = (
        torch.tensor(a[0], dtype=torch.float64, requires_grad=True)
        for a in engine._unpacked(engine.state[0])[:2]
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


@pytest.mark.parametrize("case", [MODELS[0], MODELS[5], {**MODELS[0], **SETS[1], "set_size": 6}], ids=shown)
def test_a_single_unit_is_enough(case):
    n = case.get("set_size", 1)
    run = train(Problem(n, 1, density=0.5, **case), n_seeds=2, engine="stratified", steps=50)
    assert np.isfinite(run.loss).all()
    assert (run.loss < run.frames.loss[0]).any()


@pytest.mark.parametrize("case", [{}, {"architecture": "relu_hidden", "hidden_bias": True}], ids=shown)
def test_the_memory_of_a_thread_is_known_beforehand(case):
    problem, weights = some(200, 20, case)
    schedule = Schedule(1, 256, 0.01)
    scratch, gradient = StratifiedEngine([problem], [0], schedule, weights)._workspace(problem)

    def size(part):
        return part.nbytes if isinstance(part, np.ndarray) else sum(map(size, part))

    lists = 12 * int(FeatureSampler([problem], [0], 256, torch.device("cpu")).sample().count_nonzero())
    taken = size(scratch) + 4 * size(gradient) + lists  # the gradient, the model and Adam's moments
    assert 0.8 * taken < workspace_bytes(problem, schedule) < 1.5 * taken
