"""Every notebook runs from top to bottom without a front end, and asserts its own claims."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TIMEOUT_S = 300


def test_the_course_is_there():
    names = "00_ 03_ 03b 04_ 05_ 06_ 07_ 08_ 09_ 10_ 11_ 12_ 13_ 14_ 15_ 16_ 17_"
    assert [path.name[:3] for path in NOTEBOOKS] == names.split()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_headless(path, tmp_path, monkeypatch):
    """With the quick twins of the longest experiments; their claims are the same."""
    monkeypatch.setenv("TMS_QUICK", "1")
    run_headless(path, tmp_path)


@pytest.mark.paper
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_headless_in_full(path, tmp_path):
    run_headless(path, tmp_path)


def run_headless(path, tmp_path):
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
    assert all(re.search(r"features|n = \d|minimum", item["text/plain"]) for item in ours)


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


EXERCISES = [(path, letter) for path in NOTEBOOKS if path.name[:3] not in ("00_", "03_") for letter in "ABC"]


@pytest.mark.filterwarnings("ignore:metadata .* was set from the constructor:DeprecationWarning")  # bqplot's
@pytest.mark.parametrize(("path", "letter"), EXERCISES, ids=lambda part: getattr(part, "stem", part))
def test_an_exercise_knows_its_solution(path, letter, capsys):
    """The check below an exercise takes the printed solution and nothing else."""
    cells = nbformat.read(path, as_version=4).cells
    (check,) = (i for i, cell in enumerate(cells) if f'print("{letter}: not answered yet")' in cell.source)
    names = {}
    exec(cells[2].source, names)  # the imports

    exec(cells[check - 1].source, names)
    exec(cells[check].source, names)
    assert capsys.readouterr().out.strip() == f"{letter}: not answered yet"

    solution = re.search(r"```python\n(.+?)```", cells[check + 1].source, re.DOTALL).group(1)
    exec(solution, names)
    exec(cells[check].source, names)
    assert f"{letter} ✓" in capsys.readouterr().out

    name = next(iter(re.findall(r"^(?:def )?(\w+)", solution)))
    names[name] = wrong(names[name])
    exec(cells[check].source, names)
    assert "✓" not in capsys.readouterr().out


def wrong(answer: Any):
    """An answer of the same kind that is not the right one."""
    if callable(answer):
        return lambda *given: 0.5 * answer(*given)  # pyright: ignore[reportOperatorIssue]
    if isinstance(answer, dict):
        return {"activation": "linear"}
    if isinstance(answer, list):
        return answer[:-1]
    return 2 * answer if isinstance(answer, int) else answer / 2
