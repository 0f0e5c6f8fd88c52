"""evaluate: the loss of every kind of model, and how sure it is."""

import math

import numpy as np
import pytest
import torch

from tms_widgets.core import Problem, SettingError, evaluate, train
from tms_widgets.core.evaluation import normal_cdf
from tms_widgets.core.features import FeatureSampler
from tms_widgets.core.models import ToyModel, loss_of
from tms_widgets.core.weights import Weights

KINDS = [
    Problem(5, 3, importance=0.8, density=0.3, activation="squared_relu"),
    Problem(5, 3, importance=0.8, density=0.3, activation="gelu"),
    Problem(5, 3, density=[0.5, 0.1, 0.2, 0.3, 0.9], l1=0.3),
    Problem(5, 3, density=0.3, l1=0.3, architecture="linear"),
    Problem(5, 3, density=0.3, l1=0.3, architecture="relu_hidden", hidden_bias=True),
    Problem(5, 3, density=0.3, l1=0.1, architecture="untied", hidden_bias=True),
    Problem(6, 3, density=0.3, features="correlated", set_size=3, value_range=(-1, 1)),
]


def fresh() -> int:
    return int(np.random.default_rng().integers(2**31))


def random_weights(problem: Problem, count: int) -> Weights:
    rng, n, m = np.random.default_rng(), problem.n_features, problem.n_hidden
    return Weights(
        rng.normal(scale=0.7, size=(count, m, n)).astype(np.float32),
        rng.normal(scale=0.2, size=(count, n)).astype(np.float32),
        rng.normal(size=(count, n, m)).astype(np.float32) if problem.architecture == "untied" else None,
        rng.normal(scale=0.2, size=(count, m)).astype(np.float32) if problem.hidden_bias else None,
    )


@pytest.mark.parametrize("problem", KINDS, ids=str)
def test_the_loss_is_that_of_the_torch_module_on_plain_samples(problem):
    weights = random_weights(problem, 2)
    model = ToyModel(problem, *(None if a is None else torch.tensor(a) for a in weights))  # pyright: ignore[reportArgumentType]
    sampler = FeatureSampler([problem] * 2, [fresh(), fresh()], 10_000, torch.device("cpu"))
    importance = torch.tensor(problem.importance_vector, dtype=torch.float32).expand(2, -1)
    with torch.no_grad():
        batches = np.array([loss_of(model, sampler.sample(), importance).numpy() for _ in range(40)])
    judged = evaluate(problem, *weights, n_samples=100_000, seed=fresh())
    error = np.hypot(batches.std(0) / 40**0.5, judged.standard_error)
    # the quadrature of one active feature is not exact where an output bends
    assert (np.abs(judged.loss - batches.mean(0)) < 5 * error + 2e-3 * judged.loss).all()


@pytest.mark.parametrize("density", [0.1, [0.3, *[0.05] * 19]])
def test_standard_errors_are_the_spread_over_fresh_inputs(density):
    problem = Problem(20, 5, importance=0.8, density=density)
    weights = random_weights(problem, 3)
    several = [evaluate(problem, *weights, n_samples=1000, seed=fresh()) for _ in range(120)]
    for name, error in (("loss", "standard_error"), ("gap", "gap_error")):
        values = np.array([getattr(one, name) for one in several])
        spread = values.std(0)
        said = np.sqrt(np.square([getattr(one, error) for one in several]).mean(0))
        # where two models are level, another may be the best on other inputs
        known = values.min(0) > 0
        # the number of active features is drawn evenly, which makes the true error a little smaller
        assert (spread[known] < 1.3 * said[known]).all()
        assert (spread[known] > 0.4 * said[known]).all()


def test_a_gap_between_models_alike_is_known_better_than_their_losses():
    problem = Problem(20, 5, importance=0.7, density=0.1)
    weights = random_weights(problem, 1)
    factors = np.array([1.0, 1.01, 1.02], np.float32)
    alike = weights.map(lambda array: np.stack([factor * array[0] for factor in factors]))
    judged = evaluate(problem, *alike)
    best = int(judged.loss.argmin())
    assert judged.gap[best] == judged.gap_error[best] == 0.0
    assert judged.gap == pytest.approx(judged.loss - judged.loss.min())
    others = np.delete(np.arange(3), best)
    assert (judged.gap_error[others] < 0.3 * judged.standard_error[others]).all()


def test_a_run_of_several_problems_is_judged_problem_by_problem():
    problems = [Problem(5, 2, importance=0.9, density=p) for p in (0.3, 0.05)]
    run = train(problems, n_seeds=3, n_frames=1)
    whole = evaluate(run)
    for i, problem in enumerate(problems):
        part = evaluate(run.of(problem))
        assert whole.loss[3 * i : 3 * i + 3] == pytest.approx(part.loss)
        assert part.gap.min() == 0.0
    assert whole.loss == pytest.approx(run.loss, rel=0.1)


def test_the_exact_loss_of_a_linear_model_has_no_error():
    judged = evaluate(train(Problem(6, 2, importance=0.7, density=0.2, architecture="linear"), n_seeds=2))
    assert not judged.standard_error.any()
    assert not judged.gap_error.any()


def test_the_normal_distribution():
    s = np.linspace(-6, 6, 1001)
    assert normal_cdf(s) == pytest.approx([0.5 * (1 + math.erf(x / 2**0.5)) for x in s], abs=2e-7)


def test_weights_without_a_bias_are_refused():
    with pytest.raises(SettingError, match="evaluate needs a run, or a problem with its W and b"):
        evaluate(Problem(5, 2), np.zeros((1, 2, 5)))


@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1)])
def test_averaging_over_the_own_feature_keeps_the_mean_and_takes_the_noise(value_range):
    problem = Problem(20, 5, importance=0.7, density=0.1, value_range=value_range)
    run = train(problem, n_seeds=1, n_frames=1)
    sampler = FeatureSampler([problem], [fresh()], 200_000, torch.device("cpu"))
    model, importance = run.module(), torch.tensor(problem.importance_vector, dtype=torch.float32)[None]
    x = sampler.sample()
    with torch.no_grad():
        plain = (importance * (model(x)[0] - x[0]).square()).sum(-1).double().numpy()
    judged = evaluate(run)
    assert judged.loss[0] == pytest.approx(plain.mean(), abs=5 * plain.std() / 200_000**0.5)
    # as many plain inputs as there are sampled ones
    assert judged.standard_error[0] < 0.5 * plain.std() / 4096**0.5


@pytest.mark.parametrize("density", [0.1, [0.02, 0.5, 0.2, 0.1, 0.9, 0.05, 0.3, 0.01, 0.6, 0.2, 0.1, 0.4]])
@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1)])
def test_the_engines_judge_as_evaluate_does(density, value_range):
    problem = Problem(12, 4, importance=0.8, density=density, value_range=value_range)
    run = train(problem, n_seeds=6, steps=200, engine="stratified", n_frames=1)
    truth = evaluate(run, n_samples=100_000)
    # the engine judges on at least 2048 sampled inputs, averaged over the own feature in the same way
    error = truth.standard_error * (100_000 / 2048) ** 0.5
    assert (np.abs(run.loss - truth.loss) < 5 * error + 1e-4 * truth.loss).all()
