"""Binder understands binder/: Python 3.11, this package with its extras, kernels compiled beforehand."""

import os
import re

import pytest

from .repository import ROOT, run, tool


@pytest.fixture(scope="module")
def recipe() -> str:
    """The image recipe that repo2docker would build; writing it needs no Docker."""
    done = run(tool("jupyter-repo2docker"), "--no-build", "--user-id=1000", "--user-name=reader", str(ROOT))
    return done.stdout + done.stderr


def test_binder_reads_our_files_in_the_right_order(recipe: str) -> None:
    install = 'pip install --no-cache-dir -r "binder/requirements.txt"'
    steps = ["COPY --chown=1000:1000 src/ ", install, "RUN ./binder/postBuild"]
    positions = [recipe.index(step) for step in steps]
    assert positions == sorted(positions)


def test_binder_uses_the_python_we_test_with(recipe: str) -> None:
    assert (ROOT / "binder" / "runtime.txt").read_text().strip() == "python-3.11"
    assert "Building conda environment for python=3.11" in recipe


def test_binder_installs_this_package_and_the_pinned_cpu_torch() -> None:
    lines = (ROOT / "binder" / "requirements.txt").read_text().splitlines()
    (pin,) = re.findall(r"^torch==(.*)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert {".[all]", f"torch=={pin}+cpu", "--constraint ../constraints.txt"} <= set(lines)


def test_the_kernels_are_compiled_while_the_image_is_built() -> None:
    script = ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    assert "python -m tms_widgets.core.engines.warm" in script.read_text()
    assert (ROOT / "tms_widgets" / "core" / "engines" / "warm.py").is_file()
