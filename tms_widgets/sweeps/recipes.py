"""How the cells of a sweep are trained: one engine and one schedule for all that can be trained together.

Both are decided once, from the whole sweep. That is why a model comes out the same in whatever block it is
trained: left to itself a block would take the longest schedule of its own problems.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ..core.checks import SettingError
from ..core.engines import choose_engine
from ..core.problem import Problem
from ..core.schedule import SHARED, Schedule, Wish
from ..core.start import check_start


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How one group of cells is trained."""

    engine: str
    engine_note: str
    """Why it is not a fused engine, or empty."""
    schedule: Schedule


def group_cells(problems: Sequence[Problem]) -> tuple[int, ...]:
    """The group of each cell: cells of a group differ in density and importance only."""
    groups: dict[tuple[object, ...], int] = {}
    shapes = (tuple(getattr(problem, name) for name in SHARED) for problem in problems)
    return tuple(groups.setdefault(shape, len(groups)) for shape in shapes)


def choose_recipe(problems: Sequence[Problem], wish: Wish, engine: str, init: str | float) -> Recipe:
    """The engine and the schedule for one group of cells.

    Raises
    ------
    SettingError
        When the engine asked for cannot train them, or training cannot start as asked.
    """
    check_start(init, problems[0])
    if init == "notebook":
        raise SettingError(
            "init='notebook' draws a scale that depends on how many models are trained together, so that "
            "a sweep would depend on its blocks; use init='xavier' or a standard deviation."
        )
    name, note = choose_engine(problems, engine, "cpu", lambda name: wish.schedule(problems, name))
    return Recipe(name, note, wish.schedule(problems, name))
