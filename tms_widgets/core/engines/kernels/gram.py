"""The compiled inner loop of models without a hidden nonlinearity: one instance, many steps, no Python.

*Gram form.* With ``G = WᵀW`` the model is ``x' = act(Gx + b)``, and a sample touches only the rows of G
that belong to its active features. Each step sums ``dL/dG`` and ``dL/db`` over the batch and then takes
one Adam step along ``dL/dW = W (dL/dG + dL/dGᵀ)``.

*Strata* (the paper's *Mathematical understanding*: L = Σ_k P(k active) L_k). Inputs with no active feature
and with exactly one are integrated in closed form; only inputs with more are sampled. The linear model
needs no samples at all: its loss depends on the mean and the variance of x alone.

An instance's numbers stand in one array: W, then b, each row with the padding of `LANES`.
"""

# pyright: basic
# numba's decorator has no types of its own.
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .common import (
    HALF,
    ONE,
    THIRD,
    TINY,
    TWO,
    ZERO,
    adam,
    back_to_weights,
    compiled,
    draw_inputs,
    gram,
    moments,
    own_error,
)  # fmt: skip


class Task(NamedTuple):
    """What the model must learn. Vectors are float32."""

    importance: Any
    """With padding."""
    none_active: np.float32
    """The probability of x = 0."""
    one_active: Any
    """Of each feature, the probability that it alone is active, where that stratum is integrated."""
    many_active: np.float32
    """The probability of the sampled strata."""
    mean: Any
    """Of each feature."""
    variance: Any
    linear: bool
    signed: bool
    biased: bool


@compiled
def add_quiet_strata(G, b, task, gG, gb):
    """Add the exact gradient of the inputs with no and with one active feature; return their loss."""
    twice = ZERO
    for i in range(b.size):
        error = TWO * task.none_active * task.importance[i] * max(b[i], ZERO)
        gb[i] += error
        twice += error * b[i]
    sides = 2 if task.signed else 1
    for j in range(G.shape[0]):
        weight = TWO * task.one_active[j] / np.float32(sides)
        for side in range(sides):
            sign = ONE if side == 0 else -ONE
            for i in range(b.size):
                g = sign * G[j, i]
                m0, m1, m2 = moments(g, b[i])
                own = sign if i == j else ZERO
                factor = weight * task.importance[i]
                by_g = factor * ((g - own) * m2 + b[i] * m1)
                by_b = factor * ((g - own) * m1 + b[i] * m0)
                gG[j, i] += sign * by_g
                gb[i] += by_b
                # where the output is off, the error is the feature itself
                twice += (g - own) * by_g + b[i] * by_b + factor * own * own * (THIRD - m2)
    return HALF * twice


@compiled
def add_samples(G, b, task, lists, scale, x, out, gG, gb):
    """Add the gradient of the sampled inputs, the lists of `draw_inputs`; return their loss.

    ``x`` is zero between uses; ``scale`` and ``out`` are workspace.
    """
    start, features, values = lists
    batch = start.size - 1
    for i in range(b.size):
        scale[i] = TWO * task.many_active / np.float32(batch) * task.importance[i]
    twice = 0.0
    for s in range(batch):
        first, end = start[s], start[s + 1]
        if first == end:
            continue
        for i in range(b.size):
            out[i] = b[i]
        for k in range(first, end):
            j, value = features[k], values[k]
            x[j] = value
            for i in range(b.size):
                out[i] += value * G[j, i]
        loss = ZERO
        for i in range(b.size):
            error = max(out[i], ZERO) - x[i]
            slope = scale[i] * error
            loss += slope * error
            out[i] = slope if out[i] > ZERO else ZERO
            gb[i] += out[i]
        for k in range(first, end):
            j, value = features[k], values[k]
            x[j] = ZERO
            for i in range(b.size):
                gG[j, i] += value * out[i]
        twice += loss
    return 0.5 * twice


