"""The compiled inner loop of the exact engine: a block of models side by side, many steps, no sampling.

Every array carries a last axis of *lanes*, one model each, and every innermost loop runs over lanes, so that
one instruction serves as many models as a register holds.

With ``G = WᵀW``, output i sees ``act(s + G_ii x_i)``, where ``s = b_i + Σ_{j≠i} G_ij x_j``. The output's own
feature x_i is integrated in closed form for given s; the *other* features take the values of a rule, whose
points are the rows of an array: 0 where a feature is inactive, a Gauss-Legendre node where it is active.
"""

# pyright: basic
# numba's decorator has no types of its own.
from __future__ import annotations

import numpy as np

from .common import HALF, ONE, THIRD, TWO, ZERO, adam, compiled

RELU, SQUARED_RELU, GELU, LINEAR = range(4)
TINY, HUGE = np.float32(1e-30), np.float32(1e30)
PEAK = np.float32(0.3989422804)
"""The normal density at 0."""
E0, E1, E2, E3, E4, E5, E6 = np.array(
    [0.999999976, -0.999997902, 0.499969001, -0.166490232, 0.0411767274, -0.00761394016, 0.000835819009],
    np.float32,
)
"""e^-z on [0, 1], fitted."""
T0, T1, T2, T3, T4, T5 = np.array(
    [0.2316419, 0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429], np.float32
)
"""The tail of the normal distribution: Abramowitz and Stegun 26.2.17."""


@compiled
def gram(W, G):
    """G = WᵀW in every lane."""
    m, n, lanes = W.shape
    G[:] = ZERO
    for h in range(m):
        for i in range(n):
            for j in range(n):
                for k in range(lanes):
                    G[i, j, k] += W[h, i, k] * W[h, j, k]


@compiled
def back_to_weights(W, gG, gW):
    """dL/dW = W (gG + gGᵀ) in every lane."""
    m, n, lanes = W.shape
    gW[:] = ZERO
    for h in range(m):
        for i in range(n):
            for j in range(n):
                for k in range(lanes):
                    gW[h, i, k] += W[h, j, k] * (gG[i, j, k] + gG[j, i, k])


@compiled
def turning_points(G, turn):
    """−1 / G_ii: where an output turns on, for each unit of s."""
    n, lanes = turn.shape
    for i in range(n):
        for k in range(lanes):
            turn[i, k] = -ONE / max(G[i, i, k], TINY)


@compiled
def weigh_points(density, importance, points, masses, weight):
    """The importance of every output times the probability of every point of the rule."""
    n, rows, lanes = weight.shape
    for i in range(n):
        for row in range(rows):
            for k in range(lanes):
                weight[i, row, k] = masses[row] * importance[i, k]
            for other in range(n - 1):
                j = other + (other >= i)
                for k in range(lanes):
                    active = density[j, k]
                    weight[i, row, k] *= active if points[row, other] != ZERO else ONE - active


@compiled
def other_feature(i, other, n):
    """The feature in a column of the rule; columns that the rule does not use stand for i itself, times 0."""
    return other + (other >= i) if other < n - 1 else i


@compiled
def sum_others(i, points, G, b, s):
    """What output i sees of the other features at every point of the rule."""
    n = b.shape[0]
    j0, j1 = other_feature(i, 0, n), other_feature(i, 1, n)
    j2, j3 = other_feature(i, 2, n), other_feature(i, 3, n)
    for row in range(points.shape[0]):
        x0, x1, x2, x3 = points[row, 0], points[row, 1], points[row, 2], points[row, 3]
        for k in range(b.shape[1]):
            early, late = x0 * G[i, j0, k] + x1 * G[i, j1, k], x2 * G[i, j2, k] + x3 * G[i, j3, k]
            s[row, k] = b[i, k] + early + late


