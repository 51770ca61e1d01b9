"""Splits for machines; the stand-ins for controllers send what the controllers' documents say."""

from __future__ import annotations

import threading

import pytest
import requests
from werkzeug.serving import make_server

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.codec import format_instant
from mesh_graph.model import View
from tests.canary_mesh import AT, NAMESPACE, SPAN_S, TRUE

QUERY = {"at": format_instant(AT), "window": f"{SPAN_S}s", "namespaces": NAMESPACE}


@pytest.fixture(scope="module")
def address(canaries):
    """A server of the application on loopback."""
    server = make_server("127.0.0.1", 0, create_app(Context(canaries, defaults=View())).server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def get(address: str, path: str, **more: str) -> requests.Response:
    return requests.get(address + path, params={**QUERY, **more}, timeout=30)


def test_the_list_has_every_split_the_gravest_first(address):
    answer = get(address, "/api/splits").json()
    assert {split["service"] for split in answer["splits"]} == set(TRUE)
    assert answer["at"] == QUERY["at"]
    assert [split["verdict"] for split in answer["splits"]][::8] == ["roll-back", "promote"]


def test_a_split_tells_everything_that_its_page_shows(address):
    bad = get(address, f"/api/splits/{NAMESPACE}/bad").json()
    assert (bad["verdict"], bad["baseline"], bad["canaries"]) == ("roll-back", "v1", ["v2"])
    assert bad["route"] == f"VirtualService {NAMESPACE}/bad"
    assert bad["reasons"][0]["id"] == "errors.worse"
    assert bad["reasons"][0]["text"].startswith("v2 fails more often")
    (candidate,) = bad["candidates"]
    errors = candidate["guardrails"][0]
    assert (errors["quantity"], errors["state"]) == ("errors", "worse")
    assert errors["interval"][0] <= errors["difference"] <= errors["interval"][1]
    assert {"history", "distributions", "downstream", "queries"} <= bad.keys()


def test_what_is_not_known_is_null(address):
    silent = get(address, f"/api/splits/{NAMESPACE}/silent").json()
    (candidate,) = silent["candidates"]
    assert candidate["guardrails"][0]["difference"] is None
    assert candidate["guardrails"][0]["interval"] is None


def test_an_anchor_can_be_chosen(address):
    chosen = get(address, f"/api/splits/{NAMESPACE}/good", anchor="20m").json()["anchor"]
    assert chosen == {"at": format_instant(AT - 1200), "kind": "chosen"}


def test_a_wrong_anchor_is_named(address):
    answer = get(address, "/api/splits", anchor="soon")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "anchor")


def test_an_unchanged_answer_is_not_sent_again(address):
    path = f"{address}/api/splits/{NAMESPACE}/good"
    tag = requests.get(path, params=QUERY, timeout=30).headers["ETag"]
    again = requests.get(path, params=QUERY, headers={"If-None-Match": tag}, timeout=30)
    assert again.status_code == 304


def argo_web_metric(url: str) -> str:
    """Outcome of a measurement, as Argo Rollouts' web provider makes it.

    provider: {web: {url: …, jsonPath: "{$.answer}"}}, successCondition: result == "promote",
    failureCondition: result == "roll-back"; neither is inconclusive, a status other than 2xx an error.
    Source: argo-rollouts, docs/analysis/web.md and docs/features/analysis.md.
    """
    response = requests.get(url, headers={"Content-Type": "application/json"}, timeout=10)
    if not response.ok:
        return "Error"
    result = response.json()["answer"]
    return {"promote": "Successful", "roll-back": "Failed"}.get(result, "Inconclusive")


@pytest.mark.parametrize(
    ("service", "phase"), [("good", "Successful"), ("bad", "Failed"), ("silent", "Inconclusive")]
)
def test_argo_rollouts_can_take_the_answer(address, service, phase):
    url = requests.Request("GET", f"{address}/api/splits/{NAMESPACE}/{service}", params=QUERY).prepare().url
    assert argo_web_metric(url) == phase


def flagger_webhook(url: str, service: str) -> bool:
    """Whether Flagger goes on: it posts the canary, and takes any 2xx for yes.

    Source: flagger, docs/gitbook/usage/webhooks.md.
    """
    payload = {
        "name": service,
        "namespace": NAMESPACE,
        "phase": "Progressing",
        "checksum": "85d557f47b",
        "metadata": {"test": "all"},
    }
    return requests.post(url, json=payload, timeout=10).ok


@pytest.mark.parametrize(
    ("hook", "goes_on"),
    [
        ("rollout", {"good": True, "silent": True, "dead": True, "bad": False}),
        ("confirm-promotion", {"good": True, "silent": False, "dead": False, "bad": False}),
        ("rollback", {"good": False, "silent": False, "dead": False, "bad": True}),
    ],
)
def test_flagger_can_take_the_answer(address, hook, goes_on):
    found = {}
    for service in goes_on:
        path = f"{address}/api/splits/{NAMESPACE}/{service}/flagger/{hook}"
        found[service] = flagger_webhook(requests.Request("POST", path, params=QUERY).prepare().url, service)
    assert found == goes_on


def test_an_unknown_hook_is_refused(address):
    path = f"{address}/api/splits/{NAMESPACE}/good/flagger/event"
    assert requests.post(path, params=QUERY, json={}, timeout=10).status_code == 400
