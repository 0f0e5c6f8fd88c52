"""What the training benchmark trains, and how our engines are timed on it."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import numpy as np

import tms_widgets as tms
from tms_widgets.core.engines import FUSED, module_of, uncovered
from tms_widgets.core.schedule import Schedule, Wish
from tms_widgets.core.training import Session
from tms_widgets.core.weights import Weights

SLOWEST = 5.0
"""Engines that would take longer than this many times the fastest are left out, unless asked for."""
SLOT_SECONDS = 0.05
"""A short run is repeated for at least this long, and the median counts."""
JUDGED_ON = 4_000_000
"""Numbers in the sample that every model of a case is judged on, whoever trained it."""


@dataclasses.dataclass(frozen=True)
class Case:
    """A problem, how many models of it are trained at once, and how many in all decide its loss."""

    problem: tms.Problem
    models: int = 1
    seeds: int = 32

    @property
    def words(self) -> str:
        """For a reader."""
        p = self.problem
        decay = f"I={p.importance:g}^i" if p.importance != 1.0 else "I=1"
        count = "one model" if self.models == 1 else f"{self.models} models"
        return f"n={p.n_features} m={p.n_hidden} {decay} p={p.density:g}, {count}"

    def judged(self, weights: Weights) -> float:
        """The median loss of these models, on the same inputs for all models of the case."""
        n_samples = int(np.clip(JUDGED_ON // self.problem.n_features, 8192, 200_000))
        loss = tms.evaluate(self.problem, weights.W, weights.b, n_samples=n_samples, seed=1).loss
        return float(np.median(loss))


CASES = {
    "n5": Case(tms.Problem(5, 2, importance=0.9, density=0.1)),
    "n20": Case(tms.Problem(20, 5, importance=0.7, density=0.1)),
    "n20-ten": Case(tms.Problem(20, 5, importance=0.7, density=0.1), models=10),
    "n80-ten": Case(tms.Problem(80, 20, importance=0.9, density=0.1), models=10, seeds=10),
    "n400-.3": Case(tms.Problem(400, 30, density=0.3), seeds=4),
    "n400-.05": Case(tms.Problem(400, 30, density=0.05), seeds=4),
    "n400-.01": Case(tms.Problem(400, 30, density=0.01), seeds=4),
}


def engines_for(problem: tms.Problem) -> list[str]:
    """The fused engines that train this problem in reasonable time by their own estimate, best first."""
    costs = {
        name: module_of(name).cost(problem, Wish().schedule([problem], name))
        for name in FUSED
        if not uncovered(problem, name)
    }
    best = min(costs.values())
    return sorted((name for name in costs if costs[name] <= SLOWEST * best), key=costs.__getitem__)


def sampling_engine(problem: tms.Problem, schedule: Schedule) -> str:
    """The engine for the published recipe: the fastest that, as the recipe does, samples its inputs."""
    sampling = [name for name in FUSED if name != "exact" and not uncovered(problem, name)]
    return min(sampling, key=lambda name: module_of(name).cost(problem, schedule))


def trained(problem: tms.Problem, n_seeds: int, engine: str, **settings: Any) -> Session:
    """Models trained to the end, recorded only there, and not judged: the published loop does not judge."""
    session = Session(problem, n_seeds=n_seeds, n_frames=1, engine=engine, **settings)
    session.advance()
    return session


def losses(case: Case, n_seeds: int, engine: str, **settings: Any) -> float:
    """The median loss of models of this case trained so."""
    return case.judged(trained(case.problem, n_seeds, engine, **settings).run().weights)


def seconds_of(case: Case, engine: str, **settings: Any) -> float:
    """Seconds that training the case's models takes: the median of the runs that fit into a slot."""
    spent: list[float] = []
    while sum(spent) < SLOT_SECONDS:
        start = time.perf_counter()
        trained(case.problem, case.models, engine, **settings)
        spent.append(time.perf_counter() - start)
    return float(np.median(spent))
