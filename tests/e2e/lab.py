"""A real JupyterLab with real kernels, used as a reader uses it: in Chromium, through its own commands."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30
"""The longest anything here is waited for, on a machine that has other things to do."""
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {"theme": "JupyterLab Light"},
    "docmanager-extension/plugin": {"autosave": False},
}


class Lab:
    """A running server: where it listens, where its notebooks lie, what it said."""

    def __init__(self, url: str, folder: Path, log: Path, process: subprocess.Popen[bytes]) -> None:
        self.url, self.folder, self.log, self.process = url, folder, log, process

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(notebook, self.folder / name)
        return name

    def kernels(self) -> list[dict[str, Any]]:
        """The kernels that run."""
        with urllib.request.urlopen(f"{self.url}/api/kernels", timeout=SECONDS) as answer:
            return json.load(answer)

    def end_kernels(self) -> None:
        """End every kernel that runs."""
        for kernel in self.kernels():
            end = urllib.request.Request(f"{self.url}/api/kernels/{kernel['id']}", method="DELETE")
            urllib.request.urlopen(end, timeout=SECONDS).close()

    def open(self, page: Page, name: str) -> Notebook:
        """Open a notebook on a page, with a kernel that is ready."""
        page.goto(f"{self.url}/lab?reset")
        page.wait_for_function("() => window.jupyterapp")
        page.evaluate(OPEN, name)
        return Notebook(page)


OPEN = """async name => {
  const app = window.jupyterapp;
  await app.restored;
  app.commands.execute('application:toggle-left-area').catch(() => {});
  const panel = await app.commands.execute('docmanager:open', {path: name, factory: 'Notebook'});
  await panel.context.ready;
  await panel.context.sessionContext.ready;
  await panel.context.sessionContext.session.kernel.info;
  window.panel = panel;
}"""

RUN = """async ([index, times, wait]) => {
  const {content} = window.panel;
  content.activeCellIndex = index;
  content.mode = 'command';
  for (; times > 0; times--) {
    const ran = window.jupyterapp.commands.execute('notebook:run-cell');
    if (wait) await ran; else ran.catch(() => {});
  }
}"""

EXECUTE = """async code => {
  const kernel = window.panel.context.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, silent: false, store_history: false, stop_on_error: false});
  let text = '';
  future.onIOPub = ({content, header}) => {
    if (header.msg_type === 'stream') text += content.text;
    if (header.msg_type === 'error') text += `${content.ename}: ${content.evalue}`;
  };
  await future.done;
  return text;
}"""


class Notebook:
    """The notebook that is open on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run(self, cell: int, times: int = 1, wait: bool = True) -> None:
        """Run a cell as Ctrl+Enter does, once or more often; each time until it has ended, unless told."""
        self.page.evaluate(RUN, [cell, times, wait])

    def output(self, cell: int) -> Locator:
        """What a cell shows below its source."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-OutputArea").first

    def python(self, code: str) -> str:
        """Execute code in the kernel, in no cell, and return what it printed."""
        return self.page.evaluate(EXECUTE, code).strip()

    def command(self, name: str, **arguments: Any) -> None:
        """Execute one of JupyterLab's commands."""
        self.page.evaluate(
            "async ([name, arguments_]) => { await window.jupyterapp.commands.execute(name, arguments_); }",
            [name, arguments],
        )

    def restart(self) -> None:
        """Restart the kernel, as the menu does, without its question."""
        self.page.evaluate(
            """async () => {
              const context = window.panel.context.sessionContext;
              await context.restartKernel();
              await context.session.kernel.info;
            }"""
        )

    def until(self, holds: Callable[[], Any], what: str, seconds: float = SECONDS) -> Any:
        """Let the page work until something holds, and return it."""
        end = time.monotonic() + seconds
        while not (value := holds()):
            assert time.monotonic() < end, f"after {seconds:.0f} s still not: {what}"
            self.page.wait_for_timeout(25)
        return value


@contextmanager
def jupyterlab(home: Path) -> Iterator[Lab]:
    """JupyterLab on a free port of the loopback interface, with nobody's settings but ours."""
    folder, log = home / "notebooks", home / "jupyterlab.log"
    folder.mkdir()
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    port = free_port()
    with running(
        home, log, "jupyterlab", f"--port={port}", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True", "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ) as process:  # fmt: skip
        lab = Lab(f"http://127.0.0.1:{port}", folder, log, process)
        _wait(lab)
        yield lab


@contextmanager
def running(home: Path, log: Path, module: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that is started as a module in its own folder, and ended."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *options],
            cwd=home, env=environment(home), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(home: Path) -> dict[str, str]:
    """Where Jupyter and IPython keep what they keep: all below one folder."""
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {
        **os.environ,
        **{name: str(home / place) for name, place in places.items()},
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONPATH": str(ROOT),
    }


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait(lab: Lab) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            lab.kernels()
            return
        except OSError:
            said = lab.log.read_text(errors="replace")[-3000:]
            assert lab.process.poll() is None, f"JupyterLab ended while it started:\n{said}"
            assert time.monotonic() < end, f"JupyterLab does not answer after 60 s:\n{said}"
            time.sleep(0.1)
