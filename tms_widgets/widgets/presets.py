"""The figures of the paper that are one model each, as settings, in the order of a lecture."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..core.checks import choice
from ..core.problem import Problem


@dataclasses.dataclass(frozen=True)
class Preset:
    """A named problem. ``Explorer(preset=...)`` takes the name, or its beginning."""

    name: str
    title: str
    problem: Problem


def _intro(density: float, says: str) -> Preset:
    problem = Problem(5, 2, importance=0.9, density=density)
    return Preset(f"E1 S={problem.sparsity:g}", f"Introduction: 5 features in 2 dimensions, {says}", problem)


def _small(density: float, says: str) -> Preset:
    problem = Problem(20, 5, importance=0.7, density=density)
    return Preset(
        f"E4 S={problem.sparsity:g}", f"Basic results: 20 features in 5 dimensions, {says}", problem
    )


def _large(density: float, says: str) -> Preset:
    problem = Problem(80, 20, importance=0.9, density=density)
    return Preset(f"E5 S={problem.sparsity:g}", f"Larger: 80 features in 20 dimensions, {says}", problem)


PRESETS = (
    _intro(1.0, "always active"),
    _intro(0.2, "active one time in 5"),
    _intro(0.1, "active one time in 10"),
    Preset(
        "E4 linear",
        "Basic results: 20 features in 5 dimensions, a linear model",
        Problem(20, 5, importance=0.7, density=1.0, architecture="linear"),
    ),
    _small(1.0, "always active"),
    _small(0.1, "active one time in 10"),
    _small(0.01, "active one time in 100"),
    _large(0.1, "active one time in 10"),
    _large(0.01, "active one time in 100"),
)


def preset_problem(name: Any) -> Problem:
    """The problem of the first preset whose name is, or begins with, ``name``.

    Raises
    ------
    SettingError
        Names the presets there are.
    """
    for preset in PRESETS:
        if isinstance(name, str) and name and preset.name.startswith(name):
            return preset.problem
    names = [preset.name for preset in PRESETS]
    return PRESETS[names.index(choice("preset", name, names))].problem
