"""How declaration and traffic go together."""

import pytest

from mesh_graph.answers.intent_mtls import MtlsRow, Observed
from mesh_graph.istio.mutual_tls import Mode
from mesh_graph.views.messages_config import MESSAGES
from mesh_graph.views.mtls_page import verdict_of

NOTHING, MUTUAL, MIXED, PLAIN = Observed(), Observed(4.0, 4.0), Observed(3.0, 4.0), Observed(0.0, 4.0)


@pytest.mark.parametrize(
    ("mode", "requests", "tcp", "verdict"),
    [
        ("STRICT", MUTUAL, MUTUAL, ""),
        ("STRICT", MUTUAL, MIXED, "plain-under-strict"),
        ("STRICT", PLAIN, NOTHING, "plain-under-strict"),
        ("STRICT", NOTHING, NOTHING, ""),
        ("PERMISSIVE", MUTUAL, NOTHING, "ready"),
        ("PERMISSIVE", MUTUAL, MIXED, "mixed"),
        ("PERMISSIVE", MUTUAL, PLAIN, "mixed"),
        ("PERMISSIVE", PLAIN, PLAIN, "off"),
        ("PERMISSIVE", NOTHING, NOTHING, ""),
        ("DISABLE", PLAIN, NOTHING, "off"),
    ],
)
def test_verdict_of_a_namespace(mode, requests, tcp, verdict):
    row = MtlsRow("east", "shop", Mode(mode, None), requests=requests, tcp=tcp)
    assert verdict_of(row) == verdict
    assert not verdict or f"mtls.verdict.{verdict}" in MESSAGES
