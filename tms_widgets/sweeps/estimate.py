"""What a sweep would take, known before anything is allocated."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

from ..core import limits
from ..core.checks import SettingError
from ..core.engines import module_of
from ..core.problem import Problem
from .recipes import Recipe

LONGEST = 3600.0
"""Seconds that a sweep may take without being asked twice."""
FLOAT = 4
REFERENCE_STEP, REFERENCE_INPUT = 10e-6, 4e-9
"""Seconds that torch takes for a step of a model, and in it for each weight and input."""


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What a sweep would take. ``str`` of it is a sentence."""

    n_models: int
    seconds: float
    bytes: int
    """Of the result: weights and losses."""
    cores: int

    def __str__(self) -> str:
        cores = "1 core" if self.cores == 1 else f"{self.cores} cores"
        return (
            f"{self.n_models:,} models: about {duration(self.seconds)} on {cores}, "
            f"and {limits.bytes_in_words(self.bytes)} of results."
        )

    def check(self) -> None:
        """Refuse what passes a limit.

        Raises
        ------
        SettingError
            Says what it would take, what is allowed, and how to go on anyway.
        """
        cap = limits.memory_cap()
        if self.bytes > cap:
            raise SettingError(
                f"The results of {self.n_models:,} models would take {limits.bytes_in_words(self.bytes)} of "
                f"memory, over the limit of {limits.bytes_in_words(cap)}; {self._fewer(cap / self.bytes)}, "
                "or anyway=True goes on (TMS_MAX_BYTES raises the limit)."
            )
        if self.seconds > LONGEST:
            raise SettingError(
                f"Training {self.n_models:,} models would take about {duration(self.seconds)} here, over the "
                f"limit of {duration(LONGEST)}; {self._fewer(LONGEST / self.seconds)}, "
                "or anyway=True goes on."
            )

    def _fewer(self, share: float) -> str:
        return f"at most {max(1, int(share * self.n_models)):,} models of this kind would do"


def seconds_of(problem: Problem, recipe: Recipe) -> float:
    """About how long one model takes on one core."""
    schedule = recipe.schedule
    if recipe.engine != "reference":
        return float(module_of(recipe.engine).cost(problem, schedule))
    weights = problem.n_features * problem.n_hidden
    return schedule.steps * (REFERENCE_STEP + REFERENCE_INPUT * schedule.batch_size * weights)


def seconds_of_cells(
    problems: Sequence[Problem], groups: Sequence[int], recipes: Sequence[Recipe]
) -> Iterator[float]:
    """Seconds of one model of each cell; within a group only the density makes a difference."""
    known: dict[tuple[int, object], float] = {}
    for problem, group in zip(problems, groups, strict=True):
        key = group, problem.density
        if key not in known:
            known[key] = seconds_of(problem, recipes[group])
        yield known[key]


def shapes_of(problems: Sequence[Problem]) -> dict[str, tuple[int, ...]]:
    """The shape of one model's arrays, wide enough for every problem.

    The loss is a number, so its shape is ().
    """
    n = max(problem.n_features for problem in problems)
    m = max(problem.n_hidden for problem in problems)
    shapes = {"loss": (), "W": (m, n), "b": (n,)}
    if any(problem.architecture == "untied" for problem in problems):
        shapes["W_out"] = (n, m)
    if any(problem.hidden_bias for problem in problems):
        shapes["b_hidden"] = (m,)
    return shapes


def bytes_of(problems: Sequence[Problem], n_seeds: int) -> int:
    """Bytes of the arrays of a result."""
    return FLOAT * len(problems) * n_seeds * sum(map(math.prod, shapes_of(problems).values()))


def duration(seconds: float) -> str:
    """A time in words: two digits, and the unit that fits."""
    for unit, length in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= length:
            number = seconds / length
            return f"{number:.2g} {unit if round(number, 1) != 1 else unit[:-1]}"
    return f"{seconds:.2g} s"
