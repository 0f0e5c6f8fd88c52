"""Sweep: a grid or a list of problems, each trained with several seeds, as one labelled result."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from ..core import checks, limits
from ..core.checks import SettingError
from ..core.engines import module_of
from ..core.engines.threads import available_cores
from ..core.problem import Problem
from ..core.schedule import Wish
from ..core.training import MAX_SEED, MAX_SEEDS
from .axes import Coordinates, check_cells, checked_axes, grid_coordinates, list_coordinates, varying_fields
from .blocks import Block, Task
from .definition import define
from .estimate import Estimate, bytes_of, seconds_of_cells
from .recipes import Recipe, choose_recipe, group_cells

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import xarray as xr

    from .progress import Progress
    from .session import SweepSession

HOWS = ("grid", "zip")


@dataclasses.dataclass(frozen=True)
class Settings:
    """How every cell is trained, as `Sweep` takes it."""

    n_seeds: int = 10
    seed: int = 0
    quality: str = "standard"
    steps: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    decay: str = "cosine"
    init: str | float = "xavier"
    engine: str = "auto"

    def __post_init__(self) -> None:
        # numpy's integers become plain ones, which can be written down
        object.__setattr__(self, "n_seeds", checks.integer("n_seeds", self.n_seeds, low=1, high=MAX_SEEDS))
        object.__setattr__(self, "seed", checks.integer("seed", self.seed, low=0, high=MAX_SEED))

    @property
    def wish(self) -> Wish:
        """What is asked of the schedule."""
        return Wish(self.quality, self.steps, self.batch_size, self.learning_rate, self.decay)


SETTINGS = tuple(field.name for field in dataclasses.fields(Settings))


class Sweep:
    """Many problems, and everything that decides how they are trained.

    A cell of the sweep is one problem, trained with ``n_seeds`` seeds. Nothing is trained before `run`.

    Parameters
    ----------
    problem : Problem
        What the axes do not change.
    how : {"grid", "zip"}, default "grid"
        ``grid``: every value of each axis with every one of the others, a dimension an axis. ``zip``: the
        first value of all axes, the second of all, …, along the one dimension ``problem``.
    n_seeds : int, default 10
        Models of each cell.
    seed : int, default 0
        The first seed. The models of the first cell use ``seed``, ``seed + 1``, …, those of the second go on
        from there: cells that shared their random starts would fail together, in patches.
    quality, steps, batch_size, learning_rate, decay, init, engine : optional
        As `tms_widgets.train` takes them. The engine and the schedule are chosen once for all cells that
        differ in density and importance only: the longest schedule that any of them wants.
    **axes : sequence
        Fields of `Problem`, or ``sparsity``, each with the values that it takes. A value may be a vector,
        with a number a feature; its coordinate is the one component that varies, or else its position.

    Raises
    ------
    SettingError
        For an axis that is empty or not finite, a field that no problem has, and any setting that cannot
        be used.

    Examples
    --------
    >>> sweep = Sweep(Problem(5, 2), density=[0.5, 0.1], activation=["relu", "gelu"], n_seeds=3)
    >>> sweep.dims, sweep.shape, sweep.n_models
    (('density', 'activation'), (2, 2), 12)
    """

    def __init__(
        self,
        problem: Problem,
        *,
        how: str = "grid",
        n_seeds: int = 10,
        seed: int = 0,
        quality: str = "standard",
        steps: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        decay: str = "cosine",
        init: str | float = "xavier",
        engine: str = "auto",
        **axes: Any,
    ) -> None:
        if not isinstance(problem, Problem):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise SettingError(
                f"Sweep needs a Problem to vary, not {checks.shown(problem)}; Sweep.of takes a list of them."
            )
        self.how = checks.choice("how", how, HOWS)
        self.problem: Problem | None = problem
        """What the axes do not change; None for a list of problems."""
        self.axes = checked_axes(axes, ("how", *SETTINGS))
        if how == "grid":
            cells = _grid(problem, self.axes)
            coordinates, shape = grid_coordinates(self.axes), tuple(map(len, self.axes.values()))
        else:
            cells = _zipped(problem, self.axes)
            coordinates, shape = list_coordinates(self.axes, len(cells)), (len(cells),)
        self._settle(
            cells, coordinates, shape,
            Settings(n_seeds, seed, quality, steps, batch_size, learning_rate, decay, init, engine),
        )  # fmt: skip

    @classmethod
    def of(cls, problems: Sequence[Problem], **settings: Any) -> Sweep:
        """A list of any problems, along the one dimension ``problem``.

        Parameters
        ----------
        problems : sequence of Problem
        **settings
            ``n_seeds``, ``seed``, ``quality``, … of `Sweep`.
        """
        cells = list(problems) if checks.is_sequence(problems) else []
        if not cells or not all(isinstance(cell, Problem) for cell in cells):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise SettingError(f"Sweep.of needs a list of Problems, not {checks.shown(problems)}.")
        check_cells([len(cells)])
        for name in settings:
            checks.choice("setting", name, SETTINGS)
        sweep = cls.__new__(cls)
        sweep.how, sweep.problem, sweep.axes = "list", None, {}
        coordinates = list_coordinates(varying_fields(cells), len(cells))
        sweep._settle(cells, coordinates, (len(cells),), Settings(**settings))
        return sweep

    def _settle(
        self, cells: Sequence[Problem], coordinates: Coordinates, shape: tuple[int, ...], settings: Settings
    ) -> None:
        self.problems: tuple[Problem, ...] = tuple(cells)
        """One a cell, in C order."""
        self.shape = shape
        """How many values each dimension has."""
        self.coords = coordinates
        """Each coordinate's dimensions and values, as xarray takes them; `dims` come first of their own."""
        self.dims = tuple(self.axes) if self.how == "grid" else ("problem",)
        """The names of the dimensions of cells."""
        self.settings = settings
        wish = settings.wish
        self.groups = group_cells(self.problems)
        """The group of each cell: those of one group are trained together."""
        self.recipes: tuple[Recipe, ...] = tuple(
            choose_recipe([self.problems[i] for i in cells], wish, settings.engine, settings.init)
            for cells in self._cells_of_groups()
        )
        """Engine and schedule of each group."""

    def _cells_of_groups(self) -> list[list[int]]:
        cells: list[list[int]] = [[] for _ in range(max(self.groups) + 1)]
        for cell, group in enumerate(self.groups):
            cells[group].append(cell)
        return cells

    @property
    def n_models(self) -> int:
        """How many models are trained: cells times seeds."""
        return len(self.problems) * self.settings.n_seeds

    @cached_property
    def definition(self) -> dict[str, Any]:
        """Everything that decides the result, as plain data."""
        return define(self)

    def estimate(self, cores: int | None = None) -> Estimate:
        """What it would take: seconds, judged by the engines' own costs, and bytes of results.

        Parameters
        ----------
        cores : int, optional
            How many train; those of this machine, if nothing else is said.
        """
        cores = cores or available_cores()
        alone = sum(seconds_of_cells(self.problems, self.groups, self.recipes))
        n_seeds = self.settings.n_seeds
        return Estimate(self.n_models, n_seeds * alone / cores, bytes_of(self.problems, n_seeds), cores)

    def block_models(self, seconds: float, threads: int) -> list[int | None]:
        """For each group, how many models take about ``seconds`` on so many threads, and fit into memory.

        None where blocks cannot be chosen: see `tms_widgets.sweeps.plan.FIXED_MODELS`.
        """
        costs = list(seconds_of_cells(self.problems, self.groups, self.recipes))
        return [
            None
            if recipe.engine == "reference"
            else _block_of(recipe, self.problems[cells[0]], seconds * threads / mean(costs[i] for i in cells))
            for recipe, cells in zip(self.recipes, self._cells_of_groups(), strict=True)
        ]

    def task(self, block: Block, threads: int | None = None) -> Task:
        """What a worker needs to train a block."""
        recipe = self.recipes[self.groups[block.cells[0]]]
        return Task(
            tuple(self.problems[cell] for cell in block.cells),
            tuple(self.seeds(cell)[block.first_seed : block.end_seed] for cell in block.cells),
            recipe.engine, recipe.schedule, self.settings.init, threads,
        )  # fmt: skip

    def seeds(self, cell: int) -> range:
        """The seeds of a cell's models, no other cell's."""
        first = self.settings.seed + cell * self.settings.n_seeds
        return range(first, first + self.settings.n_seeds)

    def session(self, order: str = "coarse", *, anyway: bool = False) -> SweepSession:
        """Training in this process that goes on whenever it is asked to; see `SweepSession`.

        Parameters
        ----------
        order : {"coarse", "plain"}
            ``coarse`` begins with cells that are spread over the whole, ``plain`` goes row by row.
        anyway : bool, default False
            Go on although the estimate passes a limit.
        """
        from .session import SweepSession

        return SweepSession(self, order=order, anyway=anyway)

    def iter(self, order: str = "coarse", *, anyway: bool = False) -> Iterator[xr.Dataset]:
        """Train in this process, and yield the result after each block: NaN where nothing is trained yet.

        It is one and the same dataset, which fills.
        """
        session = self.session(order, anyway=anyway)
        while not session.done:
            session.advance(0.0)
            yield session.dataset

    def run(
        self,
        path: str | Path | None = None,
        *,
        executor: Executor | int | str | Any = None,
        resume: bool = False,
        progress: bool | Progress = True,
        block_models: int | None = None,
        anyway: bool = False,
    ) -> xr.Dataset:
        """Train everything and return the result.

        Parameters
        ----------
        path : path, optional
            Write the result there (netCDF), and every block as soon as it is trained into a folder beside
            it: what is written survives an interrupt, a dead worker or a full disk.
        executor : optional
            Who trains. None: this process, on all its cores. A number, or ``"processes"`` for one a core:
            so many processes of this machine. Or any `concurrent.futures.Executor`, a ``distributed.Client``
            or its ``get_executor()``.
        resume : bool, default False
            Go on with what ``path`` has already, if anything. Without, nothing that exists is touched.
        progress : bool or callable, default True
            True shows a bar; a callable is called with the models that are done and all that there are.
        block_models : int, optional
            About how many models are trained, and can be lost, together. The models are the same for any.
        anyway : bool, default False
            Go on although the estimate passes a limit.

        Returns
        -------
        xarray.Dataset
            ``loss``, ``W``, ``b``, … over the dimensions of the sweep, ``seed``, ``hidden`` and ``feature``.

        Raises
        ------
        SettingError
            Before anything is trained: a limit is passed, the file exists, or it holds another sweep.
        SweepStopped
            When it cannot go on: the disk is full, the scheduler is gone. What was written stays.
        """
        from .run import run_sweep

        return run_sweep(self, path, executor, resume, progress, block_models, anyway)

    def __repr__(self) -> str:
        lengths = " × ".join(f"{name} {length}" for name, length in zip(self.dims, self.shape, strict=True))
        engines = ", ".join(dict.fromkeys(recipe.engine for recipe in self.recipes))
        seeds = f"seed {self.settings.n_seeds}: {self.n_models:,} models"
        return f"<Sweep {lengths}{' × ' if lengths else ''}{seeds}, {engines}>"


def _block_of(recipe: Recipe, problem: Problem, wanted: float) -> int:
    """So many models as are wanted, if they fit into half of the memory that a run may take."""
    workspace = available_cores() * module_of(recipe.engine).workspace_bytes(problem, recipe.schedule)
    room = limits.memory_cap() // 2 - workspace
    return max(1, min(math.ceil(wanted), room // limits.estimate_bytes(problem, 1, 1, 0)))


def _grid(problem: Problem, axes: dict[str, tuple[Any, ...]]) -> list[Problem]:
    check_cells([len(values) for values in axes.values()])
    return [problem.replace(**dict(zip(axes, values, strict=True))) for values in product(*axes.values())]


def _zipped(problem: Problem, axes: dict[str, tuple[Any, ...]]) -> list[Problem]:
    lengths = {name: len(values) for name, values in axes.items()}
    if len(set(lengths.values())) != 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items()) or "there is none"
        raise SettingError(f"how='zip' needs axes of one length, but {listed}; use how='grid' for all pairs.")
    return [
        problem.replace(**dict(zip(axes, values, strict=True))) for values in zip(*axes.values(), strict=True)
    ]
