"""Problem: what it accepts, what it refuses, and in which words."""

import json
import math
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets.core import Problem, SettingError


def test_sparsity_and_density_are_two_names_of_one_setting():
    assert Problem(5, 2, sparsity=0.95).density == 0.05
    assert Problem(5, 2, density=0.05).sparsity == 0.95
    assert Problem(2, 1, sparsity=[0.0, 0.9]).density == (1.0, 0.1)
    assert Problem(5, 2).density == 1.0


def test_importance_is_a_decay_or_a_vector():
    assert np.allclose(Problem(4, 2, importance=0.5).importance_vector, [1, 0.5, 0.25, 0.125])
    assert np.allclose(Problem(3, 2, importance=[1, 0, 10]).importance_vector, [1, 0, 10])
    assert Problem(3, 2, importance=np.array([1.0, 2.0, 3.0])).importance == (1.0, 2.0, 3.0)


def test_the_absolute_value_network_sees_both_signs():
    assert Problem(3, 6, architecture="untied").value_range == (-1.0, 1.0)
    assert Problem(3, 6).replace(architecture="untied").value_range == (-1.0, 1.0)
    assert Problem(3, 6, value_range=(-1, 1)).replace(architecture="untied").value_range == (-1.0, 1.0)


def test_a_linear_output_is_an_architecture_of_its_own():
    assert Problem(2, 1, activation="linear") == Problem(2, 1, architecture="linear")
    swept = [Problem(2, 1).replace(activation=name) for name in ("relu", "gelu", "linear")]
    assert [p.architecture for p in swept] == ["relu_output", "relu_output", "linear"]
    assert swept[2].replace(activation="gelu") == swept[1]
    assert swept[2].replace(architecture="relu_output") == swept[0]
    assert Problem(2, 1, architecture="untied", activation="linear").architecture == "untied"


def test_what_only_neurons_have_goes_with_them():
    neurons = Problem(4, 6, architecture="relu_hidden", hidden_bias=True)
    assert neurons.replace(architecture="untied").hidden_bias
    assert not neurons.replace(architecture="relu_output").hidden_bias
    assert [p.has_neurons for p in (neurons, Problem(4, 2))] == [True, False]
    assert [p.free_basis for p in (neurons, Problem(4, 2), Problem(4, 2, l1=0.1))] == [False, True, False]


def test_a_problem_is_the_same_key_in_every_process():
    problem = Problem(5, 2, importance=[1, 2, 3, 4, 5], activation="gelu")
    code = "import pickle, sys; p = pickle.load(sys.stdin.buffer); assert {p: 1}[type(p)(**p.to_dict())]"
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code], input=pickle.dumps(problem), env=environment, check=True)


settings = st.builds(
    dict,
    n_features=st.integers(1, 40),
    n_hidden=st.integers(1, 40),
    importance=st.floats(0.01, 1.0),
    density=st.floats(1e-6, 1.0),
    architecture=st.sampled_from(["linear", "relu_output", "relu_hidden", "untied"]),
    bias=st.booleans(),
    l1=st.floats(0, 10),
)


@given(settings)
def test_a_problem_survives_json_and_is_a_value(chosen):
    problem = Problem(**chosen)
    again = Problem.from_dict(json.loads(json.dumps(problem.to_dict())))
    assert again == problem
    assert hash(again) == hash(problem)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_features": -1}, "n_features=-1 is outside 1 to 10000; the nearest that works is 1."),
        ({"n_features": math.nan}, "n_features=nan is not a whole number"),
        ({"n_features": True}, "n_features=True is not a whole number"),
        ({"n_features": "5"}, "n_features='5' is not a whole number"),
        ({"n_features": 10**40}, "the nearest that works is 10000"),
        ({"n_hidden": 0}, "the nearest that works is 1"),
        ({"n_hidden": 2.0}, "n_hidden=2.0 is not a whole number"),
        ({"sparsity": 1}, "no feature is ever active, so there is no data"),
        ({"sparsity": True}, "sparsity=True is not a number"),
        ({"sparsity": -0.1}, "the nearest is 0"),
        ({"density": 0}, "the nearest is 1e-06"),
        ({"density": math.nan}, "density is not a number (NaN)"),
        ({"density": 10**400}, "the nearest is 1"),
        ({"density": math.inf}, "the nearest is 1"),
        ({"density": [0.1, 0.2]}, "density has 2 entries but there are 5 features"),
        ({"density": [0.1, 0.2, 0.3, "x", 1]}, "density[3]='x' is not a number"),
        ({"density": 0.1, "sparsity": 0.9}, "pass only one"),
        ({"importance": 2}, "the nearest is 1"),
        ({"importance": [1, 2]}, "importance has 2 entries but there are 5 features"),
        ({"importance": [0] * 5}, "nothing would be learned"),
        ({"importance": [1, 1, 1, 1, -1]}, "importance[4]=-1 is not allowed"),
        ({"architecture": "relu"}, "did you mean 'relu_output'?"),
        ({"architecture": 7}, "architecture=7 is unknown"),
        ({"features": "correlated"}, "needs set_size"),
        ({"features": "correlated", "set_size": 2}, "the nearest that does is 1"),
        ({"set_size": 5}, "features are independent"),
        ({"features": "correlated", "set_size": 5, "density": [0.1, 0.1, 0.1, 0.1, 0.2]}, "one density"),
        ({"value_range": (0, 2)}, "use (0, 1) or (-1, 1)"),
        ({"activation": "sigmoid"}, "activation='sigmoid' is unknown"),
        ({"architecture": "linear", "activation": "gelu"}, "the linear architecture has none"),
        ({"bias": 1}, "bias=1 is not True or False"),
        ({"hidden_bias": True}, "needs neurons, and relu_output has none"),
        ({"l1": -0.1}, "l1=-0.1 is not allowed"),
        ({"l1": math.nan}, "l1 is not a number (NaN)"),
    ],
)
def test_a_bad_setting_gets_one_sentence(changes, words):
    with pytest.raises(SettingError) as caught:
        Problem(**({"n_features": 5, "n_hidden": 2} | changes))
    message = str(caught.value)
    assert words in message
    assert message.endswith((".", "?)."))
    assert "\n" not in message


def test_from_dict_names_what_is_unknown_or_missing():
    with pytest.raises(SettingError, match="did you mean 'n_features'"):
        Problem.from_dict({"n_feature": 5, "n_hidden": 2})
    with pytest.raises(SettingError, match="lack n_hidden"):
        Problem.from_dict({"n_features": 5})
