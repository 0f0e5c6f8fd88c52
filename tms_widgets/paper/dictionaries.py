"""E33: *Approach 2: Finding an Overcomplete Basis*. A sparse autoencoder looks for features.

The paper sets the task, and a comment reports that a sparse autoencoder solves it on toy data; neither gives
settings. The models are those of E1 and E5, everything about the dictionaries is ours. A dictionary sees
hidden vectors of inputs with an active feature, and nothing else of the model; the directions W_i are used
only afterwards, to judge it.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .. import measures
from ..core import Dictionary, Run, fit_dictionaries
from .demonstrating import LARGE
from .experiment import MAX_SEED, Claim, Experiment, Result
from .introduction import FIVE

SUITABLE = 0.4
"""λ of the dictionaries, for hidden vectors of mean squared length 1."""
TENTH = SUITABLE / 10
PRICES = (0.01, TENTH, 0.13, SUITABLE, 1.3)
TRIES = 6
"""Dictionaries of five features for each λ, of which the one with the least loss counts: in two dimensions
some get stuck."""
N_VECTORS = 12_000
STEPS = 1000
FOUND = 0.96
APART = 0.03
"""How much lower the mean cosine must be with a tenth of λ."""

Array = NDArray[np.float64]


def hidden_vectors(run: Run, count: int, rng: Generator) -> Array:
    """Hidden vectors Wx of the best instance for inputs with an active feature, shape ``(count, m)``.

    For models with a linear hidden layer and independent features.
    """
    problem, W = run.best.problem, run.best.W[0].astype(np.float64)
    p = problem.density_vector
    found: list[Array] = []
    while sum(map(len, found)) < count:
        x = rng.uniform(*problem.value_range, (count, len(p))) * (rng.random((count, len(p))) < p)
        found.append(x[x.any(axis=1)])
    return np.concatenate(found)[:count] @ W.T


def true_directions(run: Run) -> Array:
    """W_i of the features that the best instance represents, as columns."""
    W = run.best.W[0].astype(np.float64)
    return W[:, measures.represented(W)]


def mean_match(dictionary: Dictionary, run: Run) -> float:
    """Mean over the represented features of the largest cosine with a living atom."""
    return float(measures.match_directions(dictionary.directions, true_directions(run)).mean())


@functools.lru_cache(maxsize=4)
def five_features(run: Run) -> tuple[tuple[Dictionary, ...], tuple[Dictionary, ...]]:
    """Dictionaries of five atoms with a tenth of λ and with λ, the best of six; and of 3 to 10 atoms."""
    sizes = (3, 4, 5, 6, 8, 10)
    tries = [5] * (2 * TRIES)
    fitted = _fit(run, [*tries, *sizes], [TENTH] * TRIES + [SUITABLE] * (TRIES + len(sizes)))
    halves = fitted[:TRIES], fitted[TRIES : 2 * TRIES]
    return tuple(min(half, key=lambda one: one.loss) for half in halves), fitted[2 * TRIES :]


@functools.lru_cache(maxsize=4)
def many_features(run: Run) -> tuple[tuple[Dictionary, ...], tuple[Dictionary, ...]]:
    """Dictionaries of 3m atoms for each λ of `PRICES`, and of m to 4m atoms for the suitable one."""
    m = run.problem.n_hidden
    sizes = [m, m * 3 // 2, 2 * m, m * 5 // 2, 4 * m]
    fitted = _fit(run, [3 * m] * len(PRICES) + sizes, [*PRICES, *[SUITABLE] * len(sizes)])
    sweep, family = fitted[: len(PRICES)], fitted[len(PRICES) :]
    middle = sweep[PRICES.index(SUITABLE)]
    return sweep, tuple(sorted((*family, middle), key=lambda one: one.n_atoms))


def _fit(run: Run, sizes: list[int], prices: list[float]) -> tuple[Dictionary, ...]:
    rng = np.random.default_rng()
    h = hidden_vectors(run, N_VECTORS, rng)
    return fit_dictionaries(h, sizes, l1=prices, steps=STEPS, seed=int(rng.integers(MAX_SEED)))


def _five_are_found(result: Result) -> tuple[bool, str]:
    run = result.run(n_features=5)
    low, high = (mean_match(one, run) for one in five_features(run)[0])
    rng = np.random.default_rng()
    chance = np.mean(
        [measures.match_directions(rng.normal(size=(2, 5)), true_directions(run)).mean() for _ in range(500)]
    )
    return high >= FOUND and low <= high - APART, (
        f"mean max cosine {high:.4f} with λ = {SUITABLE:g}, {low:.3f} with {TENTH:g}, by chance {chance:.3f}"
    )


def _many_are_found(result: Result) -> tuple[bool, str]:
    run = result.run(n_features=80)
    found = {one.l1: mean_match(one, run) for one in many_features(run)[0]}
    count = true_directions(run).shape[1]
    return found[SUITABLE] >= FOUND and found[TENTH] <= found[SUITABLE] - APART, (
        f"mean max cosine over {count} features: "
        + ", ".join(f"{match:.3f} with λ = {l1:g}" for l1, match in found.items())
    )


def _sparser_codes(result: Result) -> tuple[bool, str]:
    sweep = many_features(result.run(n_features=80))[0]
    active, error = ([getattr(one, name) for one in sweep] for name in ("n_active", "error"))
    holds = bool((np.diff(active) < 0).all() and (np.diff(error) > 0).all())
    return holds, "; ".join(
        f"λ = {one.l1:g}: {one.n_active:.2f} atoms active, {one.error:.1%} unexplained" for one in sweep
    )


def _counted(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run, dictionaries in (
        (result.run(n_features=5), five_features),
        (result.run(n_features=80), many_features),
    ):
        true, counts = true_directions(run).shape[1], measures.count_features(dictionaries(run)[1])
        holds &= abs(counts.recurring - true) <= max(2, 0.1 * true)
        holds &= counts.alive > true and 0.8 * true <= counts.by_loss <= 1.6 * true
        seen.append(
            f"{true} represented: {counts.alive} atoms alive, {counts.by_loss} by the loss, "
            f"{counts.recurring} recur"
        )
    return holds, "; ".join(seen)


E33 = Experiment(
    id="E33",
    section="11 The Strategic Picture of Superposition",
    title="An overcomplete basis, found by a sparse autoencoder",
    summary="Dictionaries of hidden vectors alone, held against the directions W_i of the models: five "
    "features in two dimensions, eighty in twenty. Sparse autoencoders with L1 on their codes.",
    problems=(FIVE.replace(density=0.05), LARGE.replace(density=0.03)),
    n_seeds=8,
    n_frames=1,
    claims=(
        Claim(
            "Five features in two dimensions: mean max cosine ≥ .96, and lower with a tenth of λ",
            _five_are_found,
        ),
        Claim("Eighty in twenty: the same, in dictionaries of sixty atoms", _many_are_found),
        Claim("The larger λ, the fewer atoms at once and the more is left unexplained", _sparser_codes),
        Claim(
            "Counted three ways: what recurs within a tenth (or two) of the features represented, living "
            "atoms too many, the loss within a step of sizes",
            _counted,
        ),
    ),
)