@compiled
def add_slopes(i, points, active, slope, gG, gb):
    """From dL/ds at every point to dL/dG_ij and dL/db_i: `sum_others` backwards, four points at once.

    ``active[j]`` are the points at which column j is not 0.
    """
    n, lanes = gb.shape
    for row in range(0, points.shape[0], 4):
        for k in range(lanes):
            gb[i, k] += slope[row, k] + slope[row + 1, k] + slope[row + 2, k] + slope[row + 3, k]
    for other in range(n - 1):
        j = other_feature(i, other, n)
        for start in range(0, active.shape[1], 4):
            r0, r1 = active[other, start], active[other, start + 1]
            r2, r3 = active[other, start + 2], active[other, start + 3]
            x0, x1, x2, x3 = points[r0, other], points[r1, other], points[r2, other], points[r3, other]
            for k in range(lanes):
                early, late = x0 * slope[r0, k] + x1 * slope[r1, k], x2 * slope[r2, k] + x3 * slope[r3, k]
                gG[i, j, k] += early + late


@compiled
def straight_output(linear, low, own, turn, density, weight, s, own_slope, loss):
    """Integrate the own feature x of an output that is a ReLU, or a line, of ``s + own x``.

    ``s`` becomes dL/ds at every point; dL/dG_ii and the loss are added to the last two. The output is on for
    x in (root, 1), and there its error is ``s + (own − 1) x``.
    """
    share = ONE / (ONE - low)
    last, floor = (low, -HUGE) if linear else (ONE, ZERO)
    for row in range(s.shape[0]):
        for k in range(own.size):
            seen, rise = s[row, k], own[k] - ONE
            root = min(max(seen * turn[k], low), last)
            mean = HALF * (ONE + root)
            square = THIRD * (ONE + root + root * root)
            active = weight[row, k] * density[k]
            on = active * share * (ONE - root)
            inactive = (weight[row, k] - active) * max(seen, floor)
            by_s, by_own = seen + rise * mean, seen * mean + rise * square
            s[row, k] = TWO * (on * by_s + inactive)
            own_slope[k] += TWO * on * by_own
            # where the output is off the error is x, whose E x² is 1/3 less that where it is on
            loss[k] += on * (seen * by_s + rise * by_own - square) + inactive * seen + THIRD * active


@compiled
def gelu(u):
    """u Φ(u) and its slope Φ(u) + u φ(u), within 5·10⁻⁷."""
    z = min(np.float32(1 / 32) * u * u, ONE)
    # φ(u) is the sixteenth power of e^-z, a polynomial here; beyond z = 1 it is below 10⁻⁷
    e = E0 + z * (E1 + z * (E2 + z * (E3 + z * (E4 + z * (E5 + z * E6)))))
    e *= e
    e *= e
    e *= e
    density = PEAK * e * e
    t = ONE / (ONE + T0 * abs(u))
    tail = density * t * (T1 + t * (T2 + t * (T3 + t * (T4 + t * T5))))
    below = ONE - tail if u > ZERO else tail
    return u * below, below + u * density


@compiled
def squared_relu(u):
    """ReLU(u)² and its slope."""
    on = max(u, ZERO)
    return on * on, TWO * on


@compiled
def curved_output(smooth, low, own_rule, own, turn, density, weight, s, own_slope, loss, seen):
    """As `straight_output`, for GELU (``smooth``) or squared ReLU, by Gauss-Legendre nodes on (root, 1)."""
    nodes, masses = own_rule
    share = ONE / (ONE - low)
    last = low if smooth else ONE
    for row in range(s.shape[0]):
        for k in range(own.size):
            seen[k] = s[row, k]
            y, dy = gelu(seen[k]) if smooth else squared_relu(seen[k])
            active = weight[row, k] * density[k]
            inactive = weight[row, k] - active
            s[row, k] = TWO * inactive * y * dy
            loss[k] += inactive * y * y + THIRD * active
        for q in range(nodes.size):
            for k in range(own.size):
                root = min(max(seen[k] * turn[k], low), last)
                x = root + (ONE - root) * nodes[q]
                y, dy = gelu(seen[k] + own[k] * x) if smooth else squared_relu(seen[k] + own[k] * x)
                chance = weight[row, k] * density[k] * share * (ONE - root) * masses[q]
                slope = TWO * chance * (y - x) * dy
                s[row, k] += slope
                own_slope[k] += slope * x
                loss[k] += chance * y * (y - TWO * x)


