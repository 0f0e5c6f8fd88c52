"""Every experiment of the paper that trains, as data, to see how long they take.

Left out, because they train nothing of their own: E2, E6, E13, E34, E38 (illustrations, closed forms,
tables), E7 and E8 (theory), E12, E23, E24 and E36 (measured on the models of E10). E25 (adversarial
training) and E33 (a sparse autoencoder) need training of another kind, which does not exist yet.

Where the paper leaves a setting open (how many seeds, which densities between the ends) it is what the
claims need; sweeps keep the last frame only, learning dynamics a film.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tms_widgets import Problem, paper


@dataclasses.dataclass(frozen=True)
class Part:
    """One call of `train`."""

    problems: tuple[Problem, ...]
    n_seeds: int
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    longer: int = 1
    """How many times the steps that the engine would take."""


@dataclasses.dataclass(frozen=True)
class Study:
    """What one experiment trains."""

    id: str
    parts: tuple[Part, ...]
    large: bool = False
    """Hundreds of features: only with ``--large``."""


ONE_FRAME = {"n_frames": 1}
FILM = {"n_frames": 200}
GRID = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
NEURON_GRID = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1, 0.06, 0.03, 0.01)


def densities(problem: Problem, values: Iterable[float]) -> tuple[Problem, ...]:
    """The problem at each density."""
    return tuple(problem.replace(density=float(p)) for p in values)


def sweep(problem: Problem, values: Iterable[float], n_seeds: int, **settings: Any) -> Part:
    """The problem at each density, trained together, only the end recorded."""
    return Part(densities(problem, values), n_seeds, ONE_FRAME | settings)


def from_paper(name: str) -> Study:
    """An experiment that the package knows, in the calls that it makes."""
    experiment = paper.EXPERIMENTS[name]
    kinds = dict.fromkeys(problem.architecture for problem in experiment.problems)
    return Study(
        name,
        tuple(
            Part(tuple(p for p in experiment.problems if p.architecture == kind), experiment.n_seeds)
            for kind in kinds
        ),
    )


def phase_map(n: int, m: int, side: int, n_seeds: int, **more: Any) -> Part:
    """A phase map over the density and the importance of the last feature."""
    return Part(
        tuple(
            Problem(n, m, importance=[1.0] * (n - 1) + [float(last)], density=float(p), **more)
            for p in np.geomspace(1.0, 0.01, side)
            for last in np.geomspace(0.1, 10.0, side)
        ),
        n_seeds,
        ONE_FRAME,
    )


def sets(n: int, m: int, size: int, kind: str = "correlated", **more: Any) -> Problem:
    """Sets of features that are active together, or one at a time."""
    return Problem(n, m, features=kind, set_size=size, **more)


def perturbed() -> tuple[Problem, ...]:
    """E15: the density of one feature is changed."""
    return tuple(
        Problem(5, 2, density=[0.05 * float(factor)] + [0.05] * 4) for factor in np.geomspace(0.1, 10.0, 17)
    )


def inverse(low: float, high: float, count: int) -> list[float]:
    """Densities 1/x, x evenly spaced in the logarithm."""
    return [float(1.0 / x) for x in np.geomspace(low, high, count)]


PENTAGON = Problem(5, 2, importance=0.9)
UNIFORM = Problem(100, 12)
NEURONS = Problem(10, 5, importance=0.75, architecture="relu_hidden")
ABSOLUTE = {"architecture": "untied"}

STUDIES = (
    from_paper("E1"),
    from_paper("E3"),
    from_paper("E4"),
    from_paper("E5"),
    Study("E9", (phase_map(2, 1, 20, 10), phase_map(3, 2, 20, 10))),
    Study("E10–E12", (sweep(UNIFORM, inverse(1.0, 10.0, 20), 3),)),
    Study(
        "E14",
        tuple(
            Part((Problem(n, 12, density=1 / 1.59),), 3, ONE_FRAME, longer)
            for n in (40, 100)
            for longer in (1, 3, 10)
        ),
    ),
    Study("E15", (Part(perturbed(), 12, ONE_FRAME),)),
    Study("E16", (sweep(sets(4, 2, 2), (0.1, 0.05, 0.03), 16),)),
    Study("E17", (sweep(sets(4, 2, 2, "anticorrelated"), (0.1, 0.05, 0.03), 16),)),
    Study("E18", (sweep(sets(6, 2, 2), (0.03, 0.01), 16), sweep(Problem(6, 2), (0.03, 0.01), 16))),
    Study(
        "E19",
        (
            sweep(sets(20, 10, 10), (0.05,), 4),
            sweep(sets(30, 12, 10), (0.05,), 4),
            sweep(Problem(30, 12), (0.05,), 4),
        ),
    ),
    Study("E20", (sweep(sets(6, 2, 2), np.geomspace(0.5, 0.02, 16), 12),)),
    Study(
        "E21",
        (
            Part(
                (Problem(32, 8, density=0.5),), 16,
                FILM | {"steps": 15_000, "batch_size": 128, "learning_rate": 1e-3, "decay": "none"},
            ),
        ),
    ),
    Study(
        "E22",
        (
            Part(
                (sets(6, 3, 3, density=0.1),), 8,
                FILM | {"steps": 8000, "learning_rate": 1e-3, "decay": "none", "init": 0.02},
            ),
        ),
    ),
    Study(
        "E26",
        tuple(sweep(NEURONS.replace(architecture=kind), (1.0, 0.1), 8) for kind in ("linear", "relu_hidden")),
    ),
    Study("E27", (sweep(NEURONS, NEURON_GRID, 200),)),
    Study("E28", (sweep(NEURONS.replace(hidden_bias=True), NEURON_GRID, 20),)),
    Study("E29", (sweep(Problem(3, 6, **ABSOLUTE), (1.0,), 32),)),
    Study("E30", (sweep(Problem(100, 40, importance=0.8, **ABSOLUTE), GRID, 1, init="mirrored"),)),
    Study("E31", (sweep(Problem(6, 10, **ABSOLUTE), (0.3,), 24),)),
    Study("E32", (sweep(Problem(20, 5, importance=0.7, l1=0.1), (0.05,), 8, init=0.05),)),
    Study("E35", (sweep(Problem(2, 1, bias=False), np.linspace(0.05, 1.0, 20), 10),)),
    Study(
        "E37",
        tuple(phase_map(2, 1, 10, 5, activation=kind) for kind in ("relu", "gelu", "squared_relu", "linear")),
    ),
    Study("E39", (sweep(Problem(100, 10), inverse(6.0, 25.0, 6), 1),)),
    Study("E40", (sweep(Problem(1000, 50), (0.001,), 1),)),
    Study("E10–E12, n=400", (sweep(Problem(400, 30), inverse(1.0, 10.0, 20), 1),), large=True),
    Study(
        "E14, n=200, 400",
        tuple(
            Part((Problem(n, 12, density=1 / 1.59),), 3, ONE_FRAME, longer)
            for n in (200, 400)
            for longer in (1, 3, 10)
        ),
        large=True,
    ),
    Study(
        "E40, n/m",
        tuple(sweep(Problem(*size), (0.001,), 1) for size in ((400, 20), (2000, 100), (4000, 100))),
        large=True,
    ),
)  # fmt: skip
