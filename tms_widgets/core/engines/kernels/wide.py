"""The compiled parts of the dense engine: drawing a block of inputs, its errors, its gradient.

Everything is feature-major: ``V`` has shape (feature, hidden), its row i is the paper's W_i, and its last
columns are zeros that fill up the registers. A block of inputs is the left half of a matrix ``wide`` of shape
(feature, 2 inputs), and its outputs, later its errors, are the right half.
"""

# pyright: basic
# numba's decorator has no types of its own.
from __future__ import annotations

import numpy as np
from numba import uint32, uint64

from .common import (
    HALF,
    ONE,
    THIRD,
    TINY,
    TWO,
    ZERO,
    adam,
    clamp,
    compiled,
    exact,
    next_random,
    own_error,
    uniform,
)


@exact
def draw_feature(state, batch, density):
    """Where one feature is active in a block: first input, stride, how many, and the offset of its values.

    Going through the inputs in steps of ``stride`` visits each once, because ``batch`` is a prime. So a
    feature is active in its exact share of the block, and its values are evenly spaced: (k + offset) /
    (batch * density), k = 0, 1, …. A single input is distributed as if all were drawn independently.
    """
    bits = next_random(state)
    first = np.int64(((bits >> uint64(32)) * uint64(batch)) >> uint64(32))
    stride = 1 + np.int64((uint64(uint32(bits)) * uint64(max(1, batch - 1))) >> uint64(32))
    offset = uniform(next_random(state))
    return first, stride, np.int64(np.ceil(batch * np.float64(density) - offset)), offset


@exact
def draw_block(density, signed, state, wide):
    """A block of inputs as a matrix: the left half of ``wide``."""
    n, batch = wide.shape[0], wide.shape[1] // 2
    for i in range(n):
        place, stride, count, offset = draw_feature(state, batch, density[i])
        spacing = ONE / (np.float32(batch) * density[i])
        for k in range(batch):
            wide[i, k] = ZERO
        for k in range(count):
            value = (np.float32(k) + offset) * spacing
            wide[i, place] = TWO * value - ONE if signed else value
            place += stride
            if place >= batch:
                place -= batch


@exact
def draw_lists(density, signed, state, start, features, values):
    """A block of inputs as lists: input s has the active ``features[start[s]:start[s + 1]]``."""
    n, batch = density.size, start.size - 1
    before = state[0]
    start[:] = 0
    for i in range(n):
        place, stride, count, _ = draw_feature(state, batch, density[i])
        for _ in range(count):
            start[place] += 1
            place += stride
            if place >= batch:
                place -= batch
    for s in range(batch):
        start[s + 1] += start[s]
    # now start[s] is where list s ends; the same draws again fill the lists from their ends
    state[0] = before
    for i in range(n):
        place, stride, count, offset = draw_feature(state, batch, density[i])
        spacing = ONE / (np.float32(batch) * density[i])
        for k in range(count):
            value = (np.float32(k) + offset) * spacing
            start[place] -= 1
            features[start[place]] = i
            values[start[place]] = TWO * value - ONE if signed else value
            place += stride
            if place >= batch:
                place -= batch


@compiled
def squared_norm(V, i):
    """|W_i|²."""
    total = ZERO
    for h in range(V.shape[1]):
        total += V[i, h] * V[i, h]
    return total


@compiled
def own_slopes(s, g, inverse, p, signed):
    """Half the slopes by ``s`` and ``g`` of an output's error, averaged over the output's own feature.

    The output is ReLU(s + g x), where s comes from the other features and g = |W_i|². Its own x is 0 with
    probability 1 − p; where the output is on, the error is s + (g − 1) x. ``inverse`` is 1 / g.
    """
    low = clamp(-s * inverse)
    square = low * low
    m0, m1, m2 = ONE - low, HALF * (ONE - square), THIRD * (ONE - square * low)
    by_s = s * m0 + (g - ONE) * m1
    by_g = s * m1 + (g - ONE) * m2
    if signed:
        high = clamp(s * inverse)
        square = high * high
        m1, m2 = HALF * square, THIRD * square * high
        by_s = HALF * (by_s + s * high - (g - ONE) * m1)
        by_g = HALF * (by_g - s * m1 + (g - ONE) * m2)
    return (ONE - p) * max(s, ZERO) + p * by_s, p * by_g


