"""A wheel is built without Node or network, and holds the package and nothing else."""

import sys
import zipfile
from pathlib import Path

import pytest

from .repository import ROOT, STATIC, run, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), PATH="")
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.fixture(scope="module")
def wheel_files(wheel: zipfile.ZipFile) -> set[str]:
    return set(wheel.namelist())


def test_the_wheel_holds_every_file_of_the_package(wheel_files: set[str]) -> None:
    assert {str(path.relative_to(ROOT)) for path in tracked("tms_widgets")} <= wheel_files
    assert "tms_widgets/py.typed" in wheel_files


def test_the_wheel_holds_the_built_front_end(wheel_files: set[str]) -> None:
    built = {str(path.relative_to(ROOT)) for path in STATIC.glob("*.js")}
    assert built
    assert built <= wheel_files


def test_the_wheel_holds_nothing_else(wheel_files: set[str]) -> None:
    assert {name.partition("/")[0] for name in wheel_files} == {"tms_widgets", "tms_widgets-0.1.0.dist-info"}
    assert "tms_widgets-0.1.0.dist-info/licenses/LICENSE" in wheel_files
    assert not [name for name in wheel_files if "/test" in name or name.endswith((".ts", ".pyc"))]


def test_the_installed_package_draws_without_the_repository(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    program = "import tms_widgets as t; t.WeightMatrix([[1.0, 0.5]]); print(t.__file__, t.__version__)"
    said = run(sys.executable, "-c", program, cwd=tmp_path, PYTHONPATH=str(tmp_path)).stdout
    assert said.split() == [str(tmp_path / "tms_widgets" / "__init__.py"), "0.1.0"]