@compiled
def add_linear(G, b, task, gG, gb):
    """Add the exact gradient of the linear model, from mean and variance of each feature; return its loss."""
    n = G.shape[0]
    loss = ZERO
    for i in range(n):
        residual = b[i] - task.mean[i]
        for j in range(n):
            residual += G[i, j] * task.mean[j]
        gb[i] += TWO * task.importance[i] * residual
        spread = residual * residual
        for j in range(n):
            error = G[i, j] - (ONE if i == j else ZERO)
            gG[i, j] += TWO * task.importance[i] * (error * task.variance[j] + residual * task.mean[j])
            spread += error * error * task.variance[j]
        loss += task.importance[i] * spread
    return loss


def new_scratch(task):
    """Workspace: G, dL/dG, the weight of each output's error, an input, its output."""
    n, width = task.one_active.size, task.importance.size
    shapes = (n, width), (n, width), width, width, width
    return tuple(np.zeros(shape, np.float32) for shape in shapes)


@compiled
def find_gradient(model, task, lists, scratch, gradient):
    """Set the gradient of one model, its samples those of the lists; return the loss."""
    G, gG, scale, x, out = scratch
    width = scale.size
    W, b = model[:-width].reshape(-1, width), model[-width:]
    gW, gb = gradient[:-width].reshape(-1, width), gradient[-width:]
    gram(W, G)
    gG[:] = ZERO
    gb[:] = ZERO
    loss = 0.0
    if task.linear:
        loss += add_linear(G, b, task, gG, gb)
    else:
        loss += add_quiet_strata(G, b, task, gG, gb)
        loss += add_samples(G, b, task, lists, scale, x, out, gG, gb)
    back_to_weights(W, gG, gW)
    if not task.biased:
        gb[:] = ZERO
    return loss


@compiled
def judge_instance(model, task, density, lists, weights, scratch):
    """The loss on weighted inputs, each error averaged over the output's own feature (see `evaluation`)."""
    start, features, values = lists
    G, _, scale, x, out = scratch
    width = scale.size
    W, b = model[:-width].reshape(-1, width), model[-width:]
    n = density.size
    gram(W, G)
    for i in range(n):
        scale[i] = ONE / max(G[i, i], TINY)
    total = 0.0
    for s in range(weights.size):
        for i in range(width):
            out[i] = b[i]
        for k in range(start[s], start[s + 1]):
            j, value = features[k], values[k]
            x[j] = value
            for i in range(width):
                out[i] += value * G[j, i]
        loss = ZERO
        for i in range(n):
            others = out[i] - G[i, i] * x[i]
            loss += task.importance[i] * own_error(others, G[i, i], scale[i], density[i], task.signed)
        for k in range(start[s], start[s + 1]):
            x[features[k]] = ZERO
        total += weights[s] * loss
    return total


@compiled
def train_instance(task, source, film, rates, corrections, step, record, state, work, loss_frames, frames):
    """Train one instance from ``step`` to the last of ``record``, and write its loss and numbers at each.

    ``state`` is what the instance keeps: its numbers, Adam's two moments, random state, permutation. ``work``
    are lists for a batch, the workspace, and a gradient; ``film`` the lists that a recorded loss is judged
    on. ``rates`` and ``corrections`` are those of `adam`.
    """
    numbers, first, second, stream, permutation = state
    lists, scratch, gradient = work
    for frame in range(record.size):
        while True:
            recorded = step == record[frame]
            if not recorded and not task.linear:
                draw_inputs(source, stream, permutation, lists[0], lists[1], lists[2])
            # called in one place only, because it is compiled anew into every place
            loss = find_gradient(numbers, task, film if recorded else lists, scratch, gradient)
            if recorded:
                break
            adam(numbers, gradient, first, second, rates[step], corrections[step])
            step += 1
        loss_frames[frame] = loss
        for i in range(numbers.size):
            frames[frame, i] = numbers[i]
