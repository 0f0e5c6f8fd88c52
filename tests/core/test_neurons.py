"""Training by the stratified engine ends where the reference engine does."""

import numpy as np
import pytest

from tms_widgets.core import Problem, evaluate, train

N_SEEDS = 24


@pytest.mark.parametrize(
    "problem",
    [
        Problem(5, 2, importance=0.9, density=0.1),
        Problem(6, 3, density=0.2, features="correlated", set_size=2),
        Problem(6, 3, importance=0.8, density=0.2, l1=0.02),
        Problem(6, 3, importance=0.8, density=0.2, architecture="relu_hidden"),
        Problem(6, 4, density=0.3, architecture="relu_hidden", hidden_bias=True),
        Problem(3, 6, density=0.5, architecture="untied"),
    ],
    ids=str,
)
def test_final_losses_are_those_of_the_reference_engine(problem):
    """A permutation test on the mean loss, from the same initial weights."""
    rng = np.random.default_rng()
    settings = {"n_seeds": N_SEEDS, "seed": int(rng.integers(2**31)), "n_frames": 1, "steps": 500}
    runs = [
        train(problem, engine="stratified", learning_rate=0.03, **settings),
        train(problem, engine="reference", learning_rate=0.03, batch_size=256, **settings),
    ]
    ours, theirs = (evaluate(run, n_samples=20_000).loss for run in runs)
    both = np.concatenate([ours, theirs])
    shuffled = np.array([rng.permutation(both) for _ in range(4000)])
    worse_by_chance = shuffled[:, :N_SEEDS].mean(1) - shuffled[:, N_SEEDS:].mean(1)
    assert (worse_by_chance >= ours.mean() - theirs.mean()).mean() > 0.001


def test_the_absolute_value_is_computed_by_pairs_of_neurons():
    """*Computation in superposition*: a neuron for x, one for −x, and both are added up."""
    problem = Problem(3, 6, density=0.5, architecture="untied")
    run = train(problem, n_seeds=32, n_frames=1, engine="stratified")
    assert (run.loss < 1e-4).mean() > 0.3
    circuit = run.best.W_out[0] @ np.maximum(run.best.W[0], 0.0)
    mirror = run.best.W_out[0] @ np.maximum(-run.best.W[0], 0.0)
    assert np.abs(circuit - np.eye(3)).max() < 0.05
    assert np.abs(mirror - np.eye(3)).max() < 0.05
