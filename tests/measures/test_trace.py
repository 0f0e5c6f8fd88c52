"""One input through a model: the parts sum to the whole, and the whole is what the core computes."""

import json
import random

import numpy as np
import pytest

from tests.vectors import traces
from tms_widgets import measures
from tms_widgets.core import Problem, SettingError
from tms_widgets.core.evaluation import activated, before_output
from tms_widgets.core.weights import Weights

KINDS = traces.problems()


@pytest.fixture
def seed():
    """A fresh one each time; a failure shows it."""
    return random.SystemRandom().randrange(10**6)


def model_of(problem, rng):
    n, m = problem.n_features, problem.n_hidden
    return {
        "W": rng.normal(size=(m, n)),
        "b": rng.normal(size=n) / 3,
        "W_out": rng.normal(size=(n, m)) if problem.architecture == "untied" else None,
        "b_hidden": rng.normal(size=m) if problem.hidden_bias else None,
    }


@pytest.mark.parametrize("name", KINDS)
def test_every_number_is_accounted_for(name, seed):
    rng = np.random.default_rng(seed)
    problem = KINDS[name]
    model = model_of(problem, rng)
    x = rng.uniform(problem.value_range[0], 1.0, problem.n_features) * (rng.random(problem.n_features) < 0.6)
    found = measures.trace(problem, x=x, **model)
    assert found.active == tuple(np.flatnonzero(x))
    np.testing.assert_allclose(found.contributions.sum(axis=1) + found.constant, found.s, atol=1e-12)
    assert not found.contributions[:, x == 0].any()
    weights = Weights(*(None if array is None else array[None] for array in model.values()))  # pyright: ignore[reportArgumentType]
    hidden, s = before_output(x[None], weights, problem.has_neurons)
    np.testing.assert_allclose(found.h, hidden[0, 0], atol=1e-6)
    np.testing.assert_allclose(found.output, activated(problem.activation, s)[0, 0], atol=1e-5)
    wanted = np.abs(x) if problem.architecture == "untied" else x
    cost = problem.importance_vector * (found.output - wanted) ** 2
    assert found.loss == pytest.approx(cost.sum() + problem.l1 * np.abs(found.h).sum())


def test_a_feature_alone_contributes_its_products(seed):
    W = np.random.default_rng(seed).normal(size=(3, 6))
    found = measures.trace("relu_output", W, np.zeros(6), 0.5 * np.eye(6)[2])
    np.testing.assert_allclose(found.contributions[:, 2], 0.5 * measures.gram(W)[:, 2])
    assert found.on.all()
    assert measures.trace("linear", W, np.zeros(6), np.eye(6)[2]).output.min() < 0


def test_the_stored_traces_are_what_python_says_today():
    stored, fresh = json.loads(traces.PATH.read_text(encoding="utf-8")), traces.document()
    assert [case["name"] for case in stored["cases"]] == [case["name"] for case in fresh["cases"]]
    for old, new in zip(stored["cases"], fresh["cases"], strict=True):
        for key, value in new["trace"].items():
            np.testing.assert_allclose(old["trace"][key], value, rtol=1e-12, atol=1e-12, err_msg=key)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"x": [1.0]}, "x has the shape"),
        ({"x": [1.0, np.nan]}, "finite"),
        ({"x": ["a", "b"]}, "not an array of numbers"),
        ({"W_out": np.eye(2)}, "decodes with Wᵀ"),
        ({"b_hidden": [0.0]}, "has no neurons"),
        ({"problem": "untied"}, "pass W_out too"),
        ({"problem": "untied", "W_out": np.eye(2)}, "W needs"),
        ({"problem": "relu"}, "did you mean"),
        ({"problem": Problem(3, 1)}, "they must agree"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_does_not_fit_is_said(settings, words):
    given = {"problem": "relu_output", "W": [[1.0, -1.0]], "b": [0.0, 0.0], "x": [1.0, 0.0], **settings}
    with pytest.raises(SettingError, match=words):
        measures.trace(**given)
