"""Each layer knows only the ones before it, and the rule that says so can fail."""

import shutil
from pathlib import Path

import pytest

from .repository import ROOT, attempt, run, tool


def test_the_layers_hold() -> None:
    assert "0 broken" in run(tool("lint-imports"), "--no-cache").stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/problem.py", "import tms_widgets.measures"),
        ("measures/__init__.py", "import tms_widgets.theory"),
        ("theory/__init__.py", "import torch"),
        ("paper/__init__.py", "import ipywidgets"),
    ],
)
def test_a_forbidden_import_is_noticed(module: str, line: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tms_widgets", tmp_path / "tms_widgets")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "tms_widgets" / module).open("a") as file:
        file.write(f"\n{line}\n")
    done = attempt(tool("lint-imports"), "--no-cache", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
