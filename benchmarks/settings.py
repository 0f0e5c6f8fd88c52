"""Every experiment of the paper that trains, as data, to see how long they take.

Left out, because they train nothing of their own: E2, E6, E13, E34, E38 (illustrations, closed forms,
tables), E7 and E8 (theory), E11, E12, E23, E24 and E36 (measured on the models of E10). E25 (adversarial
training) and E33 (a sparse autoencoder) are trained by torch in ways of their own.

Where the paper leaves a setting open (how many seeds, which densities between the ends) it is what the
claims need; sweeps keep the last frame only, learning dynamics a film.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tms_widgets import Problem, paper
from tms_widgets.paper.stored import uniform_sweep
from tms_widgets.paper.uniform import pressure


@dataclasses.dataclass(frozen=True)
class Part:
    """One call of `train`."""

    problems: tuple[Problem, ...]
    n_seeds: int
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Study:
    """What one experiment trains."""

    id: str
    parts: tuple[Part, ...]
    large: bool = False
    """Hundreds of features: only with ``--large``."""


ONE_FRAME = {"n_frames": 1}
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
    return Study(name, parts_of(paper.EXPERIMENTS[name]))


def parts_of(experiment: paper.Experiment) -> tuple[Part, ...]:
    """A part for each call of `train` that it makes."""
    return tuple(Part(call.problems, experiment.n_seeds, call.settings) for call in experiment.calls())


def stored() -> Part:
    """The sweep that the package has stored, as it was trained."""
    made = uniform_sweep()
    schedule = {name: getattr(made.settings, name) for name in ("steps", "batch_size", "learning_rate")}
    return Part(made.problems, made.settings.n_seeds, ONE_FRAME | schedule)


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


def inverse(low: float, high: float, count: int) -> list[float]:
    """Densities 1/x, x evenly spaced in the logarithm."""
    return [float(1.0 / x) for x in np.geomspace(low, high, count)]


PENTAGON = Problem(5, 2, importance=0.9)
NEURONS = Problem(10, 5, importance=0.75, architecture="relu_hidden")
ABSOLUTE = {"architecture": "untied"}

STUDIES = (
    from_paper("E1"),
    from_paper("E3"),
    from_paper("E4"),
    from_paper("E5"),
    Study("E9", (phase_map(2, 1, 20, 10), phase_map(3, 2, 20, 10))),
    from_paper("E10"),
    from_paper("E14"),
    *(from_paper(f"E{number}") for number in range(15, 23)),
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
    Study("E10–E12, n=400", (stored(),), large=True),
    Study("E14, n=200, 400", parts_of(pressure((200, 400))), large=True),
    Study(
        "E40, n/m",
        tuple(sweep(Problem(*size), (0.001,), 1) for size in ((400, 20), (2000, 100), (4000, 100))),
        large=True,
    ),
)  # fmt: skip
