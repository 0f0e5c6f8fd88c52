"""What the compiled engines share: random numbers, the moments of a line, the Gram matrix, Adam.

Everything here is float32 and releases the GIL. Arrays are C-contiguous, one instance's slice each.
"""

# pyright: basic
# numba's decorator has no types of its own.
from __future__ import annotations

import numpy as np
from numba import njit, uint32, uint64

BETA1, BETA2 = np.float32(0.9), np.float32(0.99)
# far below the gradient of the least important feature at the lowest density
EPSILON = np.float32(1e-12)
ZERO, ONE, TWO = np.float32(0), np.float32(1), np.float32(2)
HALF, THIRD = np.float32(1 / 2), np.float32(1 / 3)
UNIT = np.float32(2.0**-24)

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


@exact
def draw_active(state, permutation, count, density, largest, active, values, signed):
    """Draw one input: which features are active, and their values. Returns how many.

    ``count`` candidates are taken without replacement (a partial Fisher-Yates shuffle of the persistent
    permutation); candidate j is kept with probability ``density[j] / largest``.
    """
    n = permutation.size
    kept = 0
    for i in range(count):
        bits = next_random(state)
        j = i + np.int64(((bits >> uint64(32)) * uint64(n - i)) >> uint64(32))
        feature = permutation[j]
        permutation[j] = permutation[i]
        permutation[i] = feature
        if density[feature] < largest and uniform(next_random(state)) * largest >= density[feature]:
            continue
        value = uniform(bits)
        if signed:
            value = TWO * value - ONE
        active[kept] = feature
        values[kept] = value
        kept += 1
    return kept


@compiled
def moments(g, b):
    """∫ t^k dt, k = 0, 1, 2, over the part of [0, 1] where g t + b > 0."""
    slope = g if g != ZERO else np.float32(1e-30)
    root = min(max(-b / slope, ZERO), ONE)
    low = root if slope > ZERO else ZERO
    high = ONE if slope > ZERO else root
    return (
        high - low,
        HALF * (high * high - low * low),
        THIRD * (high * high * high - low * low * low),
    )


@compiled
def gram(W, G):
    """G = WᵀW."""
    m, n = W.shape
    G[:] = ZERO
    for h in range(m):
        for i in range(n):
            w = W[h, i]
            for j in range(n):
                G[i, j] += w * W[h, j]


@compiled
def back_to_weights(W, gG, gW):
    """dL/dW = W (gG + gGᵀ); symmetrises ``gG`` in place."""
    m, n = W.shape
    for i in range(n):
        for j in range(i + 1):
            both = gG[i, j] + gG[j, i]
            gG[i, j] = both
            gG[j, i] = both
    for h in range(m):
        gW[h] = ZERO
        for j in range(n):
            w = W[h, j]
            for i in range(n):
                gW[h, i] += w * gG[j, i]


@compiled
def adam(weight, gradient, first, second, rate, correction):
    """One Adam step on flat arrays; ``rate`` and ``correction`` carry the bias corrections."""
    for i in range(weight.size):
        g = gradient[i]
        first[i] += (ONE - BETA1) * (g - first[i])
        second[i] += (ONE - BETA2) * (g * g - second[i])
        weight[i] -= rate * first[i] / (np.sqrt(second[i] * correction) + EPSILON)
