"""What the neurons of one frame do: their weights as they are drawn, and what each of them stands for."""

from __future__ import annotations

import dataclasses
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..measures.neurons import DEAD, STRONG
from .film import Film

Array = NDArray[np.float64]

KINDS = ("monosemantic", "polysemantic", "dead")


@dataclasses.dataclass(frozen=True, eq=False)
class Neurons:
    """The weights of one frame, neuron by neuron.

    Attributes
    ----------
    W : array, shape (m, n)
        From features to neurons; of untied models scaled by `measures.rescaled`.
    W_out : array, shape (n, m), or None
        From neurons to outputs, scaled inversely; None where it is W transposed.
    """

    W: Array
    W_out: Array | None

    @classmethod
    def of(cls, film: Film, frame: int) -> Neurons:
        """The neurons of a frame of a film."""
        W = film.W[frame].astype(np.float64)
        if film.W_out is None:
            return cls(W, None)
        return cls(*measures.rescaled(W, film.W_out[frame].astype(np.float64)))

    @cached_property
    def features(self) -> NDArray[np.bool_]:
        """Which features each neuron stands for, shape (m, n)."""
        return measures.features_of_neurons(self.W, self.W_out)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """For every neuron one of `KINDS`."""
        return tuple(KINDS[0] if k == 1 else KINDS[1] if k > 1 else KINDS[2] for k in self.counts)

    @property
    def counts(self) -> list[int]:
        """The number of features that each neuron stands for."""
        return self.features.sum(axis=1).tolist()

    @cached_property
    def disturbed(self) -> Array:
        """Interference of every feature: in the hidden layer if tied, otherwise at the outputs."""
        if self.W_out is None:
            return measures.interference(self.W)
        return measures.output_interference(self.W, self.W_out)

    @property
    def decoder(self) -> Array:
        """From neurons to outputs, shape (n, m), tied or not."""
        return self.W.T if self.W_out is None else self.W_out

    @property
    def words(self) -> str:
        """*3 of 5 neurons monosemantic, 1 polysemantic, 1 dead*, and by which threshold."""
        mono, poly, dead = (self.kinds.count(kind) for kind in KINDS)
        m = len(self.W)
        weight = "W_ai" if self.W_out is None else "|W_ai|"
        return (
            f"{mono} of {m} neuron{'s' * (m != 1)} monosemantic, {poly} polysemantic, {dead} dead "
            f"(a neuron stands for features with {weight} above {STRONG:g} of its largest, "
            f"and is dead at {DEAD:g} of the strongest neuron's)"
        )
