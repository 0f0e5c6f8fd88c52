"""The numbers of a model: what training changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class Weights(NamedTuple):
    """Weights and biases, with any leading axes: instances, or steps and instances."""

    W: Array
    """Shape ``(..., n_hidden, n_features)``; ``W[..., i]`` is the paper's W_i."""
    b: Array
    """Shape ``(..., n_features)``."""
    W_out: Array | None = None
    """Output weights, shape ``(..., n_features, n_hidden)``, for ``untied`` alone."""
    b_hidden: Array | None = None
    """Biases of the neurons, shape ``(..., n_hidden)``, where the problem has them."""

    def map(self, change: Callable[[Array], Array]) -> Weights:
        """``change`` applied to each array that is there."""
        return Weights(*(None if array is None else change(array) for array in self))  # pyright: ignore[reportArgumentType]

    @classmethod
    def together(cls, parts: list[Weights], join: Callable[[list[Array]], Array]) -> Weights:
        """Several as one: ``join`` is given each array's parts, as `numpy.stack` wants them."""
        columns = zip(*parts, strict=True)
        return cls(*(None if arrays[0] is None else join(list(arrays)) for arrays in columns))  # pyright: ignore[reportArgumentType]
