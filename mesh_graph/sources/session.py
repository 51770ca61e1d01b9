"""An HTTP session as options say: who asks, with which headers, over which TLS."""

from __future__ import annotations

import requests

from mesh_graph.sources.credentials import Login
from mesh_graph.sources.options import ServerOptions

__all__ = ["open_session"]


def open_session(options: ServerOptions) -> requests.Session:
    """The session; nothing is asked yet, and its adapters are still those of ``requests``."""
    session = requests.Session()
    session.auth = Login(options.login)
    session.headers.update({"User-Agent": "meshgraph", **options.headers})
    tls = options.tls
    session.verify = False if tls.skip_verify else str(tls.ca_file or "") or True
    if tls.client_cert_file:
        cert, key = str(tls.client_cert_file), tls.client_key_file
        session.cert = (cert, str(key)) if key else cert
    # What the environment says (proxies, CAs) is read once, not with every request.
    settings = session.merge_environment_settings(options.name, {}, None, session.verify, None)
    session.proxies, session.verify = settings["proxies"], settings["verify"]
    session.trust_env = False
    return session