@compiled
def differentiate(W, b, activation, low, own_rule, rule, density, weight, scratch, gG, gb, loss):
    """dL/dG, dL/db and the loss in every lane."""
    points, _, active = rule
    G, turn, s, seen = scratch
    gram(W, G)
    turning_points(G, turn)
    gG[:] = ZERO
    gb[:] = ZERO
    loss[:] = ZERO
    for i in range(b.shape[0]):
        sum_others(i, points, G, b, s)
        own, own_slope = G[i, i], gG[i, i]
        if activation in (RELU, LINEAR):
            linear = activation == LINEAR
            straight_output(linear, low, own, turn[i], density[i], weight[i], s, own_slope, loss)
        else:
            smooth = activation == GELU
            curved_output(
                smooth, low, own_rule, own, turn[i], density[i], weight[i], s, own_slope, loss, seen
            )
        add_slopes(i, points, active, s, gG, gb)


@compiled
def overwrite(target, source):
    """``target[:] = source``, without numba's texts on shapes that differ: they take seconds to compile."""
    flat_target, flat_source = target.ravel(), source.ravel()
    for i in range(flat_source.size):
        flat_target[i] = flat_source[i]


@compiled
def new_scratch(b, points):
    """Workspace of a block: G, the turning points, what an output sees at every point, and at one."""
    n, lanes = b.shape
    return (
        np.empty((n, n, lanes), np.float32),
        np.empty((n, lanes), np.float32),
        np.empty((points.shape[0], lanes), np.float32),
        np.empty(lanes, np.float32),
    )


@compiled
def train_instance(
    activation, low, own_rule, rule, density, importance, biased, rates, corrections, step, record, shared,
    loss_frames, W_frames, b_frames,
):  # fmt: skip
    """Train one block from ``step`` to the last of ``record``, writing loss and weights at each.

    ``own_rule`` and ``rule`` integrate over the own feature and over the others; ``rates`` and
    ``corrections`` are those of `adam`. To judge weights is to record them at the step where they are.
    ``shared`` is what the block keeps between calls, weights and Adam's moments; it is worked on in a copy,
    because blocks are neighbours in memory, and threads that write to one cache line wait for each other.
    """
    W, b, first_W, second_W = shared[0].copy(), shared[1].copy(), shared[2].copy(), shared[3].copy()
    first_b, second_b = shared[4].copy(), shared[5].copy()
    n, lanes = b.shape
    points, masses, _ = rule
    weight = np.empty((n, points.shape[0], lanes), np.float32)
    weigh_points(density, importance, points, masses, weight)
    scratch = new_scratch(b, points)
    gG, gb, gW = np.empty((n, n, lanes), np.float32), np.empty_like(b), np.empty_like(W)
    loss = np.empty(lanes, np.float32)
    for frame in range(record.size):
        # one more than the steps: the last is for the loss of the frame alone
        for now in range(step, record[frame] + 1):
            differentiate(W, b, activation, low, own_rule, rule, density, weight, scratch, gG, gb, loss)
            if now < record[frame]:
                back_to_weights(W, gG, gW)
                rate, correction = rates[now], corrections[now]
                adam(W.ravel(), gW.ravel(), first_W.ravel(), second_W.ravel(), rate, correction)
                if biased:
                    adam(b.ravel(), gb.ravel(), first_b.ravel(), second_b.ravel(), rate, correction)
        step = record[frame]
        overwrite(loss_frames[frame], loss)
        overwrite(W_frames[frame], W)
        overwrite(b_frames[frame], b)
    overwrite(shared[0], W)
    overwrite(shared[1], b)
    overwrite(shared[2], first_W)
    overwrite(shared[3], second_W)
    overwrite(shared[4], first_b)
    overwrite(shared[5], second_b)