@compiled
def dense_errors(V, b, importance, density, signed, wide, gb, gg):
    """Turn the outputs of a block, less their biases, into dL/d output; set dL/db and dL/d|W_i|²."""
    n, batch = wide.shape[0], wide.shape[1] // 2
    for i in range(n):
        g, bias, p = squared_norm(V, i), b[i], density[i]
        inverse = ONE / max(g, TINY)
        weight = TWO * importance[i] / np.float32(batch)
        by_bias, by_norm = ZERO, ZERO
        for k in range(batch):
            x = wide[i, k]
            by_s, by_g = own_slopes(wide[i, batch + k] + bias - g * x, g, inverse, p, signed)
            by_bias += by_s
            by_norm += by_g - x * by_s
            wide[i, batch + k] = weight * by_s
        gb[i] = weight * by_bias
        gg[i] = weight * by_norm


@compiled
def dense_loss(V, b, importance, density, signed, wide):
    """The loss of a block, each error averaged over the output's own feature."""
    n, batch = wide.shape[0], wide.shape[1] // 2
    total = 0.0
    for i in range(n):
        g, bias, p = squared_norm(V, i), b[i], density[i]
        inverse = ONE / max(g, TINY)
        loss = ZERO
        for k in range(batch):
            s = wide[i, batch + k] + bias - g * wide[i, k]
            loss += own_error(s, g, inverse, p, signed)
        total += importance[i] * loss
    return total / batch


@compiled
def sparse_outputs(G, V, b, features, values, out, hidden, on):
    """The errors of one input, and its hidden vector; return how many outputs are on, listed in ``on``."""
    n, m = V.shape
    for i in range(n):
        out[i] = b[i]
    for h in range(m):
        hidden[h] = ZERO
    for a in range(features.size):
        j, value = features[a], values[a]
        for i in range(n):
            out[i] += value * G[j, i]
        for h in range(m):
            hidden[h] += value * V[j, h]
    count = 0
    for i in range(n):
        on[count] = i
        count += out[i] > ZERO
    for a in range(features.size):
        out[features[a]] -= values[a]
    return count


@compiled
def sparse_gradient(G, V, b, importance, lists, scratch, gV, gb):
    """Set the gradient of a block of lists: it touches active features, and outputs that are on."""
    start, features, values = lists
    out, hidden, back, on = scratch
    m, batch = V.shape[1], start.size - 1
    weight = TWO / np.float32(batch)
    gV[:] = ZERO
    gb[:] = ZERO
    silent = 0
    for s in range(batch):
        first, end = start[s], start[s + 1]
        if first == end:
            silent += 1
            continue
        count = sparse_outputs(G, V, b, features[first:end], values[first:end], out, hidden, on)
        back[:] = ZERO
        for c in range(count):
            i = on[c]
            delta = weight * importance[i] * out[i]
            gb[i] += delta
            for h in range(m):
                back[h] += delta * V[i, h]
                gV[i, h] += delta * hidden[h]
        for a in range(first, end):
            j, value = features[a], values[a]
            for h in range(m):
                gV[j, h] += value * back[h]
    for i in range(b.size):
        gb[i] += np.float32(silent) * weight * importance[i] * max(b[i], ZERO)


@compiled
def train_step(V, b, moments, gV, gb, gg, biased, rate, correction):
    """One step of Adam along the sum of the blocks' gradients (leading axis), in their order.

    ``gg`` is dL/d|W_i|² as far as ``gV`` does not hold it yet.
    """
    first_V, second_V, first_b, second_b = moments
    blocks, n, m = gV.shape
    for block in range(1, blocks):
        for i in range(n):
            gb[0, i] += gb[block, i]
            gg[0, i] += gg[block, i]
            for h in range(m):
                gV[0, i, h] += gV[block, i, h]
    for i in range(n):
        for h in range(m):
            gV[0, i, h] += TWO * gg[0, i] * V[i, h]
    adam(V.ravel(), gV[0].ravel(), first_V.ravel(), second_V.ravel(), rate, correction)
    if biased:
        adam(b, gb[0], first_b, second_b, rate, correction)


train_instance = train_step
"""The kernel that is compiled last: the compile cache looks at it."""
