"""Files of panels that a team adds: what is read, and which sentence a mistake gets."""

import pytest

from mesh_graph.errors import ConfigError
from mesh_graph.model import Direction
from mesh_graph.sources.panels import read_panels

GATEWAY = """
panels:
  - title: API gateway
    unit: rps
    tab: outbound
    namespace_label: gateway_namespace
    queries:
      - promql: sum by (code) (rate(gateway_requests_total{$scope,app="$app"}[$window]))
        legend: "{code}"
      - promql: rate(gateway_dropped_total{$scope}[$window])
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "panels.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_file_holds_panels_in_its_order(file):
    (panel,) = read_panels(file(GATEWAY))
    assert (panel.title, panel.unit, panel.direction) == ("API gateway", "rps", Direction.OUTBOUND)
    assert panel.namespace_label == "gateway_namespace"
    assert [query.legend for query in panel.queries] == ["{code}", ""]
    assert panel.names == {"app"}


def test_a_panel_is_inbound_and_has_no_unit_unless_told(file):
    text = "panels: [{title: Up, namespace_label: namespace, queries: [{promql: 'up{$scope}'}]}]"
    (panel,) = read_panels(file(text))
    assert (panel.unit, panel.direction) == ("", Direction.INBOUND)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            GATEWAY.replace("{$scope}", ""),
            "query 2 of panel 'API gateway': the selector gateway_d",
        ),
        (GATEWAY.replace("unit", "units"), "panels[1].units: extra inputs are not permitted"),
        (GATEWAY.replace("outbound", "sideways"), "panels[1].tab: input should be 'inbound' or 'outbound'"),
        (GATEWAY.replace("gateway_namespace", "a-b"), "panels[1].namespace_label: string should match"),
        (
            GATEWAY.replace("    namespace_label: gateway_namespace\n", ""),
            "panels[1].namespace_label: field req",
        ),
        (GATEWAY + GATEWAY.replace("\npanels:", ""), "two panels are called 'API gateway'"),
        ("", "the file: input should be"),
        ("panels: [", "is no YAML file of panels"),
        (b"\xff\xfe\x00", "is no YAML file of panels"),
        ("[" * 20_000, "is no YAML file of panels"),
        ("# " + "x" * 2**20, "is larger than 1 MiB"),
        ("panels: !!python/object/apply:os.system [ls]", "is no YAML file of panels"),
    ],
    ids=[
        "scope",
        "unknown",
        "tab",
        "label",
        "lacking",
        "twice",
        "empty",
        "broken",
        "binary",
        "deep",
        "large",
        "tag",
    ],
)
def test_a_mistake_is_told_with_its_place(file, text, sentence):
    path = file(text)
    with pytest.raises(ConfigError) as caught:
        read_panels(path)
    assert str(caught.value).startswith(str(path))
    assert sentence in str(caught.value)


def test_every_mistake_is_told_at_once(file):
    with pytest.raises(ConfigError) as caught:
        read_panels(file(GATEWAY.replace("$scope", "a='b'")))
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no YAML file of panels"):
        read_panels(tmp_path / "none.yaml")
