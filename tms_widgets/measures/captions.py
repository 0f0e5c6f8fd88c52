"""One sentence that says what a picture of a model shows."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from .arrays import as_one_model
from .geometry import geometry, plural
from .superposition import represented


class Described(Protocol):
    """What a caption needs to know of a problem."""

    @property
    def n_features(self) -> int:
        """The number of features, n."""
        ...

    @property
    def n_hidden(self) -> int:
        """The number of hidden dimensions, m."""
        ...

    @property
    def has_neurons(self) -> bool:
        """Whether the hidden layer has a ReLU."""
        ...

    @property
    def free_basis(self) -> bool:
        """Whether the hidden basis means nothing, so that the shape the features form says everything."""
        ...


def describe(problem: Described, W: ArrayLike, loss: float, n_seeds: int, *, data: str = "") -> str:
    """The caption: *5 features in 2 dimensions: a regular pentagon; loss 0.0123; best of 8 seeds*.

    A model with neurons in its hidden layer (``relu_hidden``, ``untied``), or with a penalty on its hidden
    activations, has a privileged basis; there the angles between features are not the story, and the caption
    counts the represented features instead.

    Parameters
    ----------
    problem : Problem
        Or anything with ``n_features``, ``n_hidden``, ``has_neurons`` and ``free_basis``.
    W : array, shape (n_hidden, n_features)
    loss : float
        The loss of this model.
    n_seeds : int
        How many models it is the best of.
    data : str, default ""
        What is special about the features, such as *3 correlated sets of 2*; in brackets behind their number.
    """
    weights = as_one_model(W)
    n, m = problem.n_features, problem.n_hidden
    space = f"{m} {plural('neuron' if problem.has_neurons else 'dimension', m)}"
    if problem.free_basis:
        shape = _with_article(geometry(weights).name)
    else:
        count = int(np.count_nonzero(represented(weights)))
        shape = f"{count} of them represented"
    seeds = "one seed" if n_seeds == 1 else f"best of {n_seeds} seeds"
    special = f" ({data})" if data else ""
    return f"{n} {plural('feature', n)}{special} in {space}: {shape}; loss {loss:.3g}; {seeds}"


def _with_article(name: str) -> str:
    """``a regular pentagon``, ``an octagon``; lists, and what already has an article, stay as they are."""
    if name[0].isdigit() or name.split()[0] in ("a", "two", "three", "nothing"):
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
