"""The useful operations of a training step: what its method cannot do without, counted by hand.

Float32 operations of one model and one step; a multiply-add is two; a division, a root, a minimum and a
comparison are one each. Drawing random inputs, copying, judging, and lanes or columns that only fill up a
register are *not* counted, and of symmetric matrices only one half: what is left of the peak went there.
"""

from __future__ import annotations

import math

import numpy as np

import tms_widgets as tms
from tms_widgets.core.engines import module_of
from tms_widgets.core.schedule import Schedule
from tms_widgets.core.strata import binomial

ADAM = 14
"""Of one step of Adam on one parameter."""
INTEGRATED = 28
"""Of one output for inputs with one active feature: three moments of a line, and the gradient from them."""
OWN_FEATURE = 26
"""Of one output and one combination of the other features: its own feature integrated, and the gradient."""
OWN_FEATURE_SAMPLED = 22
"""The same where the others are sampled."""


def operations(engine: str, problem: tms.Problem, schedule: Schedule) -> float:
    """Useful operations of one step of one model on this engine."""
    n, m = problem.n_features, problem.n_hidden
    counted = {"exact": _exact, "stratified": _stratified, "dense": _dense}[engine]
    return counted(problem, schedule) + ADAM * (n * m + n)


def _gram_form(n: int, m: int) -> float:
    """G = WᵀW, and dL/dW = W (gG + gGᵀ)."""
    return m * n * (n + 1) + n * n + 2 * m * n * n


def _exact(problem: tms.Problem, schedule: Schedule) -> float:
    n, m = problem.n_features, problem.n_hidden
    nodes = (1, *module_of("exact").NODES[n - 1])
    # at each point of the rule, for each output: its input from the active features, the own one, and back
    points = (math.comb(n - 1, k) * nodes[k] ** k * (4 * k + OWN_FEATURE) for k in range(n))
    return _gram_form(n, m) + n * sum(points)


def _stratified(problem: tms.Problem, schedule: Schedule) -> float:
    n, m = problem.n_features, problem.n_hidden
    active = active_features(problem, 2)
    # forwards and back over the rows of the active features, and the error of every output
    sampled = schedule.batch_size * n * (4 * active + 5) if active else 0.0
    return _gram_form(n, m) + INTEGRATED * n * n + sampled


def _dense(problem: tms.Problem, schedule: Schedule) -> float:
    n, m, batch = problem.n_features, problem.n_hidden, schedule.batch_size
    if float(problem.density_vector.mean()) >= module_of("dense").RARE:
        # to the hidden dimensions, out, back, and both ways to the weights
        return batch * (10 * n * m + OWN_FEATURE_SAMPLED * n)
    active = active_features(problem, 1)
    # how many outputs are on depends on the weights: at least as many as features are
    some = 1.0 - float(np.prod(1.0 - problem.density_vector))
    return m * n * (n + 1) + batch * some * active * (2 * n + 8 * m)


def active_features(problem: tms.Problem, at_least: int) -> float:
    """The mean number of active features of the inputs that have ``at_least`` of them; 0 if none has.

    Of independent features of one density, the highest.
    """
    mass = binomial(problem.n_features, float(problem.density_vector.max()))
    mass[:at_least] = 0.0
    total = float(mass.sum())
    return float(np.arange(mass.size) @ mass) / total if total > 0.0 else 0.0
