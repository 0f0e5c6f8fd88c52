"""Notebooks are committed as their author wrote them: no outputs, no counts, no saved widgets."""

import nbformat
import pytest

from .repository import ROOT, run, tool, tracked

NOTEBOOKS = tracked("*.ipynb")


def test_there_are_notebooks_to_open() -> None:
    assert any(path.parent == ROOT / "notebooks" for path in NOTEBOOKS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_clean(path) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in code] == [[] for _ in code]
    assert {cell.execution_count for cell in code} <= {None}


def test_git_is_told_to_strip_outputs() -> None:
    attributes = run("git", "check-attr", "filter", "--", "notebooks/any.ipynb").stdout
    assert attributes.strip().endswith("filter: nbstripout")
    if NOTEBOOKS:
        run(tool("nbstripout"), "--verify", *map(str, NOTEBOOKS))
