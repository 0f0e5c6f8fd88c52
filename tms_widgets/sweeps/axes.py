"""The axes of a sweep: which values a field takes, and the numbers that stand for them in the result."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..core import checks
from ..core.checks import SettingError
from ..core.problem import Problem

FIELDS = (*(field.name for field in dataclasses.fields(Problem)), "sparsity")
"""What can be an axis: every field of `Problem`, and the other way of giving the density."""
MAX_CELLS = 1_000_000

Coordinates = dict[str, tuple[tuple[str, ...], NDArray[Any]]]
"""Names, and for each the dimensions it runs along with its values, as xarray takes them."""


def checked_axes(axes: Mapping[str, Any], settings: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """The values of every axis as plain Python; ``settings`` are the other names that were possible.

    Raises
    ------
    SettingError
        For a name that no field has, for values that are not a list, for none, and for NaN or infinity.
    """
    for name in axes:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, [*FIELDS, *settings], n=1, cutoff=0.0)[0]
            raise SettingError(
                f"{name} is neither a field of Problem nor a setting of Sweep (did you mean {near!r}?)."
            )
    if "density" in axes and "sparsity" in axes:
        raise SettingError(
            "density and sparsity cannot both be axes, because one decides the other "
            "(density = 1 - sparsity); use one of them."
        )
    return {name: _values(name, values) for name, values in axes.items()}


def _values(name: str, given: object) -> tuple[Any, ...]:
    if not checks.is_sequence(checks.unboxed(given)):
        raise SettingError(
            f"{name}={checks.shown(given)} is one value, but an axis needs a list of them; "
            f"use {name}=[{checks.shown(given)}], or set it in the Problem."
        )
    values = tuple(_plain(value) for value in islice(cast(Iterable[Any], given), MAX_CELLS + 1))
    if not values:
        raise SettingError(f"{name} has no values; an axis needs at least one.")
    if len(values) > MAX_CELLS:
        raise SettingError(f"{name} has more than {MAX_CELLS:,} values; use at most so many.")
    for index, value in enumerate(values):
        if any(isinstance(part, float) and not math.isfinite(part) for part in _parts(value)):
            raise SettingError(
                f"{name}[{index}]={checks.shown(value)} is not finite; every value of an axis must be."
            )
    return values


def _plain(value: Any) -> Any:
    value = checks.unboxed(value)
    return tuple(_plain(part) for part in value) if checks.is_sequence(value) else value  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType, reportUnknownArgumentType]


def _parts(value: Any) -> tuple[Any, ...]:
    return cast(tuple[Any, ...], value) if isinstance(value, tuple) else (value,)


def check_cells(shape: Sequence[int]) -> None:
    """Refuse a grid with more cells than can be listed."""
    cells = math.prod(shape)
    if cells > MAX_CELLS:
        raise SettingError(
            f"A grid of {' × '.join(map(str, shape))} has {cells:,} cells, over the limit of {MAX_CELLS:,}; "
            "take fewer values on an axis, or several sweeps."
        )


def grid_coordinates(axes: Mapping[str, tuple[Any, ...]]) -> Coordinates:
    """One dimension an axis, named after it."""
    coordinates: Coordinates = {}
    for name, values in axes.items():
        coordinate = coordinate_of(values)
        coordinates[name] = (name,), np.arange(len(values)) if coordinate is None else coordinate
        coordinates |= _complement(name, name, coordinate)
    return coordinates


def list_coordinates(axes: Mapping[str, tuple[Any, ...]], length: int) -> Coordinates:
    """One dimension, ``problem``, with the values of every axis along it."""
    coordinates: Coordinates = {"problem": (("problem",), np.arange(length))}
    for name, values in axes.items():
        coordinate = coordinate_of(values)
        if coordinate is not None:
            coordinates[name] = ("problem",), coordinate
            coordinates |= _complement(name, "problem", coordinate)
    return coordinates


def varying_fields(problems: Sequence[Problem]) -> dict[str, tuple[Any, ...]]:
    """The fields in which a list of problems differ, with their values."""
    columns = {name: tuple(getattr(p, name) for p in problems) for name in FIELDS if name != "sparsity"}
    return {name: values for name, values in columns.items() if any(v != values[0] for v in values)}


def coordinate_of(values: Sequence[Any]) -> NDArray[Any] | None:
    """Numbers or words for the values of an axis, None where only their positions will do.

    Of vectors it is the one component that varies, if only one does.
    """
    for kind in (bool, str):
        if all(isinstance(value, kind) for value in values):
            return np.array(values)
    if all(_is_number(value) for value in values):
        return np.array(values)
    lengths = {len(value) if isinstance(value, tuple) else 0 for value in values}  # pyright: ignore[reportUnknownArgumentType]
    if len(lengths) == 1 and lengths != {0} and all(_is_number(p) for value in values for p in value):
        table = np.array(values)
        varying = np.flatnonzero((table != table[0]).any(axis=0))
        if len(varying) == 1:
            return table[:, varying[0]]
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _complement(name: str, dimension: str, coordinate: NDArray[Any] | None) -> Coordinates:
    """The sparsity beside a density, and the other way round."""
    other = {"density": "sparsity", "sparsity": "density"}.get(name)
    if other is None or coordinate is None:
        return {}
    # 1 - 0.05 is 0.95, not 0.9500000000000001
    return {other: ((dimension,), np.round(1.0 - coordinate.astype(np.float64), 15))}
