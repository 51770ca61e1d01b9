"""What all parsers do with a reply: check its columns, name its values, leave out what is no data."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.errors import SourceReplyInvalid
from mesh_graph.frames.latency import BYTES, LATENCY, parse_bytes, parse_latency
from mesh_graph.frames.messages import MESSAGES, parse_messages
from mesh_graph.frames.requests import REQUESTS, parse_requests
from mesh_graph.frames.tcp import TCP, parse_tcp
from tests.frames.replies import PROMQL, reply

ONE_REPLY = [
    pytest.param(parse_requests, REQUESTS, fields.REQUEST_LABELS, id="requests"),
    pytest.param(parse_latency, LATENCY, fields.LATENCY_LABELS, id="latency"),
    pytest.param(parse_bytes, BYTES, fields.LATENCY_LABELS, id="bytes"),
]


@pytest.mark.parametrize(("parse", "schema", "labels"), ONE_REPLY)
def test_empty_reply_is_an_empty_frame_with_its_columns(parse, schema, labels):
    pd.testing.assert_frame_equal(parse(reply(labels)), schema.empty())


def test_families_without_series_are_an_empty_frame_with_its_columns():
    nothing = reply(fields.TCP_LABELS)
    pd.testing.assert_frame_equal(parse_tcp(nothing, nothing, nothing, nothing), TCP.empty())
    nothing = reply(fields.MESSAGE_LABELS)
    pd.testing.assert_frame_equal(parse_messages(nothing, nothing), MESSAGES.empty())


@pytest.mark.parametrize(("parse", "schema", "labels"), ONE_REPLY)
def test_labels_stay_as_the_proxies_wrote_them(parse, schema, labels):
    frame = parse(reply(labels, ({"source_workload": "<b>|\x00🕸", "reporter": "source"}, 1.5)))
    (row,) = schema.check(frame).to_dict("records")
    expected = dict.fromkeys(labels, "") | {"source_workload": "<b>|\x00🕸", "reporter": "source"}
    assert row == {**expected, schema.names[-1]: 1.5}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.5])
@pytest.mark.parametrize(
    ("parse", "labels"), [(parse_requests, fields.REQUEST_LABELS), (parse_bytes, fields.LATENCY_LABELS)]
)
def test_value_that_is_no_rate_has_no_row(parse, labels, value):
    frame = parse(reply(labels, ({"reporter": "source"}, value), ({"reporter": "destination"}, 0.0)))
    assert frame["reporter"].tolist() == ["destination"]
    assert frame.index.tolist() == [0]


def test_latency_above_the_top_edge_is_kept_and_no_data_is_not():
    values = (math.inf, math.nan, -1.0, 12.5)
    frame = parse_latency(reply(fields.LATENCY_LABELS, *(({}, value) for value in values)))
    assert frame["latency_ms"].tolist() == [math.inf, 12.5]


def test_legacy_labels_stand_in_for_canonical_ones():
    legacy = {
        "source_canonical_service": "source_app",
        "source_canonical_revision": "source_version",
        "destination_canonical_service": "destination_app",
        "destination_canonical_revision": "destination_version",
    }
    labels = [legacy.get(label, label) for label in fields.REQUEST_LABELS]
    frame = parse_requests(reply(labels, ({"source_app": "a", "destination_version": "v2"}, 1.0)))
    (row,) = frame.to_dict("records")
    assert (row["source_canonical_service"], row["destination_canonical_revision"]) == ("a", "v2")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda table: table.drop(columns="reporter"), id="label-missing"),
        pytest.param(lambda table: table.drop(columns="value"), id="value-missing"),
        pytest.param(lambda table: table.assign(time=1.0), id="reply-to-a-range"),
        pytest.param(lambda table: table[table.columns[::-1]], id="out-of-order"),
        pytest.param(lambda table: table.assign(value="much"), id="value-is-no-number"),
    ],
)
def test_reply_of_another_shape_is_refused(spoil):
    good = reply(fields.REQUEST_LABELS, ({"reporter": "source"}, 1.0))
    with pytest.raises(SourceReplyInvalid) as caught:
        parse_requests(replace(good, table=spoil(good.table)))
    assert caught.value.request == PROMQL
    assert caught.value.advice


@pytest.mark.parametrize("dtype", ["object", "category"])
def test_text_of_another_dtype_is_taken(dtype):
    good = reply(fields.REQUEST_LABELS, ({"reporter": "source"}, 1.0))
    other = good.table.astype(dict.fromkeys(fields.REQUEST_LABELS, dtype))
    REQUESTS.check(parse_requests(replace(good, table=other)))


def test_reply_is_not_modified():
    good = reply(fields.REQUEST_LABELS, ({"reporter": "source"}, 1.0), ({"reporter": "source"}, -1.0))
    copy = good.table.copy(deep=True)
    frame = parse_requests(good)
    frame.loc[0, "reporter"] = "waypoint"
    pd.testing.assert_frame_equal(good.table, copy)
