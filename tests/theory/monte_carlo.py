"""Losses by plain sampling: what the closed forms are held against."""

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
