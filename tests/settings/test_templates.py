"""URL templates are checked when they are set."""

import pytest

from mesh_graph.settings.templates import check_template


@pytest.mark.parametrize(
    "template",
    ["https://g.example/d/x?ns={namespace}&from={from_ms}", "http://jaeger/{service}", "https://plain"],
)
def test_web_addresses_with_known_place_holders_pass(template):
    check_template("Grafana", template)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("javascript:alert(1)", "does not begin with https://"),
        ("ftp://x", "does not begin with https://"),
        ("https://x/{pod}", "{pod} in the address of Grafana is none of"),
        ("https://x/{name.__class__}", "is none of"),
        ("https://x/{name!r}", "is none of"),
        ("https://x/{", "a brace that is not closed"),
    ],
)
def test_what_would_be_found_late_is_refused_at_once(template, words):
    with pytest.raises(ValueError, match="Grafana") as caught:
        check_template("Grafana", template)
    assert words in str(caught.value)
