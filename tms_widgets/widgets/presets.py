"""The paper's models that the instrument offers by name, in the order of a lecture."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..core.checks import choice
from ..core.problem import Problem
from ..paper import EXPERIMENTS


@dataclasses.dataclass(frozen=True)
class Preset:
    """A named problem. ``Explorer(preset=...)`` takes the name, or its beginning."""

    name: str
    title: str
    problem: Problem


def _preset(experiment_id: str, density: float, architecture: str = "relu_output") -> Preset:
    """One problem of an experiment of the paper."""
    experiment = EXPERIMENTS[experiment_id]
    problem = next(
        problem
        for problem in experiment.problems
        if (problem.architecture, problem.density) == (architecture, density)
    )
    linear = architecture == "linear"
    name = f"{experiment_id} linear" if linear else f"{experiment_id} S={problem.sparsity:g}"
    model = "a linear model" if linear else f"each active with probability {density:g}"
    shape = f"{problem.n_features} features in {problem.n_hidden} dimensions"
    return Preset(name, f"{experiment.title}: {shape}, {model}", problem)


PRESETS = (
    _preset("E1", 1.0),
    _preset("E1", 0.2),
    _preset("E1", 0.1),
    _preset("E4", 1.0, "linear"),
    _preset("E4", 1.0),
    _preset("E4", 0.1),
    _preset("E4", 0.01),
    _preset("E5", 0.1),
    _preset("E5", 0.01),
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
