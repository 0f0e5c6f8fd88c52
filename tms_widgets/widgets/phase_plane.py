"""What a map shows of a result with two dimensions: arrays in the order in which they are drawn.

Rows count from the top and columns from the left. Where nothing is trained yet there is NaN.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from .. import measures, theory
from ..core import checks
from ..core.checks import SettingError
from ..core.problem import Problem
from ..core.run import Run
from .grid_axis import GridAxis

PROTOCOLS = ("best", "average")
EXACT_SIZES = ((2, 1), (3, 2))
DENSITIES = ("density", "sparsity")

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of the last feature in every cell.

    Attributes
    ----------
    loss, norm, interference : array (rows, columns)
        Of the best model, or averages over all but the worst.
    """

    loss: Array
    norm: Array
    interference: Array

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which cells are trained."""
        return ~np.isnan(self.loss)

    @property
    def phase(self) -> Array:
        """Index into `measures.PHASES`; NaN where nothing is trained yet."""
        phases = measures.phase_of(np.nan_to_num(self.norm), np.nan_to_num(self.interference))
        return np.where(self.known, phases, np.nan)


class Plane:
    """Two dimensions of a result, laid out for drawing.

    Parameters
    ----------
    x_name, y_name : str
        The horizontal dimension and the vertical one.
    x_values, y_values : array
        Their coordinates.
    """

    def __init__(self, x_name: str, y_name: str, x_values: NDArray[Any], y_values: NDArray[Any]) -> None:
        self.x_name, self.y_name = x_name, y_name
        self._columns, self._upwards = _order(x_name, x_values), _order(y_name, y_values)
        self.x = GridAxis.of(x_values[self._columns].tolist())
        self.y = GridAxis.of(y_values[self._upwards].tolist())

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.y), len(self.x)

    def at(self, cell: tuple[int, int]) -> dict[str, Any]:
        """The coordinates of a cell."""
        row, column = cell
        return {self.x_name: self.x.values[column], self.y_name: self.y.values[len(self.y) - 1 - row]}

    def cell(self, at: dict[str, Any]) -> tuple[int, int]:
        """The cell with these coordinates, or nearest to them.

        Raises
        ------
        SettingError
            When one is missing or unknown.
        """
        for name in at:
            checks.choice("coordinate", name, (self.x_name, self.y_name))
        if len(at) < 2:
            raise SettingError(f"A cell has two coordinates; name both {self.x_name} and {self.y_name}.")
        return len(self.y) - 1 - self.y.nearest(at[self.y_name]), self.x.nearest(at[self.x_name])

    def drawn(self, array: xr.DataArray) -> Array:
        """The numbers of an array with these dimensions: rows and columns in front, the others after them."""
        others = [name for name in array.dims if name not in (self.x_name, self.y_name)]
        ordered = array.transpose(self.y_name, self.x_name, *others).values
        return ordered[self._upwards[::-1]][:, self._columns].astype(np.float64)


class ValuePlane(Plane):
    """Any numbers with two dimensions.

    Parameters
    ----------
    values : xarray.DataArray

    Raises
    ------
    SettingError
        When it has other than two dimensions, or holds no numbers.
    """

    def __init__(self, values: xr.DataArray) -> None:
        if values.dtype.kind not in "biuf" or values.size == 0:
            raise SettingError("A map needs numbers, and this DataArray holds none; pass one that does.")
        x_name, y_name = _two([str(name) for name in values.dims])
        super().__init__(x_name, y_name, values[x_name].values, values[y_name].values)
        self.values = self.drawn(values)
        self.name = str(values.attrs.get("long_name") or values.name or "value")


class PhasePlane(Plane):
    """A sweep over two fields of a problem, one of them usually the density.

    Parameters
    ----------
    dataset : xarray.Dataset
        What a `Sweep` makes; ``loss`` has two dimensions beside ``seed``.

    Raises
    ------
    SettingError
        When it has other dimensions.
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        if not {"loss", "W", "seed"} <= set(dataset.variables) or "seed" not in dataset["loss"].dims:
            raise SettingError(
                "A phase map needs the dataset that a Sweep makes, with all its seeds; "
                "for other numbers pass a DataArray with two dimensions."
            )
        self.dataset = dataset
        x_name, y_name = _two([str(name) for name in dataset["loss"].dims if name != "seed"])
        super().__init__(x_name, y_name, dataset[x_name].values, dataset[y_name].values)

    @property
    def decay(self) -> bool:
        """Whether importances are given as a decay r, for I_i = r^i, and not one by one."""
        return not isinstance(self.problem((0, 0)).importance, tuple)

    @property
    def n_seeds(self) -> int:
        """How many models a cell has."""
        return self.dataset.sizes["seed"]

    def problem(self, cell: tuple[int, int]) -> Problem:
        """What the models of a cell learn."""
        return self.dataset.tms.problem(**self.at(cell))

    def run(self, cell: tuple[int, int]) -> Run:
        """The models of a cell."""
        return self.dataset.tms.run(**self.at(cell))

    def outcome(self, protocol: str) -> Outcome:
        """What became of the last feature: in the ``"best"`` model, or as the paper's ``"average"``."""
        loss, W = self.drawn(self.dataset["loss"]), self.drawn(self.dataset["W"])
        if protocol == "best" or self.n_seeds == 1:
            # where nothing is trained all are NaN, and any will do
            best = np.argmin(np.where(np.isnan(loss), np.inf, loss), axis=2)[:, :, None]
            loss, W = np.take_along_axis(loss, best, 2), np.take_along_axis(W, best[..., None, None], 2)
        norm, shared = _last_feature(W)
        if loss.shape[2] > 1:
            kept = np.argsort(loss, axis=2)[:, :, :-1]  # NaN counts as the worst
            loss, norm, shared = (np.take_along_axis(one, kept, 2) for one in (loss, norm, shared))
        return Outcome(loss.mean(axis=2), norm.mean(axis=2), shared.mean(axis=2))


