"""Writes traces.json: inputs followed through models, which the Python and the front-end tests both read.

Run `python -m tests.vectors.traces` after a deliberate change of `measures.trace`.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tms_widgets import measures
from tms_widgets.core import Problem

PATH = Path(__file__).with_name("traces.json")
NAMES = ("before_hidden", "h", "contributions", "constant", "s", "output", "target", "error", "cost")


def problems() -> dict[str, Problem]:
    """One of every kind of model."""
    return {
        "relu output": Problem(5, 2, importance=0.9, density=0.1),
        "linear": Problem(4, 2, density=0.3, architecture="linear"),
        "gelu": Problem(4, 3, density=0.3, activation="gelu"),
        "squared relu": Problem(3, 1, density=0.3, activation="squared_relu", value_range=(-1, 1)),
        "neurons": Problem(6, 4, density=0.2, architecture="relu_hidden", l1=0.1),
        "neurons with biases": Problem(6, 4, density=0.2, architecture="relu_hidden", hidden_bias=True),
        "absolute value": Problem(3, 6, density=0.5, architecture="untied", hidden_bias=True),
    }


def case(name: str, problem: Problem, rng: np.random.Generator) -> dict[str, Any]:
    """A random model, a random input of which some features are active, and its trace."""
    n, m = problem.n_features, problem.n_hidden
    model = {"W": rng.normal(size=(m, n)), "b": rng.normal(size=n) / 4}
    if problem.architecture == "untied":
        model["W_out"] = rng.normal(size=(n, m))
    if problem.hidden_bias:
        model["b_hidden"] = rng.normal(size=m) / 2
    x = rng.uniform(problem.value_range[0], 1.0, n) * (np.arange(n) % 3 != 1)
    traced = measures.trace(problem, x=x, **model)
    return {
        "name": name,
        "architecture": problem.architecture,
        "activation": problem.activation,
        "importance": problem.importance_vector.tolist(),
        "l1": problem.l1,
        "x": x.tolist(),
        **{key: array.tolist() for key, array in model.items()},
        "trace": {key: getattr(traced, key).tolist() for key in NAMES} | {"loss": traced.loss},
    }


def document() -> dict[str, Any]:
    rng = np.random.default_rng(20220914)
    return {"cases": [case(name, problem, rng) for name, problem in problems().items()]}


if __name__ == "__main__":
    PATH.write_text(json.dumps(document(), indent=1) + "\n", encoding="utf-8")
