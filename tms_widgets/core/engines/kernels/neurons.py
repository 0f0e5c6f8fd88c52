"""The compiled inner loop of models whose hidden activations count: hidden ReLUs, biases and penalties.

``h = act(Wx + b_hidden)`` is summed from the columns of W that belong to the active features,
``x' = act(b + Vh)`` from those of V that belong to the neurons that are on (V is Wᵀ, or W_out). The gradient
goes back the same way, so features and neurons that are off cost nothing.

*Strata*: inputs without an active feature are exact. With one, at value t, a neuron without a bias is t times
what it is at 1, so the model is a line in t again and its moments are known. All others are sampled; a hidden
bias bends every neuron at a place of its own, so with one, inputs with one active feature are sampled too.

An instance's numbers stand in one array: Wᵀ, b, W_outᵀ, b_hidden, as far as the model has them, each row
with the padding of `LANES`.
"""

# pyright: basic
# numba's decorator has no types of its own.
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .common import HALF, LANES, ONE, THIRD, TWO, ZERO, adam, compiled, draw_inputs, moments

HUGE = np.float32(1e30)


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
    l1: np.float32
    n_hidden: int
    signed: bool
    rectified: bool
    """Whether the output has a ReLU."""
    gated: bool
    """Whether the hidden layer has one."""
    tied: bool
    """Whether the output weights are Wᵀ; otherwise the target is ``|x|``."""
    biased: bool
    hidden_bias: bool


def new_scratch(task):
    """Workspace: h and dL/dh, an input (zero between uses), its output, the neurons that are on.

    And, in the place of what the model does not have: output weights and biases of the neurons, and their
    gradients.
    """
    m, width = task.n_hidden, task.importance.size
    depth = m + -m % LANES
    absent = (m, width), (m, width), depth, depth
    vectors = (np.zeros(shape, np.float32) for shape in (depth, depth, width, width))
    return (*vectors, np.zeros(m, np.int64)), tuple(np.zeros(shape, np.float32) for shape in absent)


@compiled
def parts_of(numbers, task, V, b_hidden):
    """Views of one instance's numbers, or of their gradient: Wᵀ, b, Vᵀ, b_hidden.

    ``V`` and ``b_hidden`` take the place of what the model does not have.
    """
    n, width, depth = task.one_active.size, task.importance.size, b_hidden.size
    end = n * depth + width
    W, b = numbers[: n * depth].reshape(n, depth), numbers[n * depth : end]
    if not task.tied:
        stop = end + V.size
        V = numbers[end:stop].reshape(-1, width)
        end = stop
    if task.hidden_bias:
        b_hidden = numbers[end:]
    return W, b, V, b_hidden


@compiled
def read_out(h, gated, V, on, out):
    """Add Vh to the output; list the neurons that are on, and return how many are."""
    count = 0
    for a in range(V.shape[0]):
        on[count] = a
        count += h[a] > ZERO or not gated
    # two at a time, because reading and writing the output takes longer than the arithmetic
    for c in range(0, count - 1, 2):
        a, d = on[c], on[c + 1]
        p, q = h[a], h[d]
        for i in range(out.size):
            out[i] += p * V[a, i] + q * V[d, i]
    if count % 2:
        a = on[count - 1]
        p = h[a]
        for i in range(out.size):
            out[i] += p * V[a, i]
    return count


@compiled
def read_back(h, V, on, count, delta, penalty, gV, gh):
    """From dL/d output and the weight of Σ|h| to dL/dV, which is added, and dL/dh, which is set.

    Returns that part of the loss.
    """
    gh[:] = ZERO
    for c in range(0, count - 1, 2):
        a, d = on[c], on[c + 1]
        p, q = h[a], h[d]
        to_p, to_q = ZERO, ZERO
        for i in range(delta.size):
            to_p += V[a, i] * delta[i]
            to_q += V[d, i] * delta[i]
            gV[a, i] += p * delta[i]
            gV[d, i] += q * delta[i]
        gh[a], gh[d] = to_p, to_q
    if count % 2:
        a = on[count - 1]
        p, to_p = h[a], ZERO
        for i in range(delta.size):
            to_p += V[a, i] * delta[i]
            gV[a, i] += p * delta[i]
        gh[a] = to_p
    total = ZERO
    for c in range(count):
        a = on[c]
        gh[a] += penalty if h[a] > ZERO else -penalty
        total += penalty * abs(h[a])
    return total


