"""How long, with what batch and at which rate: the schedule of a training run."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from . import checks
from .problem import Problem

QUALITIES = ("draft", "standard", "paper")
DECAYS = ("cosine", "none")
MAX_STEPS = 1_000_000
MAX_BATCH = 1_000_000
WARMUP = 0.05
SHARED = tuple(
    field.name for field in dataclasses.fields(Problem) if field.name not in ("importance", "density")
)
"""What problems trained together have in common."""


@dataclasses.dataclass(frozen=True)
class Schedule:
    """Adam with a linear warm-up to ``learning_rate`` and a cosine down to 0.

    It ends at a rate of 0 because a constant one leaves weights trembling around the optimum, which
    blurs every measure read off them.
    """

    steps: int
    batch_size: int
    """Inputs a step; of the sampled strata alone where the others are integrated."""
    learning_rate: float
    decay: str = "cosine"
    """``"none"`` is a constant rate without warm-up (for *Superposition and Learning Dynamics*)."""

    @property
    def warmup(self) -> int:
        """Steps of warm-up."""
        return 0 if self.decay == "none" else max(1, int(WARMUP * self.steps))

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        return float(self.rates[step])

    @functools.cached_property
    def rates(self) -> NDArray[np.float64]:
        """The learning rate of every step."""
        if self.decay == "none":
            return np.full(self.steps, self.learning_rate)
        step = np.arange(self.steps)
        rising = (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        falling = 0.5 * (1.0 + np.cos(np.pi * done))
        return self.learning_rate * np.where(step < self.warmup, rising, falling)

    @functools.cached_property
    def adam(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What the compiled Adam wants for every step: the rate and the second moment's factor.

        Both carry Adam's bias corrections, for β₁ = .9 and β₂ = .99.
        """
        taken = np.arange(1, self.steps + 1)
        return (
            (self.rates / (1.0 - 0.9**taken)).astype(np.float32),
            (1.0 / (1.0 - 0.99**taken)).astype(np.float32),
        )

    def record(self, n_frames: int) -> NDArray[np.int64]:
        """The steps to record, evenly spaced in the logarithm, from 0 to the last; at most ``n_frames``."""
        if n_frames == 1:
            return np.array([self.steps])
        spread = np.geomspace(1, self.steps, max(2, n_frames - 1))
        return np.unique(np.concatenate(([0], np.round(spread)))).astype(np.int64)


@dataclasses.dataclass(frozen=True)
class Wish:
    """What a user asks of the schedule; None leaves it to the table."""

    quality: str = "standard"
    steps: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    decay: str = "cosine"

    def __post_init__(self) -> None:
        checks.choice("quality", self.quality, QUALITIES)
        checks.choice("decay", self.decay, DECAYS)
        if self.steps is not None:
            checks.integer("steps", self.steps, low=1, high=MAX_STEPS)
        if self.batch_size is not None:
            checks.integer("batch_size", self.batch_size, low=1, high=MAX_BATCH)
        if self.learning_rate is not None:
            limits = {"low": 0.0, "high": 1.0, "nearest_low": 0.001}
            checks.real("learning_rate", self.learning_rate, open_low=True, **limits)

    def schedule(self, problems: Sequence[Problem], engine: str) -> Schedule:
        """The schedule of some problems on an engine: the table's, with the user's settings in their place.

        Problems that are trained together get the longest schedule of any of them.
        """
        # the tables look at size and density, and a phase map has thousands of problems of few densities
        by_density = {problem.density: problem for problem in problems}
        each = [TABLES[engine](problem, self.quality) for problem in by_density.values()]
        return Schedule(
            self.steps or max(one.steps for one in each),
            self.batch_size or max(one.batch_size for one in each),
            self.learning_rate or min(one.learning_rate for one in each),
            self.decay,
        )


# The tables below follow from the study that ``python -m benchmarks schedules`` repeats: each row is the
# shortest schedule of those tried that is near enough to much longer training.


def _exact(problem: Problem, quality: str) -> Schedule:
    # Every input counts in every step: there is no batch. Short training, and a high rate, leave more seeds
    # in a wrong minimum, most of all where few features are rare.
    few = problem.n_features <= 3
    steps = {"draft": 300, "standard": 1000, "paper": 3000}[quality] * (2 if few else 1)
    return Schedule(steps, 1, 0.05 if few and quality == "draft" else 0.03)


def _stratified(problem: Problem, quality: str) -> Schedule:
    n = problem.n_features
    # the exact strata leave little noise; more features at once want a larger sample of the rest
    batch = next((size for most, size in ((24, 32), (48, 64), (96, 128), (192, 256)) if n <= most), 512)
    # the linear model's gradient is exact and cheap, but its least important features are slow; many rare
    # features take their time to find places
    rare = n > 24 and problem.density_vector.mean() < 0.06
    steps = 3000 if problem.architecture == "linear" else 2000 if rare else 1000
    scale = {"draft": 0.3, "standard": 1, "paper": 4}[quality]
    # in few steps a high rate goes further, in more it leaves some seeds in a wrong minimum
    rate = 0.05 if n < 96 and quality == "draft" else 0.03 if n < 200 else 0.02
    return Schedule(int(steps * scale), batch * (4 if quality == "paper" else 1), rate)


def _dense(problem: Problem, quality: str) -> Schedule:
    # rare features are seen by few of a batch, so they want larger ones, and more of them
    n, density = problem.n_features, float(problem.density_vector.mean())
    few, rare = density < 0.06, density < 0.02
    if n < 200:
        steps, batch, rate = (1500, 512, 0.015) if few else (1000, 256, 0.03)
    elif n < 400:
        steps, batch, rate = (3000, 2048, 0.015) if rare else (1000, 1024 if few else 512, 0.02)
    elif density >= 0.1:
        steps, batch, rate = 700, 512, 0.02
    else:
        steps, batch, rate = 1000, 1536 if density >= 0.03 else 2048, 0.015
    longer, larger = {"draft": (0.3, 0.5), "standard": (1, 1), "paper": (3, 2)}[quality]
    return Schedule(int(steps * longer), int(batch * larger), rate)


def _reference(problem: Problem, quality: str) -> Schedule:
    return {
        "draft": Schedule(300, 128, 0.03),
        "standard": Schedule(2000, 1024, 0.01),
        "paper": Schedule(10_000, 1024, 0.005),
    }[quality]


TABLES = {"exact": _exact, "stratified": _stratified, "dense": _dense, "reference": _reference}


def same_shape(problems: Sequence[Problem]) -> None:
    """Refuse instances that cannot be trained side by side.

    Raises
    ------
    SettingError
        When they differ in anything but density and importance.
    """
    first = problems[0]
    for other in problems[1:]:
        for name in SHARED:
            if getattr(other, name) != getattr(first, name):
                raise checks.SettingError(
                    f"Problems trained together may differ in density and importance only, but {name} is "
                    f"{getattr(first, name)!r} in one and {getattr(other, name)!r} in another; "
                    "train them apart."
                )
