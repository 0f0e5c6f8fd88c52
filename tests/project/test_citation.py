"""CITATION.cff says what to cite: the software, and the paper that it illustrates."""

import yaml

from .repository import ROOT, pyproject

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())


def test_the_software_can_be_cited() -> None:
    assert {"cff-version", "message", "title", "authors", "license"} <= set(CITATION)
    assert CITATION["type"] == "software"
    assert CITATION["license"] == pyproject()["project"]["license"]


def test_the_paper_is_the_reference() -> None:
    (paper,) = CITATION["references"]
    assert paper["title"] == "Toy Models of Superposition"
    assert paper["year"] == 2022
    assert paper["authors"][0] == {"given-names": "Nelson", "family-names": "Elhage"}
    assert len(paper["authors"]) == 16
