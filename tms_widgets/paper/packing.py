"""E40: many more features than dimensions, and many dimensions. An idea of a reader of the paper.

In high dimensions random directions are nearly at right angles as they are. Does training have anything left
to do there, and could a model compute with its vectors as vector symbolic architectures do?

The reader trains nothing; n = 1000, m = 50 and 1 − S = .001 are ours, with one feature active on average. The
random vectors that trained ones are compared with have the length and the bias that serve them best.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import measures, theory
from ..core import Problem, Run
from .experiment import Claim, Experiment, Result

INPUTS = 1024
"""On which trained and random weights are compared."""
RANDOM_SETS = 8
"""Over which the largest cosine of random vectors is averaged: it varies by some percent."""
TRIALS = 1000
SHORTER = {"steps": 500, "batch_size": 2048}
"""Of the quick twin. Half the batch is noisier, and then now and then a feature dies early, ‖W_i‖ ≈ .2."""

Array = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]


def packing_problem(n_features: int, n_hidden: int) -> Problem:
    """Uniform features of which one is active on average."""
    return Problem(n_features, n_hidden, density=1.0 / n_features)


def main_run(result: Result) -> Run:
    """The best model that the single claims look at: of the most dimensions up to 50."""
    return max(
        (run for run in result.runs if run.problem.n_hidden <= 50), key=lambda run: run.problem.n_hidden
    ).best


def weights(run: Run) -> Array:
    """W of the best instance in double precision."""
    return run.best.W[0].astype(np.float64)


def random_twin(run: Run, seed: int | None = None) -> Array:
    """As many random directions in as many dimensions."""
    return theory.random_directions(run.problem.n_hidden, run.problem.n_features, seed=seed)


def largest_by_chance(run: Run) -> float:
    """The largest cosine of random directions, averaged over sets."""
    return float(np.mean([theory.largest_cosine(random_twin(run)) for _ in range(RANDOM_SETS)]))


def explained(run: Run) -> tuple[float, float]:
    """The part of the inputs' variance that comes out, of the trained model and of random vectors.

    1 − L / Σ Var x_i on the same fresh inputs. The random vectors have one length and one bias for all, found
    by a search on those inputs.
    """
    rng = np.random.default_rng()
    n, p = run.problem.n_features, float(run.problem.density_vector[0])
    x = np.where(rng.random((INPUTS, n)) < p, rng.random((INPUTS, n)), 0.0).astype(np.float32)
    whole = n * (p / 3.0 - p**2 / 4.0)
    W, b = run.best.W[0], run.best.b[0]
    trained = float(np.square(x - np.maximum(x @ W.T @ W + b, 0.0)).sum(axis=1).mean())
    V = random_twin(run).astype(np.float32)
    return 1.0 - trained / whole, 1.0 - scaled_loss(x, x @ V.T @ V) / whole


def scaled_loss(x: Floats, overlaps: Floats) -> float:
    """The least loss of ReLU(a · overlaps − β) over a, the squared length, and β."""
    loss, a, β = np.inf, 1.2, 0.5
    reach = 0.8
    while reach > 0.04:
        around = [reach * part for part in (-1.0, -0.5, 0.0, 0.5, 1.0)]
        loss, a, β = min(
            (float(np.square(x - np.maximum(length * overlaps - bias, 0.0)).sum(axis=1).mean()), length, bias)
            for length in [a + step for step in around]
            for bias in [β + step / 2.0 for step in around]
        )
        reach /= 2.0
    return loss


def _at_the_bound(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in result.runs:
        n, m = run.problem.n_features, run.problem.n_hidden
        bound = theory.welch_bound(n, m)
        trained, chance = (float(theory.rms_cosine(W)) / bound for W in (weights(run), random_twin(run)))
        holds &= trained < 1.01 < chance
        seen.append(f"n={n}, m={m}: {trained:.4f} of the bound {bound:.4f}, random {chance:.4f}")
    return holds, "; ".join(seen)


def _tight(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in result.runs:
        trained, chance = (float(theory.frame_tightness(W)) for W in (weights(run), random_twin(run)))
        holds &= trained > 0.85 and chance < 0.75
        seen.append(f"m={run.problem.n_hidden}: {trained:.3f}, random {chance:.3f}")
    return holds, "; ".join(seen)


def _smaller_cosines(result: Result) -> tuple[bool, str]:
    run = main_run(result)
    W = weights(run)
    trained, chance = float(theory.largest_cosine(W)), largest_by_chance(run)
    return trained <= 0.65 * chance, (
        f"{trained:.3f} against {chance:.3f}, a factor of {trained / chance:.2f}; the most negative, which "
        f"a ReLU removes, is {theory.cosines(W).min():.3f}"
    )


def _all_represented(result: Result) -> tuple[bool, str]:
    norms = measures.feature_norms(weights(main_run(result)))
    return bool(norms.min() > 0.5), f"‖W_i‖ from {norms.min():.3f} to {norms.max():.3f}"


def _gain_shrinks(result: Result) -> tuple[bool, str]:
    gains, seen = [], []
    for run in sorted(result.runs, key=lambda one: one.problem.n_hidden):
        trained, chance = explained(run)
        gains.append(trained - chance)
        seen.append(
            f"n={run.problem.n_features}, m={run.problem.n_hidden}: {trained:.3f} against {chance:.3f}"
        )
    return min(gains) > 0.0 and all(later < first for first, later in pairwise(gains)), "; ".join(seen)


def _bundles(result: Result) -> tuple[bool, str]:
    run = main_run(result)
    sizes = (1, 2, 3, 4, 6, 10)
    trained, chance = (
        [theory.bundling_recovery(W, k, trials=TRIALS) for k in sizes]
        for W in (weights(run), random_twin(run))
    )
    gain = float(np.mean(trained[2:5]) - np.mean(chance[2:5]))
    return trained[0] == 1.0 and gain > 0.02 and trained[-1] < 0.7, "; ".join(
        f"{k}: {mine:.2f} against {theirs:.2f}"
        for k, mine, theirs in zip(sizes, trained, chance, strict=True)
    )


def _pairs(result: Result) -> tuple[bool, str]:
    run = main_run(result)
    sizes = (1, 2, 4, 8)
    trained, chance = (
        np.array([theory.binding_recovery(W, k, trials=TRIALS) for k in sizes])
        for W in (weights(run), random_twin(run))
    )
    apart = float(np.abs(trained - chance).max())
    return apart < 0.1 and bool((np.diff(trained) < 0.0).all()), "; ".join(
        f"{k}: {mine:.2f} against {theirs:.2f}"
        for k, mine, theirs in zip(sizes, trained, chance, strict=True)
    )


def turned(W: Array) -> Array:
    """The same vectors after a random rotation of the hidden space, in which the model is as good."""
    rotation = np.linalg.qr(np.random.default_rng().normal(size=(len(W), len(W))))[0]
    return rotation @ W


def _trace_of_adam(result: Result) -> tuple[bool, str]:
    """Products see the basis: with components more alike in size than by chance they bind better."""
    W = weights(main_run(result))
    found = [theory.binding_recovery(V, 3, by="product", trials=2 * TRIALS) for V in (W, turned(W))]
    flatness = [float(len(W) ** 2 * np.mean((V / np.linalg.norm(V, axis=0)) ** 4)) for V in (W, turned(W))]
    return found[0] > found[1] + 0.05 and flatness[0] < flatness[1] - 0.1, (
        f"three pairs: {found[0]:.2f} as trained, {found[1]:.2f} rotated; m² E u⁴ = {flatness[0]:.2f} and "
        f"{flatness[1]:.2f}"
    )


def _exponential(result: Result) -> tuple[bool, str]:
    """How many random directions come before two are closer than 60°, by the number of dimensions."""
    sizes, trials = (10, 20, 30, 40), 40
    counts = np.array(
        [np.mean([theory.directions_before_collision(m, 0.5) for _ in range(trials)]) for m in sizes]
    )
    wanted = np.array([(np.pi / 2 / theory.pair_probability(m, 0.5)) ** 0.5 for m in sizes])
    # a single count spreads by half of itself; 40 of them by 8 %
    near = bool((np.abs(counts / wanted - 1.0) < 0.35).all())
    growth = float((counts[-1] / counts[0]) ** (1 / 30))
    return near and growth > 1.06, "; ".join(
        f"m={m}: {count:.1f} (theory {theory_:.1f})"
        for m, count, theory_ in zip(sizes, counts, wanted, strict=True)
    ) + f"; a factor of {growth:.3f} a dimension"


def packing(*sizes: tuple[int, int]) -> Experiment:
    """E40 for these numbers of features and dimensions."""
    return Experiment(
        id="E40",
        section="A Reader's Idea: Dense Packing",
        title="Many features in many dimensions",
        summary="A thousand features in fifty dimensions, one active at a time on average. Random directions "
        "would nearly do, and the more dimensions, the more nearly; training still makes a tight frame.",
        problems=tuple(packing_problem(n, m) for n, m in sizes),
        n_seeds=2,
        n_frames=1,
        quick={"n_seeds": 1, "settings": SHORTER},
        claims=(
            Claim("The root mean square cosine is within 1 % of the Welch bound", _at_the_bound),
            Claim("Trained vectors are nearly a tight frame, σ_min/σ_max > .85; random ones are not", _tight),
            Claim("The largest cosine is at most .65 of that of random vectors", _smaller_cosines),
            Claim("Every feature is represented", _all_represented),
            Claim("Training explains more variance than scaled random vectors, by less in more dimensions",
                  _gain_shrinks),
            Claim("Bundled features are found again more often among trained vectors", _bundles),
            Claim("Bound pairs are found again as often as among random vectors, fewer of more", _pairs),
            Claim("Products bind better as trained than rotated: Adam leaves a trace of the basis",
                  _trace_of_adam),
            Claim("Almost-orthogonal random directions: exponentially many in the dimensions", _exponential),
        ),
    )  # fmt: skip


E40 = packing((400, 20), (1000, 50))
