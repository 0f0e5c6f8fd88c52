"""E29 to E31: *Computation in Superposition*.

The absolute value of every feature, y' = ReLU(W_out ReLU(Wx) + b), by pairs of neurons and by fewer. The
paper gives n and m of E29 and E30 and the importances of E30; the densities, the sizes of E31, the number of
models and all settings of training are ours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import measures
from ..core import Problem, Run
from .experiment import Claim, Experiment, Result

SECTION = "10 Computation in Superposition"
EXACT = 0.02
"""Every weight of an exact circuit is so near 0 or ±1."""
DENSITIES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
FEWER = (1.0, 0.1, 0.003)
PAIRS = {"init": "mirrored", "steps": 4000, "batch_size": 64}
"""From independent weights a hundred features get stuck, so neurons start in pairs, x and −x."""
RATES = {1.0: 0.02, 0.3: 0.02}
"""Frequent features find their neurons faster; sparse ones need a lower rate, or neurons are lost."""
LOW_RATE = 0.005


def absolute(density: float, n_features: int = 100, n_hidden: int = 40, importance: float = 0.8) -> Problem:
    """The absolute value of so many features; the defaults are those of E30."""
    return Problem(n_features, n_hidden, importance=importance, density=density, architecture="untied")


def is_exact_circuit(W: ArrayLike, W_out: ArrayLike, within: float = EXACT) -> bool:
    """Whether a model is ``|x_i| = ReLU(x_i) + ReLU(−x_i)`` for every feature, a neuron for each side.

    Weights are compared with 0 and ±1 after `measures.rescaled`.
    """
    weights, out = measures.rescaled(W, W_out)
    sides = np.round(weights)
    neuron, feature = np.nonzero(sides)
    signed = set(zip(feature.tolist(), sides[neuron, feature].tolist(), strict=True))
    each_once = len(neuron) == len(weights) == len(signed) == 2 * weights.shape[1]
    off = max(np.abs(weights - sides).max(), np.abs(out - np.abs(sides.T)).max())
    return each_once and bool(off < within)


def dedicated_loss(problem: Problem) -> float:
    """The lowest loss without superposition: two neurons for each of the most important features.

    A feature that is left out gets the bias p/2 and has the loss I (p/3 − p²/4).
    """
    p = problem.density_vector
    each = np.sort(problem.importance_vector * (p / 3 - p**2 / 4))[::-1]
    return float(each[problem.n_hidden // 2 :].sum())


def monosemantic_share(run: Run) -> float:
    """The part of the neurons of a run's best model that stand for one feature."""
    best = run.best
    return float(measures.monosemantic(best.W[0], _out(best)[0]).mean())


def computed(run: Run) -> int:
    """Of how many features a run's best model computes the absolute value on both sides."""
    best = run.best
    return int(measures.two_sided(best.W[0], _out(best)[0]).sum())


def places_by_kind(run: Run) -> tuple[float, float]:
    """Mean place in the order of importance, 0 for the most important feature, in a run's best model.

    Of the features that have a monosemantic neuron, and of those that stand in polysemantic ones alone; NaN
    if there are none.
    """
    best = run.best
    stands = measures.features_of_neurons(best.W[0], _out(best)[0])
    alone = stands.sum(axis=1) == 1
    own = stands[alone].any(axis=0)
    shared = stands[~alone].any(axis=0) & ~own
    pure, mixed = (float(np.flatnonzero(kind).mean()) if kind.any() else np.nan for kind in (own, shared))
    return pure, mixed


def motifs(run: Run) -> list[tuple[measures.Motif, ...]]:
    """The instances of asymmetric superposition in every model of a run."""
    return [measures.asymmetric_motifs(W, W_out) for W, W_out in zip(run.W, _out(run), strict=True)]


def _out(run: Run) -> np.ndarray:
    assert run.W_out is not None
    return run.W_out


def _exact(result: Result) -> tuple[bool, str]:
    (run,) = result.runs
    exact = [is_exact_circuit(W, W_out) for W, W_out in zip(run.W, _out(run), strict=True)]
    share, best = float(np.mean(exact)), exact[run.best_index]
    return best and share >= 0.6, (
        f"{100 * share:.0f} % of {len(exact)} seeds; best loss {run.loss.min():.1e}"
    )


def _by_density(result: Result) -> dict[float, Run]:
    runs = {float(run.problem.density_vector[0]): run for run in result.runs}
    return dict(sorted(runs.items(), reverse=True))


