"""What the README and the contributors' page tell a reader to run exists."""

import re

import pytest

from .repository import ROOT, run

PAGES = ["README.md", "CONTRIBUTING.md"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_the_two_commands(page: str) -> None:
    text = (ROOT / page).read_text()
    assert "make lab" in text
    assert "make test" in text


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_on_a_page_exists(page: str) -> None:
    named = re.findall(r"`make ([a-z]+)|^\s*make ([a-z]+)$", (ROOT / page).read_text(), re.MULTILINE)
    listed = set(re.findall(r"^make (\w+)", run("make", "--no-print-directory", "help").stdout, re.MULTILINE))
    assert {quoted or alone for quoted, alone in named} <= listed


def test_the_whole_suite_is_one_command() -> None:
    assert "make --no-print-directory test" in (ROOT / ".ci" / "run").read_text()
    plan = run("make", "--dry-run", "test").stdout
    steps = ["ruff check", "basedpyright", "lint-imports", "npm run --silent check", "npm test", "-m pytest"]
    positions = [plan.index(step) for step in steps]
    assert positions == sorted(positions)
