"""A guest at a running server: a browser's cookies, forms and headers, over a socket."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import requests
import waitress
from waitress import wasyncore

from mesh_graph.api.context import Context
from mesh_graph.api.front import Front
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.application import create_app
from tests.access.people import SECRET

PAGE = {"Accept": "text/html,application/xhtml+xml"}


@contextmanager
def running(
    context: Context, ways_in: WaysIn | None = None, front: Front | None = None, *, port: int = 0
) -> Iterator[str]:
    """The application on a port of loopback, a free one unless it is told; its URL."""
    application = create_app(context, ways_in, front).server
    server = waitress.create_server(
        application, host="127.0.0.1", port=port, threads=4, clear_untrusted_proxy_headers=False
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # Another wake-up of the loop may run it, and close the trigger, before it is pulled.
    with suppress(OSError):
        server.trigger.pull_trigger(lambda: wasyncore.close_all(map=server._map))
    thread.join(timeout=5)
    server.task_dispatcher.shutdown()


@dataclass
class Guest:
    """Somebody with a browser."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.http.get(self.url + path, headers=headers, allow_redirects=False, timeout=30)

    def post(self, path: str, fields: dict | None = None, **headers: str) -> requests.Response:
        own = {"Origin": self.url} | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.http.post(
            self.url + path, data=fields or {}, headers=own, allow_redirects=False, timeout=30
        )

    def form_token(self, path: str = "/sign-in") -> str:
        """What the form of the sign-in page holds."""
        found = re.search(r'name="form_token" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]

    def sign_in(self, name: str, password: str = SECRET, go_on: str = "/topology") -> requests.Response:
        """Fill in the form and send it."""
        fields = {"name": name, "password": password, "next": go_on, "form_token": self.form_token()}
        return self.post("/sign-in", fields)

    @property
    def cookie(self) -> str | None:
        return self.http.cookies.get("mesh_graph_session")
