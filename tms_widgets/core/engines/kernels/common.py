"""What the compiled engines share: random numbers, the moments of a line, the Gram matrix, Adam.

Everything here is float32 and releases the GIL. Arrays are C-contiguous, one instance's slice each.
"""

# pyright: basic
# numba's decorator has no types of its own.
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, uint32, uint64

BETA1, BETA2 = np.float32(0.9), np.float32(0.99)
# far below the gradient of the least important feature at the lowest density
EPSILON = np.float32(1e-12)
ZERO, ONE, TWO = np.float32(0), np.float32(1), np.float32(2)
HALF, THIRD = np.float32(1 / 2), np.float32(1 / 3)
UNIT = np.float32(2.0**-24)
TINY = np.float32(1e-30)
"""Below any |W_i|² that matters; keeps 1 / |W_i|² finite."""
LANES = 8
"""Numbers in a register. Rows are padded with zeros to a multiple of it: a remainder goes one by one."""

compiled = njit(cache=True, nogil=True, fastmath={"contract", "arcp", "nsz", "reassoc"}, error_model="numpy")
# the sampler's own arithmetic must stay exact
exact = njit(cache=True, nogil=True, error_model="numpy")


@exact
def next_random(state):
    """64 random bits (splitmix64); ``state`` is the instance's own counter, shape (1,)."""
    state[0] += uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))


@exact
def uniform(bits):
    """A float32 in [0, 1) from the upper 24 of 32 bits."""
    return np.float32(uint32(bits) >> uint32(8)) * UNIT


class Source(NamedTuple):
    """Where the sampled inputs of one problem come from; see `tms_widgets.core.strata`."""

    density: Any
    """Of each unit, float32; a unit is a feature, or a set of consecutive features."""
    largest: np.float32
    """The largest density."""
    counts: Any
    """P(at most k candidates), given ``at_least``, for k = 0, 1, …; float32."""
    at_least: int
    """How many units are active in a sampled input; inputs with fewer are counted elsewhere."""
    set_size: int
    """Features of a unit."""
    together: bool
    """Whether all features of an active unit are active, or a random one."""
    signed: bool
    """Whether values are uniform in (-1, 1) instead of (0, 1)."""


@exact
def draw_inputs(source, state, permutation, start, features, values):
    """Draw a batch of inputs as lists: input s has the active ``features[start[s]:start[s + 1]]``.

    How many candidates an input has is drawn systematically: one random offset, then evenly spaced
    quantiles. They are taken without replacement (a partial Fisher-Yates shuffle of the persistent
    permutation), and candidate j is kept with probability ``density[j] / largest``. An input that
    keeps fewer than ``at_least`` is left empty, and stands for no input at all.
    """
    density, largest, counts, at_least, set_size, together, signed = source
    units, batch = permutation.size, start.size - 1
    offset = uniform(next_random(state))
    count, end = min(at_least, units), 0
    start[0] = 0
    for s in range(batch):
        while count < units and counts[count] <= (s + offset) / batch:
            count += 1
        kept = 0
        for i in range(count):
            bits = next_random(state)
            j = i + np.int64(((bits >> uint64(32)) * uint64(units - i)) >> uint64(32))
            unit = permutation[j]
            permutation[j] = permutation[i]
            permutation[i] = unit
            if density[unit] < largest and uniform(next_random(state)) * largest >= density[unit]:
                continue
            kept += 1
            feature = unit * set_size
            if together:
                for _ in range(set_size - 1):
                    features[end] = feature
                    values[end] = uniform(next_random(state))
                    feature += 1
                    end += 1
            elif set_size > 1:
                member = next_random(state) >> uint64(32)
                feature += np.int64((member * uint64(set_size)) >> uint64(32))
            features[end] = feature
            values[end] = uniform(bits)
            end += 1
        if kept < at_least:
            end = start[s]
        start[s + 1] = end
    if signed:
        for k in range(end):
            values[k] = TWO * values[k] - ONE


@compiled
def moments(g, b):
    """∫ t^k dt, k = 0, 1, 2, over the part of [0, 1] where g t + b > 0."""
    slope = g if g != ZERO else np.float32(1e-30)
    root = min(max(-b / slope, ZERO), ONE)
    m0, m1, m2 = root, HALF * root * root, THIRD * root * root * root
    rising = slope > ZERO
    return ONE - m0 if rising else m0, HALF - m1 if rising else m1, THIRD - m2 if rising else m2


@compiled
def clamp(t):
    """``t`` within [0, 1]."""
    return min(max(t, ZERO), ONE)


@compiled
def own_error(s, g, inverse, p, signed):
    """The mean squared error of an output over its own feature.

    The output is ReLU(s + g x), where s comes from the other features and g = |W_i|². Its own x is 0 with
    probability 1 − p; where the output is on, the error is s + (g − 1) x, and where it is off, x.
    ``inverse`` is 1 / g.
    """
    low = clamp(-s * inverse)
    square = low * low
    m1, m2 = ONE - square, THIRD * (ONE - square * low)
    error = s * s * (ONE - low) + s * (g - ONE) * m1 + (g - ONE) * (g - ONE) * m2 + THIRD - m2
    if signed:
        high = clamp(s * inverse)
        square = high * high
        m2 = THIRD * square * high
        error += s * s * high - s * (g - ONE) * square + (g - ONE) * (g - ONE) * m2 + THIRD - m2
        error *= HALF
    quiet = max(s, ZERO)
    return (ONE - p) * quiet * quiet + p * error


@compiled
def gram(W, G):
    """G = WᵀW; both may have padding behind their features, see `LANES`."""
    m, n = W.shape
    in_fours = m - m % 4
    G[:] = ZERO
    # four rows at a time, because reading and writing G takes longer than the arithmetic
    for h in range(0, in_fours, 4):
        for i in range(G.shape[0]):
            p, q, r, s = W[h, i], W[h + 1, i], W[h + 2, i], W[h + 3, i]
            for j in range(n):
                G[i, j] += p * W[h, j] + q * W[h + 1, j] + r * W[h + 2, j] + s * W[h + 3, j]
    for h in range(in_fours, m):
        for i in range(G.shape[0]):
            p = W[h, i]
            for j in range(n):
                G[i, j] += p * W[h, j]


@compiled
def back_to_weights(W, gG, gW):
    """dL/dW = W (gG + gGᵀ); symmetrises ``gG`` in place."""
    rows, n = gG.shape
    for i in range(rows):
        for j in range(i + 1):
            both = gG[i, j] + gG[j, i]
            gG[i, j] = both
            gG[j, i] = both
    in_fours = rows - rows % 4
    for h in range(W.shape[0]):
        gW[h] = ZERO
        for j in range(0, in_fours, 4):
            p, q, r, s = W[h, j], W[h, j + 1], W[h, j + 2], W[h, j + 3]
            for i in range(n):
                gW[h, i] += p * gG[j, i] + q * gG[j + 1, i] + r * gG[j + 2, i] + s * gG[j + 3, i]
        for j in range(in_fours, rows):
            p = W[h, j]
            for i in range(n):
                gW[h, i] += p * gG[j, i]


@compiled
def adam(weight, gradient, first, second, rate, correction):
    """One Adam step on flat arrays; ``rate`` and ``correction`` carry the bias corrections."""
    for i in range(weight.size):
        g = gradient[i]
        first[i] += (ONE - BETA1) * (g - first[i])
        second[i] += (ONE - BETA2) * (g * g - second[i])
        weight[i] -= rate * first[i] / (np.sqrt(second[i] * correction) + EPSILON)
