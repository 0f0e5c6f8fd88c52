"""``dataset.tms``: what the paper reads off a sweep, and the way back from a cell to its models."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..core import checks
from ..core.checks import SettingError
from ..core.problem import Problem
from ..core.run import Frames, Run
from ..core.schedule import Schedule
from ..measures import feature_norms, interference, phase_of
from .definition import sweep_of
from .results import LABEL
from .sweep import Sweep

PROTOCOLS = ("best", "average")


@xr.register_dataset_accessor("tms")  # pyright: ignore[reportUnknownMemberType]
class SweepAccessor:
    """Reductions and look-ups of the result of a `Sweep`, or of a part of one (``dataset.sel(…).tms``).

    Parameters
    ----------
    dataset : xarray.Dataset
        With the attributes that a sweep gives it.
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    @property
    def sweep(self) -> Sweep:
        """The sweep that made it."""
        return _living.get(self._text) or _sweep_of(self._text)

    def best(self) -> xr.Dataset:
        """The model with the least loss in every cell, without the dimension ``seed``.

        The coordinate ``seed`` says which it is, and ``instance_seed`` how to train it again. Losses of
        different cells are never compared.
        """
        loss = self._loss_of_seeds()
        return self._dataset.isel(seed=loss.fillna(np.inf).argmin("seed"))

    def average(self, quantity: xr.DataArray, drop_worst: int = 1) -> xr.DataArray:
        """The paper's average: over the seeds of each cell, without those of the highest loss.

        Parameters
        ----------
        quantity : DataArray
            With the dimension ``seed``, such as ``dataset.tms.norm``.
        drop_worst : int, default 1
            How many seeds are left out.

        Returns
        -------
        DataArray
            NaN where a model that counts is not trained yet.
        """
        loss = self._loss_of_seeds()
        drop = checks.integer("drop_worst", drop_worst, low=0, high=loss.sizes["seed"] - 1)
        if "seed" not in quantity.dims:
            raise SettingError("average needs a quantity with the dimension seed, such as dataset.tms.norm.")
        kept = loss.sizes["seed"] - drop
        order = np.argsort(loss.values, axis=loss.get_axis_num("seed"), kind="stable")  # pyright: ignore[reportArgumentType]
        rank = np.argsort(order, axis=loss.get_axis_num("seed"), kind="stable")  # pyright: ignore[reportArgumentType]
        counts = loss.copy(data=rank) < kept
        return quantity.where(counts, 0.0).sum("seed", skipna=False) / kept

    @property
    def norm(self) -> xr.DataArray:
        """‖W_i‖ of every feature of every model; see `tms_widgets.measures.feature_norms`."""
        return self._of_features("norm", "norm of W_i", feature_norms)

    @property
    def interference(self) -> xr.DataArray:
        """Σ_{j≠i}(Ŵ_i·W_j)² of every feature of every model; see `tms_widgets.measures.interference`."""
        return self._of_features("interference", "interference of feature i", interference)

    def phase(self, protocol: str = "best") -> xr.DataArray:
        """The phase of the last feature in every cell (*Superposition as a Phase Change*).

        Parameters
        ----------
        protocol : {"best", "average"}
            ``best`` judges the model of the least loss, ``average`` the averages of norm and interference
            without the worst seed, as the paper does.

        Returns
        -------
        DataArray
            Index into `tms_widgets.measures.PHASES`, as a float: NaN where nothing is trained yet.
        """
        checks.choice("protocol", protocol, PROTOCOLS)
        if protocol == "best":
            chosen = self._dataset if "seed" not in self._dataset.dims else self.best()
            norm, shared = (part.isel(feature=-1) for part in (chosen.tms.norm, chosen.tms.interference))
        else:
            drop = min(1, self._loss_of_seeds().sizes["seed"] - 1)
            last = (part.isel(feature=-1) for part in (self.norm, self.interference))
            norm, shared = (self.average(part, drop) for part in last)
        phase = norm.copy(data=phase_of(norm.values, shared.values).astype(np.float64))
        return phase.where(norm.notnull()).rename("phase").assign_attrs(long_name="phase of the last feature")

    def problem(self, **at: Any) -> Problem:
        """The problem of one cell.

        Parameters
        ----------
        **at
            A coordinate of every dimension that the dataset still has; of numbers the nearest is taken.

        Raises
        ------
        SettingError
            When a dimension is left open, or there is no such coordinate.
        """
        return self.sweep.problems[self._cell(at)[0]]

    def run(self, **at: Any) -> Run:
        """The models of one cell, all seeds, as `tms_widgets.train` returns them.

        The film has one frame, the last. ``at`` is that of `problem`.

        Raises
        ------
        SettingError
            Also when nothing is trained there yet.
        """
        cell, local = self._cell(at)
        part = self._dataset.isel(local)
        part = part if "seed" in part.dims else part.expand_dims("seed")
        part = part.isel(seed=np.flatnonzero(np.isfinite(part["loss"].values)))
        if not part.sizes["seed"]:
            raise SettingError("Nothing is trained in this cell yet, or its weights did not stay finite.")
        sweep = self.sweep
        problem = sweep.problems[cell]
        recipe = json.loads(self._text)["recipes"][sweep.groups[cell]]
        own = part.isel(hidden=slice(problem.n_hidden), feature=slice(problem.n_features))
        schedule, loss = Schedule(**recipe["schedule"]), own["loss"].values.astype(np.float64)
        weights = _weights_of(own, problem)
        last = {name: array[None] for name, array in weights.items()}
        frames = Frames(np.array([schedule.steps]), loss[None], **last)
        return Run(
            (problem,) * len(loss), np.atleast_1d(own["instance_seed"].values), loss, frames, schedule,
            recipe["engine"], recipe["engine_note"],
        )  # fmt: skip

    @property
    def _text(self) -> str:
        text = self._dataset.attrs.get(LABEL)
        if not isinstance(text, str):
            raise SettingError(
                "This dataset has lost the attributes of its sweep (or is none); xarray keeps them with "
                "xr.set_options(keep_attrs=True)."
            )
        return text

    def _loss_of_seeds(self) -> xr.DataArray:
        loss = self._dataset["loss"]
        if "seed" not in loss.dims:
            raise SettingError(
                "There is one model a cell here; use the dataset before it was reduced over its seeds."
            )
        return loss

    def _of_features(
        self, name: str, words: str, measure: Callable[[NDArray[Any]], NDArray[Any]]
    ) -> xr.DataArray:
        W = self._dataset["W"].transpose(..., "hidden", "feature")
        there = W.notnull().any("hidden")
        values = there.copy(data=measure(W.fillna(0.0).values))
        return values.where(there).rename(name).assign_attrs(long_name=words)

    def _cell(self, at: dict[str, Any]) -> tuple[int, dict[str, int]]:
        """The position of a cell in the sweep, and along the dimensions that the dataset still has."""
        sweep = self.sweep
        for name in at:
            checks.choice("coordinate", name, list(sweep.coords))
        places: list[int] = []
        local: dict[str, int] = {}
        for dim in sweep.dims:
            asked = {name: value for name, value in at.items() if sweep.coords[name][0] == (dim,)}
            labels = np.atleast_1d(self._dataset[dim].values)
            if not asked and len(labels) != 1:
                raise SettingError(
                    f"There are {len(labels)} values of {dim}; say which, as in {dim}={labels[0]!s}."
                )
            place = self._nearest(asked, len(labels))
            if dim in self._dataset.dims:
                local[dim] = place
            places.append(int(np.flatnonzero(sweep.coords[dim][1] == labels[place])[0]))
        return int(np.ravel_multi_index(places, sweep.shape)) if places else 0, local

    def _nearest(self, asked: dict[str, Any], length: int) -> int:
        distance = np.zeros(length)
        for name, value in asked.items():
            labels = np.atleast_1d(self._dataset[name].values)
            if labels.dtype.kind in "if":
                number = checks.real(name, checks.unboxed(value), low=-1e300, high=1e300)
                distance += np.abs(labels - number)
            else:
                words = [str(label) for label in labels]
                distance += np.array(words) != checks.choice(name, str(value), words)
        return int(distance.argmin())


def _weights_of(part: xr.Dataset, problem: Problem) -> dict[str, NDArray[np.float32]]:
    """The arrays that a run of this problem has, seeds in front."""
    names = ["W", "b"]
    names += ["W_out"] if problem.architecture == "untied" else []
    names += ["b_hidden"] if problem.hidden_bias else []
    return {name: np.ascontiguousarray(part[name].transpose("seed", ...).values) for name in names}


_living: WeakValueDictionary[str, Sweep] = WeakValueDictionary()
"""Sweeps that are there already: building a large one again takes a good part of a second."""


def remember(sweep: Sweep, labels: dict[str, str]) -> None:
    """Note that a sweep has made a dataset with these attributes."""
    _living[labels["tms_widgets_sweep"]] = sweep


@lru_cache(maxsize=8)
def _sweep_of(text: str) -> Sweep:
    return sweep_of(json.loads(text))
