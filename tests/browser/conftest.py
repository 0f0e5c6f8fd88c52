"""The host page, for tests that look at widgets as a reader does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest
from playwright.sync_api import Browser, BrowserContext

from tms_widgets.core.engines.warm import warm_up
from tms_widgets.widgets.explorer import Explorer

from .explorer_page import WIDE
from .host import Mounted, serve

Mount = Callable[..., Mounted]


@pytest.fixture(scope="session")
def plain_context(browser: Browser) -> BrowserContext:
    """Shared by all tests that ask for nothing special: opening one takes longer than most tests."""
    return browser.new_context()


@pytest.fixture(scope="session")
def host_url() -> Iterator[str]:
    with serve() as url:
        yield url


@pytest.fixture
def mount(browser: Browser, plain_context: BrowserContext, host_url: str) -> Iterator[Mount]:
    """``mount(*widgets, width=600, theme="light", buffers="DataView", **context)`` shows widgets on a page.

    ``theme`` is "light" or "dark" as JupyterLab sets it, or "none" for a page without one. ``context`` goes
    to Playwright (``color_scheme``, ``reduced_motion``, ``forced_colors``, ``device_scale_factor``,
    ``viewport``). An error in the page, or a request for anything but the page itself, fails the test.
    """
    opened, troubles = [], []

    def mount(
        *widgets: ipywidgets.Widget,
        width: int = 600,
        theme: str = "light",
        buffers: str = "DataView",
        **context: Any,
    ) -> Mounted:
        special = browser.new_context(**context) if context else None
        page = (special or plain_context).new_page()
        opened.append(special or page)
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: message.type == "error" and troubles.append(message.text))
        page.goto(host_url)
        if theme != "none":
            page.evaluate("light => { document.body.dataset.jpThemeLight = light }", theme == "light")
        mounted = Mounted(page, widgets, buffers)
        for widget in widgets:
            mounted.view(widget, width)
        return mounted

    yield mount
    for item in opened:
        item.close()
    assert troubles == []


@pytest.fixture(scope="session")
def compiled() -> None:
    """The engines are compiled before a test waits for them."""
    warm_up()


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    widget = Explorer()
    yield widget
    widget.close()


@pytest.fixture
def page_of(explorer: Explorer, mount: Mount) -> Mounted:
    """The page on which ``explorer`` is shown."""
    return mount(explorer, **WIDE)
