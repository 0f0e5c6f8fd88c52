"""What happens in the course of training: features that jump, and a loss that rests.

After *Superposition and Learning Dynamics*. Features jump between dimensionalities, as electrons do between
energy levels, and the loss comes down in stages, each with a geometry of its own. Both are read off recorded
steps, however these are spaced.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, real
from .arrays import FloatArray

NEAR = 0.1
"""A jump begins and ends where so much of it is done, and left."""
REACH = 1.1
"""The slope of a loss is taken between the step divided by this and the step times this."""


@dataclass(frozen=True)
class Jump:
    """A feature that passes from one dimensionality to another.

    Attributes
    ----------
    feature : int
    step_from, step_to : int
        Recorded steps between which it passes from a tenth to nine tenths of the way.
    before, after : float
        The smoothed dimensionality on either side.
    """

    feature: int
    step_from: int
    step_to: int
    before: float
    after: float


@dataclass(frozen=True)
class Stage:
    """A stretch of training in which the loss rests.

    Attributes
    ----------
    step_from, step_to : int
        Its first and last recorded step.
    loss : float
        The median in between.
    """

    step_from: int
    step_to: int
    loss: float


def jumps(
    step: ArrayLike, D: ArrayLike, *, height: float = 0.15, within: float = 600, smooth: float = 200
) -> tuple[Jump, ...]:
    """Which features jump between dimensionalities, and when (*Discrete "Energy Level" Jumps*).

    A feature jumps where its dimensionality, averaged over ``smooth`` steps, moves by more than ``height``
    in ``within`` steps. All that such windows cover without a gap, in one direction, is one jump.

    Parameters
    ----------
    step : array, shape (frames,)
        Recorded steps, rising; as often as once in a third of ``within``, or jumps blur.
    D : array, shape (frames, n_features)
        `feature_dimensionality` of one model at these steps.
    height : float, default 0.15
        Between 1/3 and 1/2, or 2/5 and 1/4, is a jump; a trembling feature is none.
    within, smooth : float
        In steps.

    Returns
    -------
    tuple of Jump
        In the order of their beginning.

    Raises
    ------
    SettingError
        If the shapes do not fit, the steps do not rise or a number is not finite.
    """
    steps, values = _curve(step, D, "D", 2)
    height = real("height", height, low=0.0, high=1e9, open_low=True, nearest_low=0.01)
    within = real("within", within, low=0.0, high=1e12, open_low=True, nearest_low=1.0)
    level = _averaged(steps, values, real("smooth", smooth, low=0.0, high=1e12))
    later = np.searchsorted(steps, steps + within, side="right") - 1
    move = level[later] - level
    found = [
        _jump(feature, steps, level[:, feature], first, int(later[last]))
        for feature in range(values.shape[1])
        for rising in (True, False)
        for first, last in _runs((move if rising else -move)[:, feature] > height, later)
    ]
    return tuple(sorted(found, key=lambda jump: (jump.step_from, jump.feature)))


def stages(step: ArrayLike, loss: ArrayLike, *, flat: float = 0.1, lasting: float = 1.1) -> tuple[Stage, ...]:
    """The plateaus of a loss curve (*Learning as Geometric Transformations*).

    The loss rests where it falls more slowly than ``step ** -flat``: at the slope of both logarithms, taken
    over a fifth of the step. So what counts is the shape of the curve in a plot with two logarithmic axes,
    in which neither the unit of the loss nor the learning rate matters.

    Parameters
    ----------
    step : array, shape (frames,)
        Recorded steps, rising. Step 0 has no logarithm and is left out.
    loss : array, shape (frames,)
        Positive. Judged on the same inputs at every step, or their difference is taken for progress.
    flat : float, default 0.1
        The largest slope of a plateau, of either sign.
    lasting : float, default 1.1
        A stage ends at no less than its first step times this.

    Returns
    -------
    tuple of Stage
        In the order of steps, none overlapping.

    Raises
    ------
    SettingError
        If the shapes do not fit, the steps do not rise or a loss is not positive and finite.
    """
    steps, values = _curve(step, loss, "loss", 1)
    steps, values = steps[steps > 0], values[steps > 0]
    if not (values > 0.0).all():
        raise SettingError("loss is not positive everywhere, so it has no logarithm; leave those steps out.")
    flat = real("flat", flat, low=0.0, high=1e9, open_low=True, nearest_low=0.01)
    lasting = real("lasting", lasting, low=1.0, high=1e9)
    last = len(steps) - 1
    low = np.searchsorted(steps, steps / REACH)
    high = np.minimum(np.searchsorted(steps, steps * REACH, side="right") - 1, last)
    # sparsely recorded steps have no neighbour within reach: then the nearest
    low, high = np.minimum(low, np.arange(last + 1) - 1).clip(0), np.maximum(high, np.arange(last + 1) + 1)
    high = high.clip(0, last)
    run, rise = (np.log(array[high]) - np.log(array[low]) for array in (steps, values))
    slope = np.divide(rise, run, out=np.full_like(rise, np.inf), where=run > 0.0)
    return tuple(
        Stage(int(steps[a]), int(steps[b]), float(np.median(values[a : b + 1])))
        for a, b in _runs(np.abs(slope) < flat, np.arange(last + 1))
        if steps[b] >= lasting * steps[a]
    )


def _curve(step: ArrayLike, values: ArrayLike, name: str, axes: int) -> tuple[FloatArray, FloatArray]:
    """Rising steps and finite values along them."""
    try:
        steps, curve = np.asarray(step, dtype=np.float64), np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise SettingError(f"step and {name} must be arrays of numbers; pass those of run.frames.") from None
    if steps.ndim != 1 or curve.ndim != axes or len(curve) != len(steps) or not curve.size:
        wanted = "(frames,)" if axes == 1 else "(frames, n_features)"
        raise SettingError(
            f"step has the shape {steps.shape} and {name} {curve.shape}, not (frames,) and {wanted}; "
            "pass the frames of one model."
        )
    if not (np.isfinite(curve).all() and np.isfinite(steps).all() and (np.diff(steps) > 0).all()):
        raise SettingError(f"step must rise from frame to frame and {name} be finite; leave out what is not.")
    return steps, curve


def _averaged(steps: FloatArray, values: FloatArray, width: float) -> FloatArray:
    """The mean of the frames within half the width on either side."""
    low = np.searchsorted(steps, steps - width / 2.0)
    high = np.searchsorted(steps, steps + width / 2.0, side="right")
    sums = np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)))
    return (sums[high] - sums[low]) / (high - low)[:, None]


def _runs(chosen: NDArray[np.bool_], reach: NDArray[np.intp]) -> list[tuple[int, int]]:
    """First and last frame of each run of chosen frames; two are one run if what they reach overlaps."""
    runs: list[tuple[int, int]] = []
    for frame in np.flatnonzero(chosen).tolist():
        if runs and frame <= max(int(reach[runs[-1][1]]), runs[-1][1] + 1):
            runs[-1] = runs[-1][0], frame
        else:
            runs.append((frame, frame))
    return runs


def _jump(feature: int, steps: FloatArray, level: FloatArray, first: int, last: int) -> Jump:
    """The jump that lies between two frames."""
    before, after = float(level[first]), float(level[last])
    done = (level[first : last + 1] - before) / (after - before)
    ends = first + int(np.argmax(done >= 1.0 - NEAR))
    begins = first + int(np.flatnonzero(done[: ends - first + 1] <= NEAR)[-1])
    return Jump(feature, math.floor(steps[begins]), math.ceil(steps[ends]), before, after)
