"""``docs/checks.md`` has every code, with its severities."""

import re
from pathlib import Path

import pytest

from mesh_graph.istio.checks import RULES, Severity, check
from mesh_graph.istio.joined import JOINED_RULES
from tests.istio.checks.routing_cases import ROUTING
from tests.istio.checks.security_cases import SECURITY
from tests.istio.checks.test_rules import CASES
from tests.istio.declare import snapshot
from tests.istio.joined.test_joined_rules import CASES as JOINED

DOCUMENT = Path(__file__).parents[3] / "docs/checks.md"
CODES = {rule.code for rule in (*RULES, *JOINED_RULES)}


def documented() -> dict[str, set[str]]:
    """Severities that the tables name, by code."""
    rows = re.findall(r"^\| ((?:KIA|MSH)\d+) \| ([^|]+) \|", DOCUMENT.read_text(), re.MULTILINE)
    words = {severity.value for severity in Severity}
    return {code: set(re.findall(r"\w+", text)) & words for code, text in rows}


def test_every_code_is_documented_and_no_other():
    assert set(documented()) == CODES


@pytest.mark.parametrize("code", sorted(CODES - {"KIA0107", "KIA1301"}))
def test_documented_severities_are_those_that_are_found(code):
    cases = (*CASES, *SECURITY, *ROUTING)
    own = {severity for known, _, found in cases if known == code for severity, _ in found}
    joined = {severity for known, _, _, found in JOINED if known == code for severity, *_ in found}
    assert documented()[code] == own | joined


def test_codes_that_are_left_out_are_named():
    text = DOCUMENT.read_text()
    assert all(code in text for code in ("KIA0109", "KIA1401", "1601", "GWAPI"))
    assert check(snapshot()).findings == ()
