"""The compiled inner loop of the stratified engine: one instance, many steps, no Python in between.

*Gram form.* With ``G = WᵀW`` the model is ``x' = act(Gx + b)``, and a sample touches only the rows of G
that belong to its active features. Each step sums ``dL/dG`` and ``dL/db`` over the batch and then takes
one Adam step along ``dL/dW = W (dL/dG + dL/dGᵀ)``.

*Strata* (the paper's *Mathematical understanding*: L = Σ_k P(k active) L_k). Inputs with no active feature
and with exactly one are integrated in closed form; only inputs with two or more are sampled. The linear
model needs no samples at all: its loss depends on the mean and the variance of x alone.
"""

# pyright: basic
# numba's decorator has no types of its own.
from __future__ import annotations

import numpy as np

from .common import (
    HALF,
    ONE,
    THIRD,
    TWO,
    ZERO,
    adam,
    back_to_weights,
    compiled,
    draw_active,
    exact,
    gram,
    moments,
    next_random,
    uniform,
)  # fmt: skip

HELD_OUT = np.uint64(0x746D735F77696467)
"""Where the random stream of the held-out inputs begins."""


@compiled
def new_scratch(n):
    """Workspace of one instance: active features, their values, the input (zero between uses), the output."""
    return (
        np.empty(n, np.int64),
        np.empty(n, np.float32),
        np.zeros(n, np.float32),
        np.empty(n, np.float32),
    )


@compiled
def add_quiet_strata(G, b, importance, none_active, one_active, signed, gG, gb):
    """Add the exact gradient of the inputs with no and with one active feature.

    ``none_active`` is the probability of x = 0, ``one_active[j]`` that only feature j is active.
    """
    n = b.size
    for i in range(n):
        gb[i] += TWO * none_active * importance[i] * max(b[i], ZERO)
    for j in range(n):
        scale = TWO * one_active[j]
        for side in range(2 if signed else 1):
            sign = ONE if side == 0 else -ONE
            weight = scale * HALF if signed else scale
            for i in range(n):
                g = sign * G[j, i]
                m0, m1, m2 = moments(g, b[i])
                own = sign if i == j else ZERO
                factor = weight * importance[i]
                gG[j, i] += factor * sign * ((g - own) * m2 + b[i] * m1)
                gb[i] += factor * ((g - own) * m1 + b[i] * m0)


@compiled
def add_sample(G, b, importance, active, values, count, weight, x, out, gG, gb):
    """Add the gradient of one input with ``count`` active features, times ``weight``.

    ``x`` must be zero on entry and is zero again on return; ``out`` is scratch.
    """
    n = b.size
    for i in range(n):
        out[i] = b[i]
    for a in range(count):
        value, j = values[a], active[a]
        x[j] = value
        for i in range(n):
            out[i] += value * G[j, i]
    for i in range(n):
        delta = weight * importance[i] * (out[i] - x[i])
        out[i] = delta if out[i] > ZERO else ZERO
        gb[i] += out[i]
    for a in range(count):
        value, j = values[a], active[a]
        x[j] = ZERO
        for i in range(n):
            gG[j, i] += value * out[i]


@compiled
def add_linear(G, b, importance, mean, variance, gG, gb):
    """Add the exact gradient of the linear model, from the mean and the variance of each feature."""
    n = b.size
    for i in range(n):
        residual = b[i] - mean[i]
        for j in range(n):
            residual += G[i, j] * mean[j]
        gb[i] += TWO * importance[i] * residual
        for j in range(n):
            own = ONE if i == j else ZERO
            gG[i, j] += TWO * importance[i] * ((G[i, j] - own) * variance[j] + residual * mean[j])


@compiled
def sampled_strata(
    G, b, importance, density, counts, many_active, batch, signed, state, permutation, scratch, gG, gb
):
    """Add the sampled gradient of the inputs with two or more active features.

    ``counts[k]`` is the probability of at most k candidates, given two or more. The number of candidates
    is drawn systematically: one random offset, then evenly spaced quantiles.
    """
    active, values, x, out = scratch
    n = b.size
    largest = density.max()
    weight = TWO * many_active / np.float32(batch)
    offset = uniform(next_random(state))
    count = 2
    for sample in range(batch):
        while count < n and counts[count] <= (sample + offset) / batch:
            count += 1
        kept = draw_active(state, permutation, count, density, largest, active, values, signed)
        if kept >= 2:
            add_sample(G, b, importance, active, values, kept, weight, x, out, gG, gb)


@compiled
def quiet_loss(G, b, importance, none_active, one_active, signed):
    """The exact part of the loss: inputs with no and with one active feature."""
    n = b.size
    total = ZERO
    for i in range(n):
        quiet = max(b[i], ZERO)
        total += none_active * importance[i] * quiet * quiet
    for j in range(n):
        for side in range(2 if signed else 1):
            sign = ONE if side == 0 else -ONE
            weight = one_active[j] * (HALF if signed else ONE)
            for i in range(n):
                g = sign * G[j, i]
                m0, m1, m2 = moments(g, b[i])
                own = sign if i == j else ZERO
                # E (gt + b - own t)² where the output is on, and own² E t² where it is off
                error = (g - own) * (g - own) * m2 + TWO * (g - own) * b[i] * m1 + b[i] * b[i] * m0
                error += own * own * (THIRD - m2)
                total += weight * importance[i] * error
    return total


