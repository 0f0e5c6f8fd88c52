"""Losses by plain sampling: what the closed forms are held against."""

from itertools import product

import numpy as np

from tms_widgets.core.evaluation import activated


def losses(x, W, b, importance, activation="relu"):
    """The loss on each input."""
    return np.square(activated(activation, x @ (W.T @ W) + b) - x) @ importance


def sampled(W, b, density, importance, count, rng, activation="relu", value_range=(0.0, 1.0)):
    """The mean loss over inputs drawn as the paper defines them, and its standard error."""
    shape = (count, W.shape[-1])
    x = rng.uniform(*value_range, shape) * (rng.random(shape) < density)
    loss = losses(x, W, b, importance, activation)
    return loss.mean(), loss.std() / np.sqrt(count)


def sampled_by_set(W, b, density, importance, rng, count=30_000):
    """The mean loss with about ``count`` samples of every active set, weighted by its probability.

    They are spread evenly, one at random in each cell of a grid. That is far surer than plain sampling, in
    which inputs with several active features are rare besides.
    """
    n = W.shape[-1]
    side = round(count ** (1 / n))
    cells = np.stack(np.meshgrid(*[np.arange(side)] * n), axis=-1).reshape(-1, n)
    values = (cells + rng.random(cells.shape)) / side
    return sum(
        np.where(active, density, 1.0 - density).prod()
        * losses(values * np.array(active), W, b, importance).mean()
        for active in product((False, True), repeat=n)
    )
