"""A certified OpenID provider as a peer, and a browser's way through its pages."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import requests

from tests.peers import Server

__all__ = ["OpenIdPeer", "go_through", "sign_out_there"]

SCRIPT = Path(__file__).with_name("provider.mjs")
SECRET = "s3cret-of-the-client"


class OpenIdPeer(Server):
    """A provider that knows ``ada`` (sre), ``bob`` (shop) and ``zoe`` (strangers), whatever their password.

    Parameters
    ----------
    folder : Path
    callback : str
        Address to which it may send people back.
    """

    def __init__(self, folder: Path, callback: str) -> None:
        super().__init__(
            folder,
            lambda port: ("oidc-provider", str(SCRIPT), str(port), callback),
            "/.well-known/openid-configuration",
        )


def sign_out_there(http: requests.Session, address: str) -> requests.Response:
    """Go to the provider's way out and say yes; its answer that leads back to us, not yet followed."""
    asked = http.get(address, allow_redirects=False, timeout=30)
    assert asked.status_code == 200, asked.text
    action = re.search(r'action="([^"]+)"', asked.text)
    assert action, asked.text
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text))
    there = urljoin(asked.url, unescape(action[1]))
    return http.post(there, data=hidden | {"logout": "yes"}, allow_redirects=False, timeout=30)


def go_through(http: requests.Session, address: str, name: str) -> requests.Response:
    """Go to the provider, sign in there, consent; its answer that leads back to us, not yet followed."""
    answer = http.get(address, allow_redirects=False, timeout=30)
    origin = address.split("/", 3)[:3]
    while True:
        if answer.is_redirect:
            there = urljoin(answer.url, answer.headers["Location"])
            if there.split("/", 3)[:3] != origin:
                return answer
            answer = http.get(there, allow_redirects=False, timeout=30)
            continue
        action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
        assert action, answer.text
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
        fields = {"login": name, "password": "whatever"} if 'name="login"' in answer.text else {}
        answer = http.post(
            urljoin(answer.url, unescape(action[1])), data=hidden | fields, allow_redirects=False, timeout=30
        )
