"""Notebooks are committed as their author wrote them: no outputs, no counts, no saved widgets."""

import nbformat

from .repository import ROOT, attempt, run, tool, tracked

NOTEBOOKS = tracked("*.ipynb")


def test_there_are_notebooks_to_open() -> None:
    assert any(path.parent == ROOT / "notebooks" for path in NOTEBOOKS)


def test_notebooks_are_valid_and_clean() -> None:
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert "widgets" not in notebook.metadata, path
        for cell in notebook.cells:
            assert not cell.get("outputs"), (path, cell.source)
            assert cell.get("execution_count") is None, (path, cell.source)


def test_git_is_told_to_strip_outputs() -> None:
    attributes = run("git", "check-attr", "filter", "--", "notebooks/any.ipynb").stdout
    assert attributes.strip().endswith("filter: nbstripout")
    verdict = attempt(tool("nbstripout"), "--verify", *map(str, NOTEBOOKS))
    assert verdict.returncode == 0, f"run `.venv/bin/nbstripout notebooks/*.ipynb`: {verdict.stdout}"
