"""A sweep that takes minutes, trained once and stored in the package with all that makes it again.

*The Geometry of Superposition* looks at 400 features in 30 dimensions. Of every density the best model is
kept, its weights in 16 bits: a notebook opens on it at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..core import Problem
from ..core.checks import SettingError
from ..sweeps import Sweep

if TYPE_CHECKING:
    import xarray as xr

    from ..sweeps.progress import Progress

PLACE = Path(__file__).with_name("data") / "uniform-400-30.nc"
X = (1.0, 1.1, 1.2, 1.3, 1.4, 1.47, 1.53, 1.59, 1.7, 1.85, 2.1, 2.4, 2.8, 3.3, 3.8, 4.5, 5.2, 6.3, 8.0, 10.0)
"""1/(1 − S) of the sweeps over the density: closest where tetrahedra give way to triangles and digons."""
STEP = 2.0**-14
"""Weights are stored as multiples of this, which reach to ±2."""


def uniform_sweep() -> Sweep:
    """What is stored: 400 features of importance 1 in 30 dimensions, over 20 densities.

    The best of three seeds, and longer than ``quality="paper"`` would train: with 30 dimensions to divide up
    some features find their polytope late. About half a minute of one core a density.
    """
    return Sweep(
        Problem(n_features=400, n_hidden=30),
        density=[1.0 / x for x in X],
        n_seeds=3,
        steps=6000,
        batch_size=512,
        learning_rate=0.03,
    )


def stored_sweep() -> xr.Dataset:
    """The stored result of `uniform_sweep`, the best seed of every density.

    Returns
    -------
    xarray.Dataset
        ``W`` (density, hidden, feature), ``b`` (density, feature) and ``loss`` (density); weights to
        within 0.00003. The coordinates ``seed`` and ``instance_seed`` say which seed is the best. As of any
        sweep ``dataset.tms.run(density=0.5)`` is the model as a `tms_widgets.Run`, and
        ``dataset.tms.sweep`` what makes it again.
    """
    from ..sweeps import open_sweep

    return open_sweep(PLACE)


def make_stored_sweep(path: str | Path, *, progress: bool | Progress = True) -> xr.Dataset:
    """Train `uniform_sweep` and write what `stored_sweep` reads; ``tms-widgets paper data`` does the same.

    It takes minutes. What an interruption leaves beside ``path`` is gone on with.

    Parameters
    ----------
    path : path
        Of the file to write.
    progress : bool or callable, default True
        As `Sweep.run` takes it.

    Raises
    ------
    SettingError
        When there is such a file already.
    """
    place = Path(path)
    if place.exists():
        raise SettingError(f"{place} exists already and is left as it is; use another name.")
    from ..sweeps.store import write_netcdf

    best = packed(uniform_sweep().run(place, resume=True, progress=progress).tms.best())
    write_netcdf(place, best)
    return best


def packed(dataset: xr.Dataset) -> xr.Dataset:
    """The same with weights that are multiples of `STEP` and are written as 16-bit integers."""
    small = dataset.copy()
    for name in ("W", "b"):
        values = np.round(dataset[name].values / STEP) + 0.0  # integers have no negative zero
        if not np.abs(values).max() < 2**15:
            raise SettingError(f"{name} does not fit: weights between -2 and 2 can be stored.")
        small[name] = dataset[name].copy(data=(values * STEP).astype(np.float32))
        small[name].encoding = {
            "dtype": "int16", "scale_factor": np.float32(STEP), "_FillValue": np.int16(-(2**15)),
            "zlib": True, "complevel": 9, "shuffle": True,
        }  # fmt: skip
    return small
