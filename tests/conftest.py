"""What holds for every test, and the browser that some of them share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from .chromium import chromium

# How long an example takes depends on who else uses the machine, and says nothing about whether it is right.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

PAGES = {"browser", "e2e"}
"""Folders whose tests share a browser: one process runs them, while another does the rest."""
ALONE = {"notebooks"}
"""Folders whose tests share nothing; those of another file share what it sets up."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folders = set(Path(item.path).parts)
        if not ALONE & folders:
            group = "pages" if PAGES & folders else str(item.path)
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
