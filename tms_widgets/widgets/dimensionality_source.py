"""Where a `DimensionalityPlot` finds its models: one a density, from a sweep or from runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from .. import measures
from ..core.checks import SettingError
from ..core.run import Run
from .graph_model import GraphModel

MOST_FEATURES, MOST_MODELS = 1000, 200
MAX_BYTES = 32_000_000

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class DensityModel(GraphModel):
    """One model of a plot: the density 1 − S it was trained on, and of how many seeds it is the best."""

    density: float = 1.0
    n_seeds: int = 1

    @property
    def x(self) -> float:
        """1/(1 − S)."""
        return 1 / self.density

    @cached_property
    def dimensions_per_feature(self) -> float:
        """D* = m/‖W‖²_F."""
        return float(measures.dimensions_per_feature(self.W))


def models_of(source: Any) -> tuple[DensityModel, ...]:
    """Return the models of a sweep over density, or of runs, by 1/(1−S).

    Parameters
    ----------
    source : xarray.Dataset, Run or sequence of Run
        Of several seeds the one of the least loss stands for its density.

    Raises
    ------
    SettingError
        When there are no models, another axis than density is open, or the density differs between features.
    """
    if isinstance(source, xr.Dataset):
        found = list(_of_dataset(source))
    elif isinstance(source, Run):
        found = list(_of_runs([source]))
    elif isinstance(source, Iterable) and not isinstance(source, (str, bytes, dict, np.ndarray)):
        found = list(_of_runs(source))
    else:
        raise TypeError(
            f"A DimensionalityPlot needs a Dataset of a sweep over density or a list of Runs, "
            f"not {type(source).__name__}."
        )
    if not found:
        raise SettingError("There is no trained model to show; train at least one density first.")
    if len(found) > MOST_MODELS:
        raise SettingError(f"{len(found)} models are too many for one plot; show at most {MOST_MODELS}.")
    size = 4 * sum(one.W.size for one in found)
    if size > MAX_BYTES or max(one.W.shape[1] for one in found) > MOST_FEATURES:
        raise SettingError(
            f"{len(found)} models with {size / 1e6:.0f} MB of weights are too large for one plot; show at "
            f"most {MOST_FEATURES} features and {MAX_BYTES / 1e6:.0f} MB."
        )
    return tuple(sorted(found, key=lambda one: (one.W.shape, one.x)))


def _of_runs(runs: Iterable[Any]) -> Iterator[DensityModel]:
    for run in runs:
        if not isinstance(run, Run):
            raise TypeError(f"A DimensionalityPlot needs a list of Runs, not of {type(run).__name__}.")
        best = run.best
        for problem, W in zip(best.problems, best.W, strict=True):
            densities = np.unique(problem.density_vector)
            if len(densities) > 1:
                raise SettingError(
                    f"The features of this model have {len(densities)} different densities, and the plot has "
                    "one for a model; use models whose features share one density."
                )
            seeds = sum(other == problem for other in run.problems)
            if np.isfinite(W).all():
                yield _model(W, float(densities[0]), seeds)


def _of_dataset(dataset: xr.Dataset) -> Iterator[DensityModel]:
    missing = {"hidden", "feature"} - set(dataset["W"].dims if "W" in dataset else ())
    if missing or "density" not in dataset.coords:
        raise SettingError(
            "This dataset has no weights W over hidden and feature with a coordinate density; "
            "use the result of a Sweep over density."
        )
    densities = dataset["density"]
    open_axes = [
        str(dim) for dim in dataset["W"].dims if dim not in ("hidden", "feature", "seed", *densities.dims)
    ]
    if open_axes or densities.ndim > 1:
        axis = open_axes[0] if open_axes else str(densities.dims[0])
        raise SettingError(
            f"This sweep also runs along {axis}; choose one value of it first, as in dataset.isel({axis}=0)."
        )
    if densities.dtype.kind not in "fiu":
        raise SettingError("The densities of this dataset are not numbers; sweep over one density a model.")
    along = str(densities.dims[0]) if densities.ndim else None
    for k in range(densities.size):
        part = dataset if along is None else dataset.isel({along: k})
        seeds = part.sizes.get("seed", 1)
        if "seed" in part["W"].dims:
            loss = part["loss"].values
            if not np.isfinite(loss).any():
                continue
            seeds = int(np.isfinite(loss).sum())
            part = part.isel(seed=int(np.nanargmin(np.where(np.isfinite(loss), loss, np.nan))))
        W = part["W"].transpose("hidden", "feature").values
        W = W[np.isfinite(W).any(axis=1)][:, np.isfinite(W).any(axis=0)]
        if W.size and np.isfinite(W).all():
            yield _model(W, float(part["density"]), seeds)


def _model(W: NDArray[Any], density: float, n_seeds: int) -> DensityModel:
    return DensityModel(
        np.asarray(W, dtype=np.float64), f"1/(1−S) = {1 / density:.3g}", density=density, n_seeds=n_seeds
    )
