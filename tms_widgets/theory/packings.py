"""Almost-orthogonal directions by chance: how many fit, and how that grows with the number of dimensions.

*Superposition* rests on high-dimensional spaces having room for exponentially many directions that are almost
at right angles. Of random unit vectors in m dimensions the cosine of two is about ±1/√m, and how likely it is
beyond ε follows from the area of a cap of the sphere:

    P(|cos| > ε) = ∫_0^{arccos ε} sin^{m-2} φ dφ / ∫_0^{π/2} sin^{m-2} φ dφ  ≈  (1 - ε²)^{m/2}, roughly.

Two numbers grow exponentially for it: how many directions can be drawn before any two of them are closer than
allowed, about √(π / 2P) as with birthdays, and how many a greedy packing holds, which keeps a direction only
if it is far enough from all before, about ln(1 + tries · P) / P. With ε fixed, the first grows with m by
a factor of (1 - ε²)^{-1/4} a dimension, the second by its square.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from ..core.checks import SettingError, integer, real
from .arrays import FloatArray

MAX_HIDDEN = 10_000
MAX_DRAWN = 20_000
"""Directions that a simulation compares with each other; beyond it takes minutes."""
BATCH = 64
NODES = 400
"""Of the rule that integrates a cap; found when first asked for, since finding them takes a while."""


def pair_probability(n_hidden: int, max_cosine: float) -> float:
    """P(|cos| > ε) of two random directions in m dimensions, exactly.

    Parameters
    ----------
    n_hidden : int
        m.
    max_cosine : float
        ε, from 0 to 1.
    """
    m = integer("n_hidden", n_hidden, low=1, high=MAX_HIDDEN)
    ε = real("max_cosine", max_cosine, low=0.0, high=1.0)
    if m == 1 or ε == 1.0:
        return float(ε < 1.0)
    top = math.acos(ε)
    # the cap's area is near its rim, where the nodes are closest
    nodes, masses = _rule()
    angles = top * (nodes + 1) / 2
    cap = float(np.sin(angles) ** (m - 2) @ masses) * top / 2
    log_half = math.log(math.pi) / 2 + math.lgamma((m - 1) / 2) - math.log(2) - math.lgamma(m / 2)
    return min(1.0, cap / math.exp(log_half))


def random_directions(n_hidden: int, n_features: int, *, seed: int | None = None) -> FloatArray:
    """Unit vectors drawn evenly from the sphere, as the columns of a W.

    Parameters
    ----------
    n_hidden, n_features : int
        m and n.
    seed : int, optional
        Decides them; fresh ones if not given.

    Returns
    -------
    array, shape (n_hidden, n_features)
    """
    m = integer("n_hidden", n_hidden, low=1, high=MAX_HIDDEN)
    n = integer("n_features", n_features, low=1, high=1_000_000)
    return _drawn(generator(seed), m, n)


def generator(seed: int | None) -> np.random.Generator:
    """Random numbers from a seed, or fresh ones."""
    return np.random.default_rng(None if seed is None else integer("seed", seed, low=0, high=2**63))


def directions_before_collision(n_hidden: int, max_cosine: float, *, seed: int | None = None) -> int:
    """How many random directions can be drawn, one by one, with all |cos| up to ε: one trial.

    About √(π / 2P) on average, P being `pair_probability`; single trials vary by half of that.

    Parameters
    ----------
    n_hidden : int
        m.
    max_cosine : float
        ε, from 0 to below 1.
    seed : int, optional
        Decides the trial; a fresh one if not given.

    Raises
    ------
    SettingError
        If about 5000 directions and more could be drawn.
    """
    m, ε, P = _checked(n_hidden, max_cosine)
    expected = math.sqrt(math.pi / 2 / max(P, 1e-300))
    if expected > MAX_DRAWN / 4:
        raise SettingError(
            f"About {expected:.0f} random directions in {m} dimensions have all |cos| up to {ε:g}, too many "
            "to draw; use fewer dimensions or a smaller max_cosine."
        )
    rng = generator(seed)
    drawn = _drawn(rng, m, 0)
    while drawn.shape[1] < MAX_DRAWN:
        new = _drawn(rng, m, BATCH)
        before = drawn.shape[1]
        drawn = np.concatenate([drawn, new], axis=1)
        earlier = np.tri(BATCH, drawn.shape[1], before - 1, dtype=np.bool_)
        hits = ((np.abs(new.T @ drawn) > ε) & earlier).any(axis=1)
        if hits.any():
            return before + int(hits.argmax())
    return MAX_DRAWN


def random_packing(
    n_hidden: int, max_cosine: float, *, tries: int = 2000, seed: int | None = None
) -> FloatArray:
    """Random directions with all |cos| up to ε: each is kept if it is far enough from all kept before.

    Parameters
    ----------
    n_hidden : int
        m.
    max_cosine : float
        ε, from 0 to below 1.
    tries : int, default 2000
        Directions drawn, up to 20000; about ln(1 + tries · P) / P of them are kept, with P the
        `pair_probability`.
    seed : int, optional
        Decides them; fresh ones if not given.

    Returns
    -------
    array, shape (n_hidden, n_kept)
        A W of unit vectors.
    """
    m, ε, _ = _checked(n_hidden, max_cosine)
    left = integer("tries", tries, low=1, high=MAX_DRAWN)
    rng = generator(seed)
    kept = _drawn(rng, m, 0)
    while left:
        new = _drawn(rng, m, min(BATCH, left))
        left -= new.shape[1]
        new = new[:, (np.abs(new.T @ kept) <= ε).all(axis=1)]
        close = np.abs(new.T @ new) > ε
        chosen: list[int] = []
        for i in range(new.shape[1]):
            if not close[i, chosen].any():
                chosen.append(i)
        kept = np.concatenate([kept, new[:, chosen]], axis=1)
    return kept


def _checked(n_hidden: int, max_cosine: float) -> tuple[int, float, float]:
    m = integer("n_hidden", n_hidden, low=1, high=MAX_HIDDEN)
    ε = real("max_cosine", max_cosine, low=0.0, high=1.0 - 1e-9)
    return m, ε, pair_probability(m, ε)


def _drawn(rng: np.random.Generator, m: int, n: int) -> FloatArray:
    found = rng.normal(size=(m, n))
    return found / np.linalg.norm(found, axis=0)


@functools.cache
def _rule() -> tuple[FloatArray, FloatArray]:
    return np.polynomial.legendre.leggauss(NODES)
