"""Writes measures.json: weights and their measures, which the Python and the front-end tests both read.

Run `python -m tests.vectors.make` after a deliberate change of a measure.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tms_widgets import measures
from tms_widgets.measures.neurons import DEAD, STRONG

PATH = Path(__file__).with_name("measures.json")


def weights() -> dict[str, np.ndarray]:
    """One W of shape (n_hidden, n_features) a case."""
    rng = np.random.default_rng(20220914)
    angles = 2 * np.pi * np.arange(5) / 5
    with_zero_column = rng.normal(size=(3, 4))
    with_zero_column[:, 2] = 0
    decayed = rng.normal(size=(5, 20)) * 0.9 ** np.arange(20) / np.sqrt(5)
    return {
        "one hidden dimension": np.array([[1.0, -0.9, 0.25]]),
        "antipodal pairs": np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]]),
        "pentagon": np.stack([np.cos(angles), np.sin(angles)]),
        "a column of zeros": with_zero_column,
        "random": rng.normal(size=(3, 6)),
        "20 features in 5 dimensions": decayed,
    }


def case(name: str, W: np.ndarray) -> dict[str, Any]:
    """All measures of one W, as lists; `b` rides along for readers that decode whole models."""
    return {
        "name": name,
        "W": W.tolist(),
        "b": np.linspace(-0.5, 0.25, W.shape[1]).tolist(),
        "feature_norms": measures.feature_norms(W).tolist(),
        "interference": measures.interference(W).tolist(),
        "feature_dimensionality": measures.feature_dimensionality(W).tolist(),
        "dimensions_per_feature": float(measures.dimensions_per_feature(W)),
        "gram": measures.gram(W).tolist(),
    }


def neurons() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """W and W_out of models with neurons: each is read as tied weights (W alone) and as both."""
    rng = np.random.default_rng(20220915)
    absolute = np.array([[2.0, 0.0], [-0.5, 0.0], [0.0, 1.0], [0.0, -1.0]])
    with_dead = rng.normal(size=(6, 9)) * (rng.random((6, 9)) < 0.4)
    with_dead[2] = 0
    with_dead[4] *= 1e-3
    return {
        "the absolute values of two features": (absolute, np.abs(absolute.T) / [4, 0.25, 1, 1]),
        "dead neurons": (with_dead, rng.normal(size=(9, 6)) * (rng.random((9, 6)) < 0.5)),
        "random": (rng.normal(size=(5, 10)), rng.normal(size=(10, 5))),
        "nothing at all": (np.zeros((2, 3)), np.zeros((3, 2))),
    }


def neuron_case(name: str, W: np.ndarray, W_out: np.ndarray) -> dict[str, Any]:
    """All measures of neurons that the front end repeats."""
    scaled, scaled_out = measures.rescaled(W, W_out)
    return {
        "name": name,
        "W": W.tolist(),
        "W_out": W_out.tolist(),
        "features_tied": measures.features_of_neurons(W).astype(int).tolist(),
        "features_untied": measures.features_of_neurons(W, W_out).astype(int).tolist(),
        "rescaled_W": scaled.tolist(),
        "rescaled_W_out": scaled_out.tolist(),
        "output_interference": measures.output_interference(W, W_out).tolist(),
        "absolute_gains": measures.absolute_gains(W, W_out).tolist(),
    }


def document() -> dict[str, Any]:
    return {
        "cases": [case(name, W) for name, W in weights().items()],
        "neurons": [neuron_case(name, *both) for name, both in neurons().items()],
        "thresholds": [{"name": "of neurons", "STRONG": STRONG, "DEAD": DEAD}],
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(document(), indent=1) + "\n", encoding="utf-8")
