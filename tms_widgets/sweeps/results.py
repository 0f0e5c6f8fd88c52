"""The arrays of a sweep while they fill, and the labelled result that they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from .blocks import Arrays, Block
from .definition import digest_of
from .estimate import shapes_of

if TYPE_CHECKING:
    import xarray as xr

    from .sweep import Sweep

TRAILING = {
    "loss": (),
    "W": ("hidden", "feature"),
    "b": ("feature",),
    "W_out": ("feature", "hidden"),
    "b_hidden": ("hidden",),
}
"""The dimensions of each variable, after the cells and the seeds."""
LONG_NAMES = {
    "loss": "held-out loss; infinite where the weights stopped being finite",
    "W": "weights",
    "b": "bias of the outputs",
    "W_out": "weights of the outputs",
    "b_hidden": "bias of the neurons",
}


LABEL = "tms_widgets_sweep"
"""The attribute that holds the definition of the sweep as JSON text."""


class Results:
    """Losses and weights of a sweep; NaN where a model is not trained yet, or has no such feature.

    Parameters
    ----------
    sweep : Sweep
    """

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        cells = len(sweep.problems), sweep.settings.n_seeds
        self.missing = np.ones(cells, np.bool_)
        self.arrays: Arrays = {
            name: np.full((*cells, *shape), np.nan, np.float32)
            for name, shape in shapes_of(sweep.problems).items()
        }
        self._dataset: xr.Dataset | None = None

    def put(self, block: Block, trained: Arrays) -> None:
        """Write a block into its place."""
        cells, seeds = list(block.cells), slice(block.first_seed, block.end_seed)
        for name, array in trained.items():
            # a smaller problem than others of the sweep leaves NaN beyond its features
            own = tuple(slice(length) for length in array.shape[2:])
            self.arrays[name][(cells, seeds, *own)] = array
        self.missing[cells, seeds] = False

    @property
    def n_done(self) -> int:
        """How many models are trained."""
        return self.missing.size - int(self.missing.sum())

    @property
    def dataset(self) -> xr.Dataset:
        """All of it, labelled; the same dataset every time, whose arrays fill."""
        if self._dataset is None:
            self._dataset = self._labelled()
        return self._dataset

    def _labelled(self) -> xr.Dataset:
        import xarray as xr  # here, because it takes time

        from .accessor import remember  # with it comes ``dataset.tms``

        sweep, n_seeds = self.sweep, self.sweep.settings.n_seeds
        variables = {
            name: xr.Variable(
                (*sweep.dims, "seed", *TRAILING[name]),
                array.reshape(*sweep.shape, *array.shape[1:]),
                {"long_name": LONG_NAMES[name]},
            )
            for name, array in self.arrays.items()
        }
        n_features, n_hidden = self.arrays["b"].shape[-1], self.arrays["W"].shape[-2]
        coordinates: dict[str, Any] = {
            **sweep.coords,
            "seed": np.arange(n_seeds),
            "instance_seed": (
                (*sweep.dims, "seed"),
                sweep.settings.seed + np.arange(self.missing.size).reshape(*sweep.shape, n_seeds),
                {"long_name": "what the model was trained with: train(problem, n_seeds=1, seed=...)"},
            ),
            "hidden": np.arange(n_hidden),
            "feature": np.arange(n_features),
        }
        labels = labels_of(sweep.definition)
        remember(sweep, labels)
        return xr.Dataset(variables, coordinates, labels)


def labels_of(definition: dict[str, Any]) -> dict[str, str]:
    """The attributes of a result: what made it, as JSON text, and a digest of what decides it."""
    return {LABEL: json.dumps(definition), "digest": digest_of(definition)}
