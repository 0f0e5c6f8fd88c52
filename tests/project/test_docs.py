"""The site can be built without a warning, holds every public name, and none of its links leads nowhere."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import tms_widgets

from .repository import ROOT, run


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without running the notebooks, which other tests do; warnings are errors."""
    built = tmp_path_factory.mktemp("site")
    run(
        sys.executable, "-m", "sphinx", "-q", "-b", "html", "-W", "--keep-going", "-d", f"{built}/.doctrees",
        str(ROOT / "docs"), str(built), TMS_DOCS_RUN="0",
    )  # fmt: skip
    return built


class Page(HTMLParser):
    """Where a page leads to, and what can be led to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            if (tag, name) in {("a", "href"), ("img", "src"), ("link", "href"), ("script", "src")} and value:
                self.links.append(value)


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    pages = {path: Page(path) for path in site.rglob("*.html")}
    assert len(pages) > 20
    lost = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            anchor = unquote(parts.fragment)
            if not target.is_file() or (anchor and target in pages and anchor not in pages[target].anchors):
                lost.append(f"{path.relative_to(site)}: {link}")
    assert lost == []


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    anchors = set().union(*(Page(path).anchors for path in (site / "api").glob("*.html")))
    wanted = {
        f"tms_widgets.{name}" for name in tms_widgets.__all__ if name not in ("measures", "paper", "theory")
    }
    for module in (tms_widgets.measures, tms_widgets.theory):
        wanted |= {f"{module.__name__}.{name}" for name in module.__all__ if callable(getattr(module, name))}
    assert wanted - anchors == set()


def test_every_notebook_is_a_page_of_the_course(site: Path) -> None:
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks == {path.stem for path in (site / "course").glob("*.html")}
