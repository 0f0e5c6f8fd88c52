"""How long, with what batch and at which rate: the schedule of a training run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from . import checks
from .problem import Problem

MAX_STEPS = 1_000_000
MAX_BATCH = 1_000_000
WARMUP = 0.05


@dataclasses.dataclass(frozen=True)
class Schedule:
    """Adam with a linear warm-up to ``learning_rate`` and a cosine down to 0.

    It ends at a rate of 0 because a constant one leaves weights trembling around the optimum, which
    blurs every measure read off them.
    """

    steps: int
    batch_size: int
    """Inputs a step; for the fused engine those of the sampled strata alone."""
    learning_rate: float

    @property
    def warmup(self) -> int:
        """Steps of warm-up."""
        return max(1, int(WARMUP * self.steps))

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        done = (step - self.warmup) / (self.steps - self.warmup)
        return self.learning_rate * 0.5 * (1.0 + float(np.cos(np.pi * done)))

    def record(self, n_frames: int) -> NDArray[np.int64]:
        """The steps to record, evenly spaced in the logarithm, from 0 to the last; at most ``n_frames``."""
        if n_frames == 1:
            return np.array([self.steps])
        spread = np.geomspace(1, self.steps, max(2, n_frames - 1))
        return np.unique(np.concatenate(([0], np.round(spread)))).astype(np.int64)


def schedule_for(
    problem: Problem,
    engine: str,
    steps: int | None,
    batch_size: int | None,
    learning_rate: float | None,
) -> Schedule:
    """The default schedule of a problem on an engine, with the user's own settings in their place."""
    default = _fused(problem) if engine == "fused" else _reference(problem)
    return Schedule(
        default.steps if steps is None else checks.integer("steps", steps, low=1, high=MAX_STEPS),
        default.batch_size
        if batch_size is None
        else checks.integer("batch_size", batch_size, low=1, high=MAX_BATCH),
        default.learning_rate
        if learning_rate is None
        else checks.real("learning_rate", learning_rate, low=0.0, high=1.0, open_low=True, nearest_low=0.001),
    )


def _fused(problem: Problem) -> Schedule:
    # the exact strata leave little noise; more features at once want a larger sample of the rest
    batch = 32 if problem.n_features <= 24 else 64 if problem.n_features <= 48 else 128
    # the linear model's gradient is exact and cheap, but its least important features are slow
    steps = 3000 if problem.architecture == "linear" else 1000
    return Schedule(steps, batch, 0.03 if problem.n_features < 200 else 0.02)


def _reference(problem: Problem) -> Schedule:
    return Schedule(2000, 1024, 0.01)


def same_shape(problems: Sequence[Problem]) -> None:
    """Refuse instances that cannot be trained side by side.

    Raises
    ------
    SettingError
        When they differ in anything but density and importance.
    """
    first = problems[0]
    for other in problems[1:]:
        for name in ("n_features", "n_hidden", "architecture", "features", "set_size", "value_range"):
            if getattr(other, name) != getattr(first, name):
                raise checks.SettingError(
                    f"Problems trained together may differ in density and importance only, but {name} is "
                    f"{getattr(first, name)!r} in one and {getattr(other, name)!r} in another; "
                    "train them apart."
                )
