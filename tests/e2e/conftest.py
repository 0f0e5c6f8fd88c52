"""One JupyterLab for all these tests, and a fresh page, notebook and kernel for each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tms_widgets.core.engines.warm import warm_up

from ..chromium import CHROMIUM, FLAGS
from .lab import SECONDS, Lab, Notebook, jupyterlab

OpenNotebook = Callable[..., Notebook]
WEBGL = [
    *(flag for flag in FLAGS if flag != "--disable-gpu"),
    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    warm_up()  # or the first kernel shows drafts while it compiles
    with jupyterlab(tmp_path_factory.mktemp("jupyterlab")) as lab:
        yield lab


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Shared, so that JupyterLab's own files are loaded once."""
    context = browser.new_context(viewport={"width": 1400, "height": 1150})
    context.set_default_timeout(1000 * SECONDS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, lab: Lab) -> Iterator[Page]:
    """A page; an error in it, or a request that leaves this computer, fails the test."""
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))

    def refuse(route: Route) -> None:
        troubles.append(route.request.url)
        route.abort()

    page.route(lambda url: not url.startswith((f"{lab.url}/", "data:", "blob:")), refuse)
    yield page
    page.close()
    lab.end_kernels()
    assert troubles == []


@pytest.fixture
def webgl_page(browser: Browser, lab: Lab) -> Iterator[Page]:
    """A page of a browser that imitates a graphics card."""
    other = browser.browser_type.launch(executable_path=CHROMIUM, headless=True, args=WEBGL)
    page = other.new_page(viewport={"width": 1300, "height": 1100})
    page.set_default_timeout(1000 * SECONDS)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    other.close()
    lab.end_kernels()
    assert troubles == []


@pytest.fixture
def notebook(page: Page, lab: Lab, request: pytest.FixtureRequest) -> OpenNotebook:
    """``notebook(*cells)`` writes a notebook of these cells and opens it."""

    def notebook(*cells: str) -> Notebook:
        return lab.open(page, lab.write(f"{request.node.name}.ipynb", *cells))

    return notebook


@pytest.fixture
def seed() -> int:
    """A fresh one each time; a failure shows it in the cell's source."""
    return random.SystemRandom().randrange(10**6)
