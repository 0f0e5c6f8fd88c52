"""A notebook in small for tests: real Python widgets behind a local page that runs their real front end."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import ipywidgets
from ipywidgets.widgets.widget import _instances, _remove_buffers
from ipywidgets.widgets.widget_link import Link
from playwright.sync_api import Locator, Page

PAGE = Path(__file__).with_name("host.html")
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data: blob:"
)


@contextmanager
def serve() -> Iterator[str]:
    """Serve the host page on the loopback interface, under a policy that forbids every other request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.read_bytes() if self.path == "/" else b""
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class Mounted:
    """Widgets on a page. `root` is the element of the first view, `roots` those of all, in order."""

    def __init__(self, page: Page, widgets: tuple[ipywidgets.Widget, ...], buffers: str) -> None:
        self.page = page
        self.widgets = {widget.model_id: widget for widget in widgets}
        self._links = self._linked()
        self._inbox: list[dict[str, Any]] = []  # what widgets sent while they answer the page
        self._answering = False
        self._test_thread = threading.get_ident()
        page.expose_function("kernel", self._kernel)
        for model_id, widget in self.widgets.items():
            widget.comm.send = self._sender(model_id)  # pyright: ignore[reportAttributeAccessIssue]
            page.evaluate(
                "([id, packed, kind]) => host.add(id, packed, kind)", [model_id, pack(widget), buffers]
            )
        for link in self._links:
            (a, name_a), (b, name_b) = link.source, link.target
            page.evaluate("link => host.link(...link)", [a.model_id, name_a, b.model_id, name_b])

    def _linked(self) -> list[Link]:
        """The `jslink`s of the widgets; what they link to, a Selection say, joins the page as a model."""
        links = [item for item in list(_instances.values()) if isinstance(item, Link)]
        mine = [
            link for link in links if {link.source[0].model_id, link.target[0].model_id} & set(self.widgets)
        ]
        for link in mine:
            for widget, _ in (link.source, link.target):
                self.widgets.setdefault(widget.model_id, widget)
        return mine

    @property
    def roots(self) -> Locator:
        return self.page.locator(".host-view")

    @property
    def root(self) -> Locator:
        return self.roots.first

    def view(self, widget: ipywidgets.Widget, width: int) -> None:
        """Render another view of a widget."""
        self.page.evaluate("([id, width]) => host.view(id, width)", [widget.model_id, f"{width}px"])
        self.settle()

    def get(self, name: str, widget: ipywidgets.Widget | None = None) -> Any:
        """A trait as the page has it; of the first widget unless another is named."""
        return self.page.evaluate("([id, name]) => host.models[id].get(name)", [self._id(widget), name])

    def sent(self, widget: ipywidgets.Widget | None = None) -> list[dict[str, Any]]:
        """Every message that the page has sent to the kernel for a widget."""
        return self.page.evaluate("id => host.models[id].sent", self._id(widget))

    def listeners(self, widget: ipywidgets.Widget | None = None) -> int:
        """How many listeners a model has."""
        return self.page.evaluate("id => host.models[id].listeners.length", self._id(widget))

    def dispose(self, index: int = 0) -> None:
        """Take a view off the page, as a notebook does when its cell is cleared."""
        self.roots.nth(index).evaluate("el => el.dispose()")

    def settle(self) -> None:
        """Wait until what has changed is drawn."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def _id(self, widget: ipywidgets.Widget | None) -> str:
        return next(iter(self.widgets)) if widget is None else widget.model_id

    def _sender(self, model_id: str) -> Any:
        def send(data: Any = None, metadata: Any = None, buffers: Any = None) -> None:
            message = {**(data or {}), "buffers": [encoded(item) for item in buffers or []]}
            self._inbox.append({"id": model_id, "message": message})
            if not self._answering and threading.get_ident() == self._test_thread:
                self.flush()

        return send

    def flush(self) -> None:
        """Deliver what widgets have sent on their own account."""
        messages, self._inbox = self._inbox, []
        self.page.evaluate("messages => host.receive(messages)", messages)

    def _kernel(self, model_id: str, message: dict[str, Any]) -> list[dict[str, Any]]:
        self._answering = True
        try:
            self.widgets[model_id]._handle_msg({"content": {"data": message}, "buffers": []})
        finally:
            self._answering = False
        messages, self._inbox = self._inbox, []
        return messages


def pack(widget: ipywidgets.Widget) -> dict[str, Any]:
    """The state of a widget as JSON, binary values apart."""
    state, paths, buffers = _remove_buffers(widget.get_state())
    return {"state": state, "buffer_paths": paths, "buffers": [encoded(item) for item in buffers]}


def encoded(buffer: Any) -> str:
    return base64.b64encode(bytes(buffer)).decode()
