"""The engines: several ways of taking the same training steps.

An engine is made for some instances and a schedule, and then trained to one recorded step after another:

    engine = StratifiedEngine(problems, seeds, schedule, weights)
    loss, weights = engine.advance(record)      # trains to each step of ``record``, in order

``reference`` is torch autograd: any architecture, any device, and the truth that the others are tested
against. The others are compiled for the processor, and each is the fastest somewhere: ``exact`` integrates
the loss over all inputs of a few features, ``stratified`` integrates the simple inputs and samples the rest,
``dense`` multiplies large matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..checks import SettingError
from ..problem import Problem
from ..schedule import Schedule
from ..weights import Weights

FUSED = ("exact", "stratified", "dense")
"""The compiled engines, each a module here."""
ENGINES = ("auto", *FUSED, "reference")

Recorded = tuple[NDArray[np.float64], Weights]
"""Held-out losses ``(steps, instances)`` and weights, with those axes in front, at some recorded steps."""


class Engine(Protocol):
    """Instances under training."""

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each of these steps, in order, and return the losses and the weights there."""
        ...

    def judge(self, weights: Weights) -> NDArray[np.float64]:
        """Held-out loss of each instance with these weights: the same inputs for all of a problem."""
        ...


def module_of(engine: str) -> Any:
    """The module of an engine: its class, and for a fused one ``covers``, ``cost`` and ``kernels_of``."""
    return import_module(f".{engine}", __name__)


def new_engine(
    name: str,
    problems: Sequence[Problem],
    seeds: Sequence[int],
    schedule: Schedule,
    weights: Weights,
    device: str,
    attack: float = 0.0,
) -> Engine:
    """The engine of that name, with its instances before their first step."""
    kind = getattr(module_of(name), f"{name.capitalize()}Engine")
    if name == "reference":
        return kind(problems, seeds, schedule, weights, device, attack)
    return kind(problems, seeds, schedule, weights)


def choose_engine(
    problems: Sequence[Problem],
    asked: str,
    device: str,
    plan: Callable[[str], Schedule],
    attack: float = 0.0,
) -> tuple[str, str]:
    """The engine to use, and why it is not a fused one (empty when it is).

    Of those that cover the problems, the one that would take the least time for the schedule that ``plan``
    gives it.

    Raises
    ------
    SettingError
        When the engine asked for cannot train this.
    """
    asked = checks.choice("engine", asked, ENGINES)
    if asked == "reference":
        return "reference", "asked for"
    reasons = {name: uncovered(problems[0], name, device, attack) for name in FUSED}
    if asked != "auto":
        if reasons[asked]:
            raise SettingError(
                f"engine={asked!r} was asked for, but {reasons[asked]}; use engine='auto' or 'reference'."
            )
        return asked, ""
    by_density = {problem.density: problem for problem in problems}
    costs: dict[str, float] = {}
    for name in FUSED:
        if not reasons[name]:
            schedule, cost = plan(name), module_of(name).cost
            costs[name] = sum(cost(problem, schedule) for problem in by_density.values())
    if not costs:
        return "reference", reasons["stratified"]
    return min(costs, key=costs.__getitem__), ""


def uncovered(problem: Problem, engine: str, device: str = "cpu", attack: float = 0.0) -> str:
    """Why a fused engine cannot train this problem, in words; empty when it can."""
    if attack:
        return "adversarial training is torch's"
    return module_of(engine).covers(problem) or ("" if device == "cpu" else f"device={device!r} is torch's")
