"""Every notebook runs from top to bottom without a front end, and asserts its own claims."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TIMEOUT_S = 300


def test_the_course_is_there():
    assert [path.name[:3] for path in NOTEBOOKS] == ["00_", "03_"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_headless(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=TIMEOUT_S, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    # the claims were printed, and a sentence and a picture stand in for each widget
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "✓" in printed
    assert "✗" not in printed
    shown = [
        output.data
        for output in outputs
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert shown
    ours = [item for item in shown if "image/svg+xml" in item]
    assert ours
    assert all("features" in item["text/plain"] for item in ours)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_in_colab_and_installs_without_touching_what_is_there(path):
    notebook = nbformat.read(path, as_version=4)
    assert f"colab.research.google.com/github/tms-widgets/tms_widgets/blob/main/notebooks/{path.name}" in (
        notebook.cells[0].source
    )
    install = notebook.cells[1].source
    pips = [line for line in install.splitlines() if "%pip" in line]
    assert pips
    assert all("--no-deps" in line and "--upgrade" not in line for line in pips)
