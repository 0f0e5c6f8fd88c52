"""What a worker is given and what it gives back: plain data in, arrays out.

A block is trained in one call of an engine, and nothing of a film is kept. The same function trains it in
this process, in another one, and on another machine.
"""

from __future__ import annotations

import dataclasses
import sys
from itertools import chain
from typing import Any

import numpy as np

from ..core.engines import new_engine
from ..core.engines.threads import at_most, one_blas_thread
from ..core.problem import Problem
from ..core.schedule import Schedule
from ..core.start import initial_weights
from ..core.weights import Array

Arrays = dict[str, Array]
"""``loss``, ``W``, ``b`` and where there are any ``W_out`` and ``b_hidden``, cells and seeds in front."""


@dataclasses.dataclass(frozen=True)
class Block:
    """Some cells, and which of their seeds: positions in the sweep."""

    cells: tuple[int, ...]
    first_seed: int
    end_seed: int
    """One past the last."""

    @property
    def n_models(self) -> int:
        """How many models it has."""
        return len(self.cells) * (self.end_seed - self.first_seed)


@dataclasses.dataclass(frozen=True)
class Task:
    """Everything that decides a block's models, and the threads to train them with."""

    problems: tuple[Problem, ...]
    seeds: tuple[range, ...]
    """Of each problem; as many for one as for another."""
    engine: str
    schedule: Schedule
    init: str | float
    threads: int | None = None
    """Cores to use at most; None is all of this process."""


def train_block(task: Task) -> Arrays:
    """Train every problem with every seed and return the final weights and their held-out losses.

    A model whose weights stop being finite has an infinite loss and NaN for weights; the others of its block
    do not notice.
    """
    n_seeds = len(task.seeds[0])
    problems = [problem for problem in task.problems for _ in range(n_seeds)]
    seeds = list(chain.from_iterable(task.seeds))
    with at_most(task.threads or _cores_of_dask()), one_blas_thread():
        weights = initial_weights(problems, seeds, task.init)
        engine = new_engine(task.engine, problems, seeds, task.schedule, weights, "cpu")
        _, recorded = engine.advance(np.array([task.schedule.steps]))
        last = recorded.map(lambda array: array[0])
        finite = np.all([_all_finite(array) for array in last if array is not None], axis=0)
        loss = engine.judge(last.map(lambda array: _masked(array, finite, 0.0)))
    loss = np.where(finite & np.isfinite(loss), loss, np.inf)
    named = {"loss": loss.astype(np.float32)}
    named |= last.map(lambda array: _masked(array, finite, np.nan))._asdict()
    shape = len(task.problems), n_seeds
    return {name: a.reshape(*shape, *a.shape[1:]) for name, a in named.items() if a is not None}  # pyright: ignore[reportUnnecessaryComparison]


def _all_finite(array: Array) -> Any:
    return np.isfinite(array).all(axis=tuple(range(1, array.ndim)))


def _masked(array: Array, keep: Any, value: float) -> Array:
    """The array with ``value`` in the place of instances that are not kept."""
    if keep.all():
        return array
    return np.where(keep.reshape(-1, *[1] * (array.ndim - 1)), array, np.float32(value))


def _cores_of_dask() -> int | None:
    """The threads that a Dask worker has, in a task of one; None anywhere else."""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    try:
        return int(distributed.get_worker().state.nthreads)
    except ValueError:
        return None