@compiled
def sampled_loss(G, b, importance, density, counts, many_active, n_samples, signed, scratch):
    """The sampled part of the loss, on held-out inputs: the same for every model of a problem."""
    active, values, x, out = scratch
    n = b.size
    state, permutation = np.full(1, HELD_OUT, np.uint64), np.arange(n)
    largest = density.max()
    total, count = 0.0, 2
    for sample in range(n_samples):
        while count < n and counts[count] <= np.float32((sample + 0.5) / n_samples):
            count += 1
        kept = draw_active(state, permutation, count, density, largest, active, values, signed)
        if kept < 2:
            continue
        for i in range(n):
            out[i] = b[i]
        for a in range(kept):
            value, j = values[a], active[a]
            x[j] = value
            for i in range(n):
                out[i] += value * G[j, i]
        loss = ZERO
        for i in range(n):
            error = max(out[i], ZERO) - x[i]
            loss += importance[i] * error * error
            x[i] = ZERO
        total += loss
    return many_active * total / n_samples


@compiled
def linear_loss(G, b, importance, mean, variance):
    """The exact loss of the linear model."""
    n = b.size
    total = ZERO
    for i in range(n):
        residual, spread = b[i] - mean[i], ZERO
        for j in range(n):
            error = G[i, j] - (ONE if i == j else ZERO)
            residual += G[i, j] * mean[j]
            spread += error * error * variance[j]
        total += importance[i] * (spread + residual * residual)
    return total


@compiled
def held_out_loss(
    G, linear, signed, b, importance, density, none_active, one_active, many_active, counts, mean, variance,
    n_samples, scratch,
):  # fmt: skip
    """The loss of one model: exact but for the inputs with two or more active features."""
    if linear:
        return np.float64(linear_loss(G, b, importance, mean, variance))
    loss = np.float64(quiet_loss(G, b, importance, none_active, one_active, signed))
    if many_active > ZERO:
        loss += sampled_loss(G, b, importance, density, counts, many_active, n_samples, signed, scratch)
    return loss


@exact
def copied(arrays):
    """Copies of W, b, the four moments, the random state and the permutation."""
    W, b, first_W, second_W, first_b, second_b, state, permutation = arrays
    weights = W.copy(), b.copy(), first_W.copy(), second_W.copy(), first_b.copy(), second_b.copy()
    return (*weights, state.copy(), permutation.copy())


@exact
def write_back(own, shared):
    """The reverse of `copied`."""
    shared[0][:], shared[1][:], shared[2][:], shared[3][:] = own[0], own[1], own[2], own[3]
    shared[4][:], shared[5][:], shared[6][:], shared[7][:] = own[4], own[5], own[6], own[7]


@compiled
def train_instance(
    linear, signed, importance, density, none_active, one_active, many_active, counts, mean, variance,
    film_samples, batch, rates, step, record, shared, loss_frames, W_frames, b_frames,
):  # fmt: skip
    """Train one instance from ``step`` to the last of ``record``, writing loss and weights at each.

    ``shared`` is what the instance keeps between calls: weights, Adam's moments, random state. It is worked
    on in a copy, because instances are neighbours in memory, and threads that write to one cache line wait
    for each other.
    """
    own = copied(shared)
    W, b, first_W, second_W, first_b, second_b, state, permutation = own
    m, n = W.shape
    G, gG, gW = np.empty((n, n), np.float32), np.empty((n, n), np.float32), np.empty((m, n), np.float32)
    gb = np.empty(n, np.float32)
    scratch = new_scratch(n)
    for frame in range(record.size):
        while step < record[frame]:
            gG[:] = ZERO
            gb[:] = ZERO
            gram(W, G)
            if linear:
                add_linear(G, b, importance, mean, variance, gG, gb)
            else:
                add_quiet_strata(G, b, importance, none_active, one_active, signed, gG, gb)
                if many_active > ZERO:
                    sampled_strata(
                        G, b, importance, density, counts, many_active, batch, signed, state, permutation,
                        scratch, gG, gb,
                    )  # fmt: skip
            back_to_weights(W, gG, gW)
            rate = np.float32(rates[step] / (1.0 - 0.9 ** (step + 1)))
            correction = np.float32(1.0 / (1.0 - 0.99 ** (step + 1)))
            adam(W.ravel(), gW.ravel(), first_W.ravel(), second_W.ravel(), rate, correction)
            adam(b, gb, first_b, second_b, rate, correction)
            step += 1
        W_frames[frame] = W
        b_frames[frame] = b
        gram(W, G)
        loss_frames[frame] = held_out_loss(
            G, linear, signed, b, importance, density, none_active, one_active, many_active, counts, mean,
            variance, film_samples, scratch,
        )  # fmt: skip
    write_back(own, shared)


@compiled
def judge_instance(
    linear, signed, importance, density, none_active, one_active, many_active, counts, mean, variance,
    n_samples, W, b,
):  # fmt: skip
    """`held_out_loss` of one model, from its weights."""
    n = b.size
    G = np.empty((n, n), np.float32)
    gram(W, G)
    return held_out_loss(
        G, linear, signed, b, importance, density, none_active, one_active, many_active, counts, mean,
        variance, n_samples, new_scratch(n),
    )  # fmt: skip
