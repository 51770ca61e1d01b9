import argparse

import pytest

from mesh_graph import doctor
from mesh_graph.errors import InvalidRequest
from mesh_graph.settings import load_settings
from tests.peers import free_port

NOON = "at=2023-11-14T12:00:07Z"


def diagnose(*argv, **settings):
    parser = argparse.ArgumentParser()
    doctor.add_arguments(parser)
    return doctor.diagnose(load_settings(settings), parser.parse_args(argv))


def test_healthy_mesh_is_fine(capsys):
    assert diagnose("--view", NOON) == doctor.FINE
    assert "No reason found to doubt the picture." in capsys.readouterr().out


def test_address_of_a_page_names_the_view(capsys):
    address = f"http://127.0.0.1:8050/topology?namespaces=bokinfo&window=10m&{NOON}"
    assert diagnose("--view", address) == doctor.FINDINGS
    out = capsys.readouterr().out
    assert "Asked demo mesh, 10m up to 2023-11-14T12:00:07Z" in out
    assert "It has bookinfo" in out


def test_namespaces_go_before_those_of_the_view(capsys):
    assert diagnose("--view", f"namespaces=bokinfo&{NOON}", "bookinfo") == doctor.FINE
    assert "bokinfo" not in capsys.readouterr().out


def test_coarse_window_is_a_finding(capsys):
    assert diagnose("--view", f"window=45s&{NOON}") == doctor.FINDINGS
    assert "rates are rough" in capsys.readouterr().out


def test_source_that_cannot_be_reached_cannot_be_asked(capsys):
    url = f"http://127.0.0.1:{free_port()}"
    assert diagnose(prometheus_url=url) == doctor.CANNOT_ASK
    assert f"Asked {url}" in capsys.readouterr().out


def test_wrong_parameter_is_named():
    with pytest.raises(InvalidRequest, match="window"):
        diagnose("--view", "window=soon")


@pytest.mark.peer("prometheus")
def test_scope_that_matches_nothing_is_named(prometheus_factory, capsys):
    past = '# TYPE istio_requests counter\nistio_requests_total{reporter="source"} 1 1700000000\n# EOF\n'
    url = prometheus_factory(openmetrics=past).url
    code = diagnose("--view", "at=1700000010", prometheus_url=url, query_scope=['cluster="east"'])
    assert code == doctor.FINDINGS
    assert "none of their series matches the query scope" in capsys.readouterr().out
