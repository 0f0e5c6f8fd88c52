"""Writes measures.json: weights and their measures, which the Python and the front-end tests both read.

Run `python -m tests.vectors.make` after a deliberate change of a measure.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tms_widgets import measures

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


def document() -> dict[str, Any]:
    return {"cases": [case(name, W) for name, W in weights().items()]}


if __name__ == "__main__":
    PATH.write_text(json.dumps(document(), indent=1) + "\n", encoding="utf-8")