class ExactPhases:
    """What theory says about the cells of a map, in ReLU models with n = 2, m = 1 or n = 3, m = 2.

    Parameters
    ----------
    n_features, n_hidden : int
    density, importance : array (rows, columns)
        Of every cell; the importance of the last feature.
    others : float
        The importance of each of the other features.
    """

    def __init__(
        self, n_features: int, n_hidden: int, density: Array, importance: Array, others: float
    ) -> None:
        size = (n_features, n_hidden)
        self.solutions = theory.phase_solutions(*size)
        # a loss is linear in all importances together
        self.losses = others * theory.phase_losses(*size, density, importance / others)
        kinds = [measures.PHASES.index(solution.kind) for solution in self.solutions]
        self.phase = np.array(kinds)[self.losses.argmin(axis=0)].astype(np.float64)
        self.boundaries = [(one.density, others * one.importance) for one in theory.phase_boundaries(*size)]

    @classmethod
    def of(cls, plane: PhasePlane) -> ExactPhases | None:
        """What theory says about a sweep over density and importance, or None where it is silent.

        The activation may be another one, to see what it changes.
        """
        if plane.x_name not in DENSITIES or plane.y_name != "importance" or plane.y.kind == "names":
            return None
        one, other = plane.problem((0, 0)), plane.problem((plane.shape[0] - 1, 0))
        size, others = (one.n_features, one.n_hidden), one.importance_vector[:-1]
        plain = Problem(*size, importance=one.importance, density=one.density, activation=one.activation)
        alike = np.array_equal(others, other.importance_vector[:-1]) and (others == others[:1]).all()
        if size not in EXACT_SIZES or one != plain or not alike or others[0] <= 0:
            return None
        x = np.array(plane.x.values)
        density = 1.0 - x if plane.x_name == "sparsity" else x
        columns, rows = np.meshgrid(density, np.array(plane.y.values[::-1]))
        return cls(*size, columns, rows, float(others[0]))


def _two(dims: list[str]) -> tuple[str, str]:
    """The horizontal and the vertical dimension of a map."""
    if len(dims) != 2:
        raise SettingError(
            f"A map has two axes, and this result has {len(dims)} ({', '.join(dims) or 'none'}); "
            "choose one value of each of the others with .isel(), or sweep over two fields."
        )
    horizontal = next((name for name in dims if name in DENSITIES), dims[1])
    return horizontal, next(name for name in dims if name != horizontal)


def _order(name: str, values: NDArray[Any]) -> NDArray[np.int64]:
    """Indices from the left or from the bottom: numbers rise, a density falls as in the paper's figures."""
    if values.dtype.kind not in "fiu":
        return np.arange(len(values))
    rising = np.argsort(values, kind="stable")
    return rising[::-1] if name == "density" else rising


def _last_feature(W: Array) -> tuple[Array, Array]:
    """Norm and interference of the last feature of models (..., m, n); NaN where nothing is trained."""
    present = ~np.isnan(W[..., 0, :])  # a smaller problem than others of the sweep has fewer features
    weights = np.nan_to_num(W)
    last_index = np.maximum(present.sum(axis=-1) - 1, 0)[..., None, None]
    last = np.take_along_axis(weights, last_index, axis=-1)[..., 0]
    norm = np.linalg.norm(last, axis=-1)
    direction = np.divide(last, norm[..., None], out=np.zeros_like(last), where=norm[..., None] > 0)
    overlaps = np.square(np.einsum("...m,...mn->...n", direction, weights))
    shared = overlaps.sum(axis=-1) - np.take_along_axis(overlaps, last_index[..., 0], axis=-1)[..., 0]
    trained = present.any(axis=-1)
    return np.where(trained, norm, np.nan), np.where(trained, shared, np.nan)
