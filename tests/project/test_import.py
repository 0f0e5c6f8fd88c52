"""The package opens at once: nothing heavy is imported before it is used."""

import sys

import pytest

import tms_widgets

from .repository import pyproject, run

HEAVY = {"anywidget", "ipywidgets", "IPython", "numba", "numpy", "safetensors", "torch", "traitlets"}


def modules_after(statement: str) -> set[str]:
    """Names of the top-level modules that a fresh interpreter has loaded after `statement`."""
    program = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(run(sys.executable, "-c", program).stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = modules_after("import tms_widgets")
    assert "tms_widgets" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("statement", ["import tms_widgets.core.problem", "from tms_widgets import Problem"])
def test_stating_a_problem_needs_neither_torch_nor_a_notebook(statement: str) -> None:
    assert modules_after(statement) & HEAVY <= {"numpy"}


@pytest.mark.parametrize("layer", ["measures", "theory"])
def test_measures_and_theory_need_only_numpy(layer: str) -> None:
    assert modules_after(f"import tms_widgets; tms_widgets.{layer}") & HEAVY <= {"numpy"}


@pytest.mark.parametrize("name", tms_widgets.__all__)
def test_every_public_name_exists_and_is_listed(name: str) -> None:
    assert getattr(tms_widgets, name).__doc__
    assert name in dir(tms_widgets)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Explorerer'"):
        tms_widgets.Explorerer  # noqa: B018


def test_the_version_is_the_one_in_pyproject() -> None:
    assert tms_widgets.__version__ == pyproject()["project"]["version"]
