"""Lines of access logs; those of Istio's documents ("Envoy Access Logs"), and what clients may do to them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.logs.access import access_of
from mesh_graph.logs.model import Access

OUTBOUND = (
    '[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 4 4 "-" '
    '"curl/7.73.0-DEV" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "10.44.1.27:80" '
    "outbound|8000|v1|httpbin.foo.svc.cluster.local 10.44.1.23:37652 10.0.45.184:8000 10.44.1.23:46520 "
    "- default"
)
INBOUND = (
    '[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 3 1 "-" '
    '"curl/7.73.0-DEV" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "127.0.0.1:80" '
    "inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 "
    "outbound_.8000_._.httpbin.foo.svc.cluster.local default"
)
FAILED = (
    '[2026-11-21T12:10:00.000Z] "POST /pay HTTP/2" 503 UF,URX '
    'upstream_reset_before_response_started{remote_connection_failure} - "delayed_connect_error:_111" '
    '12 91 5003 - "10.1.2.3" "agent" "id-1" "pay:9000" "10.0.0.9:9000" '
    "outbound|9000||pay.shop.svc.cluster.local - 10.96.0.1:9000 10.0.0.5:40000 - -"
)
TCP = (
    '[2026-11-21T12:10:00.000Z] "- - -" 0 UF - - "connection_refused" 0 0 3 - "-" "-" "-" "-" '
    '"10.0.0.9:3306" '
    "outbound|3306||mysql.shop.svc.cluster.local - 10.96.0.9:3306 10.0.0.5:40000 - -"
)


def test_request_that_a_pod_sent_is_read_into_fields():
    assert access_of(OUTBOUND) == Access(
        method="GET",
        path="/status/418",
        protocol="HTTP/1.1",
        code="418",
        details="via_upstream",
        duration_ms=4,
        upstream_ms=4,
        received=0,
        sent=135,
        user_agent="curl/7.73.0-DEV",
        request_id="84961386-6d84-929d-98bd-c5aee93b5c88",
        authority="httpbin:8000",
        upstream_host="10.44.1.27:80",
        upstream_cluster="outbound|8000|v1|httpbin.foo.svc.cluster.local",
        downstream="10.44.1.23:46520",
        route="default",
    )
    assert (access_of(OUTBOUND).is_inbound, access_of(OUTBOUND).subset) == (False, "v1")


def test_request_that_a_pod_got_knows_its_caller():
    found = access_of(INBOUND)
    assert (found.is_inbound, found.downstream, found.duration_ms, found.upstream_ms) == (
        True,
        "10.44.1.23:37652",
        3,
        1,
    )
    assert found.server_name == "outbound_.8000_._.httpbin.foo.svc.cluster.local"


def test_failure_has_its_flags_and_reason_and_no_time_of_the_server():
    found = access_of(FAILED)
    assert (found.code, found.flags, found.failure) == ("503", "UF,URX", "delayed_connect_error:_111")
    assert (found.duration_ms, found.upstream_ms, found.forwarded_for) == (5003, None, "10.1.2.3")


def test_connection_has_no_method():
    found = access_of(TCP)
    assert (found.method, found.code, found.flags) == ("", "0", "UF")


@pytest.mark.parametrize("agent", ['Mozilla "quoted" 5.0', 'a" "b" "c', '" 503 UF "', "", "-" * 3000])
def test_quotes_of_a_client_do_not_move_the_other_fields(agent):
    found = access_of(OUTBOUND.replace("curl/7.73.0-DEV", agent))
    assert (found.code, found.request_id, found.upstream_host, found.route) == (
        "418",
        "84961386-6d84-929d-98bd-c5aee93b5c88",
        "10.44.1.27:80",
        "default",
    )
    assert found.user_agent == agent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-21T12:10:00.000000Z\tinfo\tEnvoy proxy is ready",
        OUTBOUND[:120],
        OUTBOUND.replace(" 418 ", " four "),
        "[] " + '"' * 5000,
        "{",
        "[1, 2]",
        '{"level": "info"}',
        '{"response_code": 200}',
    ],
)
def test_line_of_another_kind_is_none(text):
    assert access_of(text) is None


def test_json_of_the_default_format_is_read_and_what_is_missing_stays_unknown():
    told = {
        "start_time": "2026-11-21T12:10:00.000Z",
        "method": "GET",
        "path": "/x",
        "response_code": 503,
        "response_flags": "UC",
        "duration": 7,
        "upstream_service_time": None,
        "bytes_sent": "95",
        "upstream_cluster": "outbound|80||a.b.svc.cluster.local",
        "request_id": "r",
        "route_name": "-",
    }
    assert access_of(json.dumps(told)) == Access(
        method="GET",
        path="/x",
        code="503",
        flags="UC",
        duration_ms=7,
        sent=95,
        upstream_cluster="outbound|80||a.b.svc.cluster.local",
        request_id="r",
    )


@pytest.mark.parametrize(
    ("status", "number"),
    [
        ("Unavailable", "14"),
        ("DEADLINE_EXCEEDED", "4"),
        ("OK", "0"),
        ("Canceled", "1"),
        ("CANCELLED", "1"),
        (7, "7"),
        ("12", "12"),
        ("InvalidCode", "InvalidCode"),
        ("-", ""),
        ([], ""),
    ],
)
def test_grpc_status_is_a_number_however_envoy_writes_it(status, number):
    told = {"response_code": 200, "response_flags": "-", "grpc_status": status}
    assert access_of(json.dumps(told)).grpc_status == number


def test_json_of_wrong_types_is_read_as_far_as_it_goes():
    told = {
        "response_code": [1],
        "response_flags": {"a": 1},
        "duration": -1,
        "bytes_sent": 10**30,
        "path": True,
    }
    assert access_of(json.dumps(told)) in (Access(), None)


@given(st.text(max_size=200), st.integers(0, 400))
def test_no_text_in_the_place_of_another_breaks_it(text, place):
    access_of(OUTBOUND[:place] + text + OUTBOUND[place + len(text) :])
    access_of("{" + text)
