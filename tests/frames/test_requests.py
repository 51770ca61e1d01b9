"""The requests frame."""

from __future__ import annotations

from mesh_graph import fields
from mesh_graph.frames.requests import REQUESTS, parse_requests
from tests.frames.replies import reply


def test_idle_series_keeps_its_row():
    frame = parse_requests(reply(fields.REQUEST_LABELS, ({"response_code": "200"}, 0.0)))
    assert REQUESTS.check(frame)[["response_code", "request_rate"]].to_numpy().tolist() == [["200", 0.0]]
