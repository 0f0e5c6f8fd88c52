"""Everything that decides a sweep, as plain data: to write beside the results, and to tell sweeps apart."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ..core import checks
from ..core.checks import SettingError
from ..core.problem import Problem

if TYPE_CHECKING:
    from .sweep import Sweep

FORMAT = "tms_widgets.sweep/1"


def define(sweep: Sweep) -> dict[str, Any]:
    """The sweep as what JSON can hold, and gives back as it was."""
    definition = {
        "format": FORMAT,
        "version": version("tms-widgets"),
        "how": sweep.how,
        "problem": None if sweep.problem is None else sweep.problem.to_dict(),
        "axes": sweep.axes,
        "problems": [problem.to_dict() for problem in sweep.problems] if sweep.problem is None else None,
        **dataclasses.asdict(sweep.settings),
        "recipes": [
            {
                "engine": recipe.engine,
                "engine_note": recipe.engine_note,
                "schedule": {
                    field.name: getattr(recipe.schedule, field.name)
                    for field in dataclasses.fields(recipe.schedule)
                },
            }
            for recipe in sweep.recipes
        ],
        "made_with": {
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "numba": version("numba"),
        },
    }
    return json.loads(json.dumps(definition))


def sweep_of(definition: dict[str, Any]) -> Sweep:
    """The sweep that `define` described."""
    from .sweep import Settings, Sweep

    settings = {field.name: definition[field.name] for field in dataclasses.fields(Settings)}
    if definition["problem"] is None:
        return Sweep.of([Problem.from_dict(one) for one in definition["problems"]], **settings)
    problem = Problem.from_dict(definition["problem"])
    return Sweep(problem, how=definition["how"], **settings, **definition["axes"])


def digest_of(definition: dict[str, Any]) -> str:
    """Equal for sweeps whose models are equal."""
    text = json.dumps(_deciding(definition), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_same(name: str, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """Refuse the results of another sweep.

    Raises
    ------
    SettingError
        Names the first setting that differs, and both digests.
    """
    if digest_of(theirs) == digest_of(ours):
        return
    mine, other = _flat(_deciding(ours)), _flat(_deciding(theirs))
    field = next(key for key in [*mine, *other] if mine.get(key) != other.get(key))
    raise SettingError(
        f"{name} holds another sweep: {field} is {_shown(other, field)} there and {_shown(mine, field)} here "
        f"(digest {digest_of(theirs)} there, {digest_of(ours)} here); resume with its settings, or use "
        "another name."
    )


def _deciding(definition: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in definition.items() if key != "made_with"}


def _flat(definition: dict[str, Any]) -> dict[str, Any]:
    """The settings as a user named them: the fields of the problem and the axes one by one."""
    flat: dict[str, Any] = {}
    for key, value in definition.items():
        if key in ("problem", "axes") and isinstance(value, dict):
            prefix = "the axis " if key == "axes" else "the problem's "
            flat |= {prefix + str(name): part for name, part in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        else:
            flat[key] = value
    return flat


def _shown(flat: dict[str, Any], field: str) -> str:
    return checks.shown(flat[field]) if field in flat else "not given"
