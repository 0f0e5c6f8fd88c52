"""The polyhedron in Notebook 7, and in Voilà, which shows no code: it is drawn and answers the slider."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, Route

from ..chromium import CHROMIUM
from .conftest import WEBGL
from .lab import SECONDS, free_port, running

CELL = """import tms_widgets as tms
volume = tms.Volume(tms.train(tms.Problem(6, 3, density=0.1), n_seeds=2, seed={seed}, n_frames=20))
volume"""
SERVERS = {
    "notebook": (
        "--allow-root", "--ip=127.0.0.1", "--IdentityProvider.token=", "--ServerApp.port_retries=0",
        "--ServerApp.disable_check_xsrf=True", "--JupyterNotebookApp.expose_app_in_browser=True",
    ),
    "voila": ("volume.ipynb", "--Voila.ip=127.0.0.1", "--Voila.port_retries=0"),
}  # fmt: skip
PATHS = {"notebook": "notebooks/volume.ipynb", "voila": ""}
RUN = """async () => {
  await window.jupyterapp.restored;
  const {context} = window.jupyterapp.shell.currentWidget;
  await context.ready;
  await context.sessionContext.ready;
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""


@pytest.fixture
def graphic_page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that imitates a graphics card."""
    other = browser.browser_type.launch(executable_path=CHROMIUM, headless=True, args=WEBGL)
    page = other.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(1000 * SECONDS)
    yield page
    other.close()


@pytest.mark.parametrize("server", SERVERS)
def test_a_polyhedron_is_drawn_and_answers_the_slider(
    graphic_page: Page, tmp_path: Path, seed: int, server: str
) -> None:
    cell = nbformat.v4.new_code_cell(CELL.format(seed=seed))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), tmp_path / "volume.ipynb")
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    elsewhere: list[str] = []

    def refuse(route: Route) -> None:
        elsewhere.append(route.request.url)
        route.abort()

    graphic_page.route(lambda asked: not asked.startswith((url, "data:", "blob:")), refuse)
    log = tmp_path / "server.log"
    with running(tmp_path, log, server, f"--port={port}", "--no-browser", *SERVERS[server]):
        _until_it_answers(url, log)
        graphic_page.goto(url + PATHS[server])
        if server == "notebook":
            graphic_page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context")
            graphic_page.evaluate(RUN)
        figure = graphic_page.locator(".tms-volume-box canvas").first
        graphic_page.locator(".tms-volume-box canvas").nth(1).wait_for()
        graphic_page.wait_for_timeout(500)
        trained = figure.screenshot()
        graphic_page.get_by_role("slider").press("Home")
        end = time.monotonic() + SECONDS
        while figure.screenshot() == trained:
            assert time.monotonic() < end, "the slider does not move the figure"
    # Voilà's own page asks for symbols of buttons; nothing here needs them
    assert [one for one in elsewhere if "fontawesome" not in one] == []


def _until_it_answers(url: str, log: Path) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}favicon.ico", timeout=SECONDS).close()
            return
        except urllib.error.HTTPError:
            return  # it is there, and has no such picture
        except OSError:
            assert time.monotonic() < end, f"no answer after 60 s:\n{log.read_text()[-3000:]}"
            time.sleep(0.1)
