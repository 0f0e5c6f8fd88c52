"""What is in the file of a sweep, in lines of text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import measures, theory
from ..core import Problem, SettingError

if TYPE_CHECKING:
    import xarray as xr

    from ..sweeps import Sweep

SIGNS = ("·", "o", "#")
"""For the phases: not represented, dedicated, superposition."""
MAP = {"importance": 16, "density": 32}
"""Most cells drawn along each axis of a map; a larger map is thinned. Letters are twice as high as wide."""
TABLE = (8, 5)
"""Most rows and columns of a table of losses."""


def described(name: str, dataset: xr.Dataset) -> Iterator[str]:
    """What the file ``name`` holds: settings, axes, how much is trained, losses, and phases if there are any.

    Parameters
    ----------
    name : str
        Of the file, for the first line.
    dataset : xarray.Dataset
        The result of a sweep, finished or not.
    """
    sweep: Sweep = dataset.tms.sweep
    trained = int(dataset.loss.notnull().sum())
    state = "all trained" if trained == sweep.n_models else f"{trained:,} of them trained"
    yield f"{name}: {sweep.n_models:,} models, {state}"
    yield from _settings(sweep)
    for dimension in sweep.dims:
        yield f"  {dimension:10} {_axis(dataset, dimension)}"
    yield f"  {'seed':10} {_span(dataset.seed.values)}"
    if not trained:
        return
    best = dataset.tms.best()
    yield ""
    yield from _losses(best.loss)
    expected = _theory(sweep, dataset)
    if expected is not None:
        yield ""
        yield from _phases(dataset, expected)


def _settings(sweep: Sweep) -> Iterator[str]:
    """What all problems have in common, where it is not the default."""
    first = sweep.problems[0]
    plain = Problem(first.n_features, first.n_hidden)
    for field in dataclasses.fields(Problem):
        value = getattr(first, field.name)
        shared = all(getattr(problem, field.name) == value for problem in sweep.problems)
        if shared and (field.name.startswith("n_") or value != getattr(plain, field.name)):
            yield f"  {field.name:10} {value}"


def _axis(dataset: xr.Dataset, dimension: str) -> str:
    if dimension not in dataset.coords:
        return f"{dataset.sizes[dimension]} values"
    text = _span(dataset[dimension].values)
    for other, own in (("sparsity", "density"), ("density", "sparsity")):
        if dimension == own and other in dataset.coords:
            text += f" ({other} {_ends(dataset[other].values)})"
    return text


def _span(values: NDArray[Any]) -> str:
    """The values of an axis, in few words."""
    if values.dtype.kind not in "iuf" or len(values) <= 4:
        return ", ".join(_number(value) for value in values)
    return f"{len(values)} values, {_ends(values)}"


def _ends(values: NDArray[Any]) -> str:
    return _number(values[0]) if len(values) == 1 else f"{_number(values[0])} to {_number(values[-1])}"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def _losses(loss: xr.DataArray) -> Iterator[str]:
    """The loss of the best seed of each cell: a table, if there are one or two axes."""
    known = loss.values[np.isfinite(loss.values)]
    spread = f"{known.min():.4g} to {known.max():.4g}" if known.size else "none is finite"
    yield f"Loss of the best seed of each cell: {spread}"
    if loss.ndim not in (1, 2):
        return
    rows, columns = loss.dims[0], loss.dims[-1]
    most = zip(loss.dims, TABLE, strict=False)
    picked = loss.isel({name: _thinned(loss.sizes[name], length) for name, length in most})
    if loss.ndim == 1:
        for label, value in zip(_labels(picked, rows), picked.values, strict=True):
            yield f"  {rows} {label:>12}  {value:.4g}"
        return
    yield f"  {f'{rows} ↓  {columns} →':24}" + "".join(f"{label:>10}" for label in _labels(picked, columns))
    for label, values in zip(_labels(picked, rows), picked.values, strict=True):
        yield f"  {label:>24}" + "".join(f"{value:10.3g}" for value in values)


def _labels(array: xr.DataArray, dimension: Any) -> list[str]:
    """The coordinate of every row, or its position."""
    values = array[dimension].values
    return [_number(value) for value in values]


def _thinned(length: int, most: int) -> NDArray[np.int64]:
    """Evenly spaced positions, both ends among them."""
    return np.unique(np.linspace(0, length - 1, min(length, most)).round().astype(np.int64))


def _theory(sweep: Sweep, dataset: xr.Dataset) -> xr.DataArray | None:
    """The phase of every cell in theory, if the sweep is a phase map of a size that the theory knows."""
    if set(sweep.dims) != {"density", "importance"}:
        return None
    first = sweep.problems[0]
    n, m = first.n_features, first.n_hidden
    try:
        kinds = [measures.PHASES.index(solution.kind) for solution in theory.phase_solutions(n, m)]
    except SettingError:
        return None
    others_are_1 = all(
        tuple(problem.importance_vector[:-1]) == (1.0,) * (n - 1) for problem in sweep.problems
    )
    ordinary = first.replace(importance=1.0, density=1.0) == Problem(n, m)
    if not (others_are_1 and ordinary):
        return None
    density, importance = dataset.density.broadcast_like(dataset.importance), dataset.importance
    importance = importance.broadcast_like(density).transpose(*density.dims)
    return density.copy(data=np.array(kinds)[theory.phase(n, m, density.values, importance.values)])


def _phases(dataset: xr.Dataset, expected: xr.DataArray) -> Iterator[str]:
    """The map of the trained models beside that of the theory, and how far they agree."""
    trained = dataset.loss.notnull().all("seed")
    best = dataset.tms.phase("best")
    yield f"Phase of the last feature: {', '.join(map(' '.join, zip(SIGNS, measures.PHASES, strict=True)))}"
    drawn = [_drawn(best, trained), _drawn(expected, trained | True)]
    width = len(drawn[0][0])
    yield f"  {'importance':>10}  {'best of ' + str(dataset.sizes['seed']):{width}}  theory"
    for label, *lines in zip(_rows(best), *drawn, strict=True):
        yield f"  {label:>10}  {'  '.join(lines)}"
    ends = _ends(dataset.density.values).split(" to ")
    yield f"  {'density':>10}  {ends[0]:{width - len(ends[-1])}}{ends[-1]}"
    for protocol, words in (("best", "the best seed"), ("average", "the average without the worst seed")):
        agree = (dataset.tms.phase(protocol) == expected).where(trained).mean()
        yield f"Theory and {words} agree in {float(agree):.1%} of the trained cells."


def _upright(phases: xr.DataArray) -> xr.DataArray:
    """Importance upwards, density to the right as the axis has it, no more cells than fit."""
    phases = phases.transpose("importance", "density").sortby("importance", ascending=False)
    return phases.isel({name: _thinned(phases.sizes[name], most) for name, most in MAP.items()})


def _drawn(phases: xr.DataArray, trained: xr.DataArray) -> list[str]:
    """A line for each importance, a sign a cell."""
    known = _upright(trained).values
    signs = np.where(known, np.array(SIGNS)[_upright(phases).fillna(0).values.astype(int)], " ")
    return ["".join(line) for line in signs]


def _rows(phases: xr.DataArray) -> list[str]:
    return [_number(value) for value in _upright(phases).importance.values]