def _ever_less_monosemantic(result: Result) -> tuple[bool, str]:
    shares = {p: monosemantic_share(run) for p, run in _by_density(result).items()}
    falls = bool((np.diff(list(shares.values())) < 0.05).all())
    sparse = max(share for p, share in shares.items() if p <= 0.01)
    return falls and shares[1.0] >= 0.9 and sparse <= 0.1, ", ".join(
        f"{100 * share:.0f} % at p={p:g}" for p, share in shares.items()
    )


def _more_than_pairs(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for p, run in _by_density(result).items():
        count, ratio = computed(run), float(run.loss.min()) / dedicated_loss(run.problem)
        holds &= p > 0.003 or (count > run.problem.n_hidden // 2 and ratio < 1.0)
        seen.append(f"p={p:g}: {count}, {ratio:.2f}")
    return holds, "; ".join(seen)


def _important_are_pure(result: Result) -> tuple[bool, str]:
    places = {p: places_by_kind(run) for p, run in _by_density(result).items()}
    between = [places[p] for p in places if 0.03 <= p <= 0.1]
    return all(pure < mixed for pure, mixed in between), "; ".join(
        f"p={p:g}: {pure:.1f} and {mixed:.1f}" for p, (pure, mixed) in places.items()
    )


def _motif_in_the_best(result: Result) -> tuple[bool, str]:
    (run,) = result.runs
    found = motifs(run)[run.best_index]
    return bool(found), f"{len(found)}: " + "; ".join(
        f"features {one.features}, neurons {one.neurons}, weights in {one.in_ratio:.1f} to 1, "
        f"gains {one.gains[0]:.2f} and {one.gains[1]:.2f}, {100 * one.cancelled:.0f} % cancelled"
        for one in found
    )


def _motif_is_common(result: Result) -> tuple[bool, str]:
    (run,) = result.runs
    counts = np.array([len(found) for found in motifs(run)])
    one, two = float((counts > 0).mean()), float((counts > 1).mean())
    return one >= 0.25, f"{100 * one:.0f} % of {len(counts)} seeds, {100 * two:.0f} % have two or more"


def _trained(densities: Sequence[float]) -> tuple[dict[str, object], ...]:
    return tuple({**PAIRS, "learning_rate": RATES.get(p, LOW_RATE)} for p in densities)


def sweep(densities: Sequence[float] = DENSITIES) -> Experiment:
    """E30 at these densities."""
    return Experiment(
        id="E30",
        section=SECTION,
        title="Absolute values of more features than neurons",
        summary="A hundred features on forty neurons, dense to sparse. Dense features have a pair of neurons "
        "each; the sparser they are, the more of them the same neurons compute.",
        problems=tuple(absolute(p) for p in densities),
        n_seeds=3,
        n_frames=1,
        settings=_trained(densities),
        quick={"problems": tuple(absolute(p) for p in FEWER), "n_seeds": 2, "settings": _trained(FEWER)},
        claims=(
            Claim(
                "Monosemantic neurons: 90 % or more at p = 1, ever fewer, at most 10 % at p ≤ .01",
                _ever_less_monosemantic,
            ),
            Claim(
                "At p ≤ .003 both sides of over 20 features are computed, with a loss below that of 20 pairs",
                _more_than_pairs,
            ),
            Claim(
                "Features with a monosemantic neuron are more important than the others, at p = .1 and .03",
                _important_are_pure,
            ),
        ),
    )


E29 = Experiment(
    id="E29",
    section=SECTION,
    title="The absolute value by pairs of neurons",
    summary="Three features and six neurons: a neuron reads x_i, another −x_i, and their sum is |x_i|.",
    problems=(absolute(0.5, 3, 6, 1.0),),
    n_seeds=32,
    settings={"steps": 2000},
    claims=(
        Claim(
            "Two neurons a feature, all weights within .02 of 0 and ±1: the best, and 60 % of seeds", _exact
        ),
    ),
)

E30 = sweep()

E31 = Experiment(
    id="E31",
    section=SECTION,
    title="Asymmetric superposition",
    summary="Six features and ten neurons, two too few for pairs: a neuron stands for two features with "
    "unequal weights, and another one inhibits what the strong feature would do to the weak one.",
    problems=(absolute(0.3, 6, 10, 1.0),),
    n_seeds=24,
    settings={"steps": 2000},
    claims=(
        Claim("The best model has asymmetric superposition with inhibition", _motif_in_the_best),
        Claim("So has one seed in four or more", _motif_is_common),
    ),
)
