"""Recording rules as text, and the settings that go with them."""

import subprocess

import pytest
import yaml

from mesh_graph.cli import main
from mesh_graph.export.rules import metric_names, render_rules, rule_groups
from mesh_graph.settings import load_settings
from mesh_graph.sources.connect import prometheus_options
from mesh_graph.sources.query import Family


def recorded_names(window_s=300):
    return [rule["record"] for rule in rule_groups(window_s, 30)["groups"][0]["rules"]]


def test_every_family_is_recorded_histograms_in_three_parts():
    names = recorded_names()
    for family, name in metric_names(300).items():
        parts = (
            [name.part(part) for part in ("bucket", "sum", "count")] if family.is_histogram else [name.name]
        )
        assert set(parts) <= set(names)
    assert len(names) == len(set(names)) == sum(3 if family.is_histogram else 1 for family in Family)


def test_name_tells_the_window():
    assert "meshgraph:istio_requests:rate10m" in recorded_names(600)


def test_rates_of_pods_are_added_up():
    (rule, *_) = rule_groups(300, 30)["groups"][0]["rules"]
    assert rule["expr"].startswith("sum by (")
    assert rule["expr"].endswith("(rate(istio_requests_total[5m]))")
    assert " pod" not in rule["expr"]


def test_settings_at_the_head_name_what_is_recorded(tmp_path):
    head = [
        line[2:]
        for line in render_rules(300, 30, resource=False).decode().splitlines()
        if line.startswith("# ")
    ]
    config = tmp_path / "mesh-graph.yaml"
    config.write_text("\n".join(["prometheus_url: http://127.0.0.1:9090", *head[1:]]))
    options = prometheus_options(load_settings({"config": str(config)}))
    assert dict(options.names) == metric_names(300)


def test_resource_is_what_the_operator_takes():
    resource = yaml.safe_load(render_rules(300, 30, resource=True))
    assert (resource["apiVersion"], resource["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert resource["spec"] == rule_groups(300, 30)


@pytest.mark.peer("prometheus")
def test_promtool_finds_nothing_wrong(tmp_path):
    path = tmp_path / "rules.yaml"
    assert main(["rules", "--interval", "1m", "-o", str(path)]) == 0
    assert yaml.safe_load(path.read_bytes())["groups"][0]["interval"] == "1m"
    checked = subprocess.run(["promtool", "check", "rules", str(path)], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_wrong_interval_is_refused(capsys):
    assert main(["rules", "--interval", "soon"]) == 1
    assert "interval" in capsys.readouterr().err