@compiled
def add_one_active(model, task, vectors, gradient):
    """Add the exact gradient of the inputs with one active feature; return their loss."""
    W, b, V, _ = model
    gW, gb, gV, _ = gradient
    h, gh, _, slope, on = vectors
    importance, one_active, rectified, tied = task.importance, task.one_active, task.rectified, task.tied
    sides = 2 if task.signed else 1
    total = ZERO
    for j in range(W.shape[0]):
        weight = one_active[j] / np.float32(sides)
        for side in range(sides):
            sign = ONE if side == 0 else -ONE
            for a in range(h.size):
                h[a] = sign * W[j, a]
            slope[:] = ZERO
            count = read_out(h, task.gated, V, on, slope)
            twice = ZERO
            for i in range(b.size):
                g = slope[i]
                m0, m1, m2 = moments(g, b[i])
                if not rectified:
                    m0, m1, m2 = ONE, HALF, THIRD
                target = ZERO if i != j else sign if tied else ONE
                factor = TWO * weight * importance[i]
                by_g = factor * ((g - target) * m2 + b[i] * m1)
                by_b = factor * ((g - target) * m1 + b[i] * m0)
                slope[i] = by_g
                gb[i] += by_b
                # where the output is off, the error is the target
                twice += (g - target) * by_g + b[i] * by_b + factor * target * target * (THIRD - m2)
            # on average over t, |h| is half of what it is at 1
            total += HALF * twice + read_back(h, V, on, count, slope, HALF * task.l1 * weight, gV, gh)
            for a in range(h.size):
                gW[j, a] += sign * gh[a]
    return total


@compiled
def add_samples(model, task, lists, vectors, gradient):
    """Add the gradient of x = 0 and of the sampled inputs, the lists of `draw_inputs`; return their loss."""
    W, b, V, b_hidden = model
    gW, gb, gV, gb_hidden = gradient
    h, gh, x, out, on = vectors
    start, features, values = lists
    importance, gated, tied = task.importance, task.gated, task.tied
    floor = ZERO if task.rectified else -HUGE
    batch = start.size - 1
    total = 0.0
    for s in range(-1, batch):  # x = 0 comes first
        first, end = (start[s], start[s + 1]) if s >= 0 else (0, 0)
        weight = task.many_active / np.float32(batch) if s >= 0 else task.none_active
        if first == end and s >= 0:
            continue
        for a in range(h.size):
            h[a] = b_hidden[a]
        for k in range(first, end):
            j, value = features[k], values[k]
            x[j] = value if tied else abs(value)
            for a in range(h.size):
                h[a] += value * W[j, a]
        for i in range(b.size):
            out[i] = b[i]
        count = read_out(h, gated, V, on, out)
        twice = ZERO
        for i in range(b.size):
            error = max(out[i], floor) - x[i]
            slope = TWO * weight * importance[i] * error
            twice += slope * error
            out[i] = slope if out[i] > floor else ZERO
            gb[i] += out[i]
        total += HALF * twice + read_back(h, V, on, count, out, task.l1 * weight, gV, gh)
        for a in range(h.size):
            gb_hidden[a] += gh[a]
        for k in range(first, end):
            j, value = features[k], values[k]
            x[j] = ZERO
            for a in range(h.size):
                gW[j, a] += value * gh[a]
    return total


@compiled
def find_gradient(numbers, task, lists, scratch, into):
    """Set the gradient of one model, its samples those of the lists; return the loss."""
    vectors, (V, gV, b_hidden, gb_hidden) = scratch
    into[:] = ZERO
    gV[:] = ZERO
    model, gradient = parts_of(numbers, task, V, b_hidden), parts_of(into, task, gV, gb_hidden)
    W, gW = model[0], gradient[0]
    if task.tied:
        for j in range(W.shape[0]):
            for a in range(V.shape[0]):
                V[a, j] = W[j, a]
    loss = add_samples(model, task, lists, vectors, gradient)
    if not task.hidden_bias:
        loss += add_one_active(model, task, vectors, gradient)
    if task.tied:
        for j in range(W.shape[0]):
            for a in range(V.shape[0]):
                gW[j, a] += gV[a, j]
    if not task.biased:
        gradient[1][:] = ZERO
    return loss


@compiled
def train_instance(task, source, film, rates, corrections, step, record, state, work, loss_frames, frames):
    """Train one instance from ``step`` to the last of ``record``; see `gram.train_instance`."""
    numbers, first, second, stream, permutation = state
    lists, scratch, gradient = work
    for frame in range(record.size):
        while True:
            recorded = step == record[frame]
            if not recorded:
                draw_inputs(source, stream, permutation, lists[0], lists[1], lists[2])
            loss = find_gradient(numbers, task, film if recorded else lists, scratch, gradient)
            if recorded:
                break
            adam(numbers, gradient, first, second, rates[step], corrections[step])
            step += 1
        loss_frames[frame] = loss
        for i in range(numbers.size):
            frames[frame, i] = numbers[i]
