"""The package needs what it imports and no more, and the pinned versions cover all of it."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from itertools import chain

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from .repository import ROOT, pyproject

PROJECT = pyproject()["project"]
REQUIRED = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = {
    name: [Requirement(line) for line in lines] for name, lines in PROJECT["optional-dependencies"].items()
}
# What a Colab machine has: asking for more would make it replace the widgets that its page was built for.
COLAB = {
    "anywidget": "0.9.21",
    "bqplot": "0.12.47",
    "ipywidgets": "7.7.1",
    "numpy": "2.1.3",
    "torch": "2.11.0",
    "traitlets": "5.7.1",
}
# What torch's builds for CUDA bring along; they differ by platform, and torch pins them itself.
PART_OF_CUDA = re.compile(r"cuda-|nvidia-|triton")
# numba brings the one llvmlite that fits it.
PART_OF_NUMBA = {"llvmlite"}


def imported() -> set[str]:
    """Top-level names that the package's own files import, other than itself and the standard library."""
    names: set[str] = set()
    for path in (ROOT / "tms_widgets").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"tms_widgets"}


def test_the_dependency_list_is_the_one_we_agreed_on() -> None:
    """A new dependency is a decision: change this list in the same commit, and say why."""
    assert sorted(requirement.name for requirement in REQUIRED) == [
        "anywidget", "h5netcdf", "ipywidgets", "numba", "numpy", "safetensors", "threadpoolctl", "torch",
        "tqdm", "traitlets", "xarray",
    ]  # fmt: skip
    assert sorted(EXTRAS) == ["all", "charts", "cluster", "docs", "lab", "test", "volume"]


def test_everything_imported_is_asked_for_and_everything_asked_for_is_imported() -> None:
    providers = packages_distributions()
    used = {canonicalize_name(owner) for name in imported() - PART_OF_NUMBA for owner in providers[name]}
    extras = chain(EXTRAS["charts"], EXTRAS["cluster"], EXTRAS["volume"])
    optional = {canonicalize_name(entry.name) for entry in extras}
    assert used - optional == {canonicalize_name(requirement.name) for requirement in REQUIRED}


@pytest.mark.parametrize("requirement", [*REQUIRED, *chain(*EXTRAS.values())], ids=str)
def test_bounds_are_lower_bounds_only(requirement: Requirement) -> None:
    operators = {bound.operator for bound in requirement.specifier}
    assert operators == (set() if requirement.name == "tms-widgets" else {">="})


def test_a_colab_machine_needs_no_upgrade() -> None:
    asked = {requirement.name: requirement.specifier for requirement in [*REQUIRED, *EXTRAS["charts"]]}
    assert {name for name, version in COLAB.items() if version not in asked[name]} == set()
    assert "3.13" in SpecifierSet(PROJECT["requires-python"])


def pinned() -> dict[str, Version]:
    """The versions in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pins}


def needed(requirements: list[Requirement], seen: set[tuple[str, frozenset[str]]]) -> Iterator[Requirement]:
    """Every requirement that installing `requirements` on this machine leads to, directly or not."""
    for requirement in requirements:
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        if requirement.name == "tms-widgets":
            yield from needed([entry for extra in requirement.extras for entry in EXTRAS[extra]], seen)
            continue
        yield requirement
        yield from needed(list(children(requirement)), seen)


def children(requirement: Requirement) -> Iterator[Requirement]:
    """What an installed distribution asks for here, with the extras that were asked of it."""
    try:
        lines = distribution(requirement.name).requires or []
    except PackageNotFoundError as error:
        raise AssertionError(f"{requirement.name} is not installed: run `make test`.") from error
    for line in lines:
        child = Requirement(line)
        marker = child.marker
        if PART_OF_CUDA.match(child.name):
            continue
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ["", *requirement.extras]):
            yield child


def test_the_pins_name_everything_and_satisfy_every_bound() -> None:
    pins = pinned()
    closure = list(needed([*REQUIRED, *EXTRAS["test"]], set()))
    assert {entry.name for entry in closure if canonicalize_name(entry.name) not in pins} == set()
    refused = [str(entry) for entry in closure if pins[canonicalize_name(entry.name)] not in entry.specifier]
    assert refused == []


def test_the_pins_name_nothing_else() -> None:
    closure = needed([*REQUIRED, *EXTRAS["test"]], set())
    assert set(pinned()) == {canonicalize_name(entry.name) for entry in closure}
