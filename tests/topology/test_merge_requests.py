"""The canonical rule for requests, a table a rule: what the proxies say, and what is shown."""

from __future__ import annotations

import pytest

from tests.topology.telemetry import flow_lines, merged, notes, requests


def case(name, said, shown):
    return pytest.param(said, set(shown), id=name)


SERVER_REPORT = [
    case(
        "destination-alone-counts-where-it-reports",
        ["source a>b 200 - 10", "waypoint a>b 200 - 10.2", "destination a>b 200 - 10.1"],
        ["a>b 200 - 10.1 destination"],
    ),
    case(
        "waypoint-counts-where-no-destination-reports",
        ["source a>b 200 - 10", "waypoint a>b 200 - 10.2"],
        ["a>b 200 - 10.2 waypoint"],
    ),
    case(
        "source-s-whole-report-counts-where-nobody-else-reports",
        ["source a>b 200 - 10", "source a>b 504 UT 1", "source a>b 0 DC 2", "source a>b 503 UF 3"],
        ["a>b 200 - 10 source", "a>b 504 UT 1 source", "a>b - DC 2 source", "a>b 503 UF 3 source never"],
    ),
    case(
        "protocols-of-one-pair-are-decided-apart",
        ["source a>b 200 - 10", "destination a>b grpc:0 - 4", "source a>b grpc:0 - 4"],
        ["a>b 200 - 10 source", "a>b grpc:0 - 4 destination"],
    ),
    case(
        "ends-may-name-the-service-differently",
        ["source a>b/stable 200 - 10", "destination a>b/b 200 - 10"],
        ["a>b 200 - 10 destination"],
    ),
    case(
        "external-host-shows-the-source-s-report",
        ["source a>?api 200 - 5", "source a>?api 404 - 1"],
        ["a>?api 200 - 5 source never", "a>?api 404 - 1 source never"],
    ),
    case(
        "server-s-own-flags-are-no-sign-that-it-was-not-reached",
        ["source a>b 503 - 1", "destination a>b 503 UF 1"],
        ["a>b 503 UF 1 destination"],
    ),
    case(
        "rows-that-differ-in-what-is-not-shown-are-summed",
        ["destination a>b 200 - 1", "destination a>b 200 - 2"],
        ["a>b 200 - 3 destination"],
    ),
]

NEVER_ARRIVED = [
    *(
        case(
            f"{flag}-is-added-to-the-destination-s-report",
            ["destination a>b 200 - 10", "source a>b 200 - 10", f"source a>b 503 {flag} 1"],
            ["a>b 200 - 10 destination", f"a>b 503 {flag} 1 source never"],
        )
        for flag in ("UH", "UF", "UO", "NR", "NC", "FI", "RL", "RLSE", "UAEX")
    ),
    case(
        "flags-are-a-set-in-any-order-with-spaces",
        ["destination a>b 200 - 10", "source a>b 503 UF,URX 1", "source a>b 503 URX,UF 2"],
        ["a>b 200 - 10 destination", "a>b 503 UF,URX 3 source never"],
    ),
    case(
        "waypoint-s-failures-are-added-too",
        ["destination a>b 200 - 10", "waypoint a>b 503 UO 2", "waypoint a>b 200 - 10"],
        ["a>b 200 - 10 destination", "a>b 503 UO 2 waypoint never"],
    ),
    case(
        "source-s-failures-are-added-to-a-waypoint-s-report",
        ["waypoint a>b 200 - 10", "source a>b 200 - 10", "source a>b 503 UF 2"],
        ["a>b 200 - 10 waypoint", "a>b 503 UF 2 source never"],
    ),
    case(
        "no-healthy-upstream-names-no-workload",
        ["destination a>b 200 - 10", "source a>?b 503 UH 1"],
        ["a>b 200 - 10 destination", "a>?b 503 UH 1 source never"],
    ),
    case(
        "proxy-that-answers-itself-is-added",
        ["destination a>b 200 - 10", "source a>?b 301 - 1"],
        ["a>b 200 - 10 destination", "a>?b 301 - 1 source never"],
    ),
    case(
        "other-flags-are-not-added",
        ["destination a>b 503 - 3", "source a>b 503 URX 1", "source a>b 200 DI 1"],
        ["a>b 503 - 3 destination"],
    ),
]

ANSWER_LOST = [
    *(
        case(
            f"{flag}-takes-its-twin-s-place",
            [
                "destination a>b 200 - 9",
                "destination a>b 0 DC 1",
                "source a>b 200 - 9",
                f"source a>b {code} {flag} 1",
            ],
            ["a>b 200 - 9 destination", f"a>b {code} {flag} 1 destination"],
        )
        for flag, code in (("UT", 504), ("UC", 503), ("UR", 503), ("UPE", 502), ("LR", 503), ("SI", 408))
    ),
    case(
        "reset-streams-are-twins-as-well",
        ["destination a>b grpc:0 - 9", "destination a>b 0 DR 1", "source a>b 504 UT 1"],
        ["a>b grpc:0 - 9 destination", "a>b 504 UT 1 destination"],
    ),
    case(
        "more-twins-than-lost-answers-leave-the-rest-hung-up",
        ["destination a>b 0 DC 5", "source a>b 504 UT 2"],
        ["a>b - DC 3 destination", "a>b 504 UT 2 destination"],
    ),
    case(
        "what-is-left-of-UT-is-not-added",
        ["destination a>b 200 - 50", "destination a>b 0 DC 1", "source a>b 504 UT 3"],
        ["a>b 200 - 50 destination", "a>b 504 UT 1 destination"],
    ),
    case(
        "what-is-left-of-UC-and-UR-is-added",
        [
            "destination a>b 200 - 50",
            "destination a>b 0 DC 1",
            "source a>b 200 - 50",
            "source a>b 503 UC 3",
            "source a>b 503 UR 2",
        ],
        [
            "a>b 200 - 50 destination",
            "a>b 503 UC 0.6 destination",
            "a>b 503 UR 0.4 destination",
            "a>b 503 UC 2.4 source",
            "a>b 503 UR 1.6 source",
        ],
    ),
    case(
        "UT-is-paired-before-UC-for-its-server-lived-to-count",
        ["destination a>b 200 - 50", "destination a>b 0 DC 1", "source a>b 504 UT 1", "source a>b 503 UC 1"],
        ["a>b 200 - 50 destination", "a>b 504 UT 1 destination", "a>b 503 UC 1 source"],
    ),
    case(
        "row-without-workload-is-paired-through-its-service",
        ["destination a>b 200 - 9", "destination a>b 0 DC 1", "source a>?b 504 UT 1"],
        ["a>b 200 - 9 destination", "a>b 504 UT 1 destination"],
    ),
    case(
        "workloads-behind-one-service-share-in-proportion",
        [
            "destination a>v1/s 0 DC 1",
            "destination a>v2/s 0 DC 3",
            "destination a>v1/s 200 - 9",
            "source a>?s 504 UT 2",
        ],
        [
            "a>v1/s 200 - 9 destination",
            "a>v1/s 504 UT 0.5 destination",
            "a>v1/s - DC 0.5 destination",
            "a>v2/s 504 UT 1.5 destination",
            "a>v2/s - DC 1.5 destination",
        ],
    ),
    case(
        "twins-of-the-same-service-come-first",
        ["destination a>b/s1 0 DC 1", "destination a>b/s2 0 DC 1", "source a>b/s2 504 UT 1"],
        ["a>b/s1 - DC 1 destination", "a>b/s2 504 UT 1 destination"],
    ),
    case(
        "another-source-s-twins-are-left-alone",
        ["destination a>b 0 DC 1", "destination c>b 200 - 9", "source c>b 504 UT 0.1"],
        ["a>b - DC 1 destination", "c>b 200 - 9 destination"],
    ),
    case(
        "service-behind-which-nobody-reports-keeps-its-time-outs",
        ["source a>?api 504 UT 1", "source a>?api 200 - 5"],
        ["a>?api 200 - 5 source never", "a>?api 504 UT 1 source never"],
    ),
    case(
        "never-arrived-beside-lost-is-paired-and-the-rest-added",
        ["destination a>b 0 DC 1", "destination a>b 200 - 50", "source a>b 503 UF,UT 3"],
        ["a>b 200 - 50 destination", "a>b 503 UF,UT 1 destination", "a>b 503 UF,UT 2 source never"],
    ),
    case(
        "waypoint-s-report-pairs-like-a-destination-s",
        ["waypoint a>b 0 DC 1", "waypoint a>b 200 - 9", "source a>b 504 UT 1", "source a>b 200 - 9"],
        ["a>b 200 - 9 waypoint", "a>b 504 UT 1 waypoint"],
    ),
]

CLIENT_GONE = [
    case(
        "client-s-DC-is-the-server-s-DC",
        ["source a>b 0 DC 2", "destination a>b 0 DC 2", "destination a>b 200 - 50", "source a>b 200 - 50"],
        ["a>b - DC 2 destination", "a>b 200 - 50 destination"],
    ),
    case(
        "without-workload-too-where-the-service-reports",
        ["source a>?b 0 DC 2", "destination a>b 0 DR 2"],
        ["a>b - DR 2 destination"],
    ),
    case(
        "not-even-with-a-flag-of-never-arrived",
        ["source a>b 0 DC,UF 2", "destination a>b 200 - 5"],
        ["a>b 200 - 5 destination"],
    ),
    case(
        "kept-where-nobody-else-reports",
        ["source a>?api 0 DC 2"],
        ["a>?api - DC 2 source never"],
    ),
]

UNKNOWN_SOURCE = [
    case(
        "source-s-row-is-taken-off-the-unknown-source",
        ["source a>b 200 - 3", "destination ?>b 200 - 10"],
        ["a>b 200 - 3 source", "?>b 200 - 7 destination"],
    ),
    case(
        "as-far-as-it-goes",
        ["source a>b 200 - 12", "destination ?>b 200 - 10"],
        ["a>b 200 - 12 source"],
    ),
    case(
        "unknown-source-s-errors-stay-its-own",
        ["source a>b 200 - 11", "destination ?>b 200 - 10", "destination ?>b 503 - 1"],
        ["a>b 200 - 11 source", "?>b 503 - 1 destination"],
    ),
    case(
        "lost-answers-are-taken-off-the-unanswered",
        ["source a>b 504 UT 1", "destination ?>b 0 DC 3", "destination ?>b 200 - 5"],
        ["a>b 504 UT 1 source", "?>b - DC 2 destination", "?>b 200 - 5 destination"],
    ),
    case(
        "another-code-of-the-same-outcome-will-do",
        ["source a>b 200 - 2", "destination ?>b 304 - 5"],
        ["a>b 200 - 2 source", "?>b 304 - 3 destination"],
    ),
    case(
        "what-never-arrived-is-not-in-there",
        ["source a>b 503 UF 3", "destination ?>b 503 - 10"],
        ["a>b 503 UF 3 source never", "?>b 503 - 10 destination"],
    ),
    case(
        "sources-that-the-destination-knows-take-nothing",
        ["source a>b 200 - 3", "destination a>b 200 - 3", "destination ?>b 200 - 10"],
        ["a>b 200 - 3 destination", "?>b 200 - 10 destination"],
    ),
    case(
        "another-destination-s-unknown-source-is-left-alone",
        ["source a>b 200 - 3", "destination ?>c 200 - 10"],
        ["a>b 200 - 3 source", "?>c 200 - 10 destination"],
    ),
    case(
        "same-service-first",
        ["source a>b/s 200 - 3", "destination ?>b/s 200 - 4", "destination ?>b/t 200 - 4"],
        ["a>b/s 200 - 3 source", "?>b/s 200 - 1 destination", "?>b/t 200 - 4 destination"],
    ),
]

# Two real Envoys in a row: what each wrote, source's rows first.
ENVOYS = [
    case(
        "route-time-out-http1",
        ["source a>b 504 UT 1", "destination a>b 0 DC 1"],
        ["a>b 504 UT 1 destination"],
    ),
    case(
        "route-time-out-http2",
        ["source a>b 504 UT 1", "destination a>b 0 DR 1"],
        ["a>b 504 UT 1 destination"],
    ),
    case(
        "per-try-time-out-with-two-retries-http1",
        ["source a>b 504 URX,UT 1", "destination a>b 0 DC 3"],
        ["a>b 504 URX,UT 1 destination", "a>b - DC 2 destination"],
    ),
    case(
        "per-try-time-out-with-two-retries-http2",
        ["source a>b 504 URX,UT 1", "destination a>b 0 DR 3"],
        ["a>b 504 URX,UT 1 destination", "a>b - DR 2 destination"],
    ),
    case(
        "app-503-with-two-retries",
        ["source a>b 503 URX 1", "destination a>b 503 - 2", "destination a>b 503 DC 1"],
        ["a>b 503 - 2 destination", "a>b 503 DC 1 destination"],
    ),
    case(
        "server-port-closed",
        ["source a>b 503 URX,UF 1"],
        ["a>b 503 UF,URX 1 source never"],
    ),
    case(
        "server-port-closed-beside-good-traffic",
        ["source a>b 503 URX,UF 1", "source a>b 200 - 9", "destination a>b 200 - 9"],
        ["a>b 503 UF,URX 1 source never", "a>b 200 - 9 destination"],
    ),
    case(
        "destination-proxy-dies",
        ["source a>b 503 UC 1"],
        ["a>b 503 UC 1 source"],
    ),
    case(
        "destination-proxy-dies-beside-good-traffic",
        ["source a>b 503 UC 1", "source a>b 200 - 9", "destination a>b 200 - 9"],
        ["a>b 503 UC 1 source", "a>b 200 - 9 destination"],
    ),
    case(
        "app-refuses",
        ["source a>b 503 - 1", "destination a>b 503 UF 1"],
        ["a>b 503 UF 1 destination"],
    ),
    case(
        "app-resets",
        ["source a>b 503 - 1", "destination a>b 503 UC 1"],
        ["a>b 503 UC 1 destination"],
    ),
    case(
        "client-goes-away-http1",
        ["source a>b 0 DC 1", "destination a>b 0 DC 1"],
        ["a>b - DC 1 destination"],
    ),
    case(
        "client-goes-away-http2",
        ["source a>b 0 DC 1", "destination a>b 0 DR 1"],
        ["a>b - DR 1 destination"],
    ),
    case(
        "mirrored",
        ["source a>b 200 - 1", "destination a>b 200 - 2"],
        ["a>b 200 - 2 destination"],
    ),
]


@pytest.mark.parametrize(("said", "shown"), SERVER_REPORT)
def test_rule_1_uses_the_report_nearest_to_the_server(said, shown):
    assert flow_lines(merged(requests(*said))) == shown


@pytest.mark.parametrize(("said", "shown"), NEVER_ARRIVED)
def test_rule_2_adds_what_never_arrived(said, shown):
    assert flow_lines(merged(requests(*said))) == shown


@pytest.mark.parametrize(("said", "shown"), ANSWER_LOST)
def test_rule_3_names_the_server_s_unanswered_requests(said, shown):
    assert flow_lines(merged(requests(*said))) == shown


@pytest.mark.parametrize(("said", "shown"), CLIENT_GONE)
def test_rule_4_never_adds_a_client_that_went_away(said, shown):
    assert flow_lines(merged(requests(*said))) == shown


@pytest.mark.parametrize(("said", "shown"), UNKNOWN_SOURCE)
def test_rule_5_takes_known_sources_off_the_unknown_one(said, shown):
    assert flow_lines(merged(requests(*said))) == shown


@pytest.mark.parametrize(("said", "shown"), ENVOYS)
def test_what_two_real_envoys_wrote_is_shown_once(said, shown):
    traffic = merged(requests(*said))
    assert flow_lines(traffic) == shown
    assert not notes(traffic)


# 20 scrapes a window: reports may differ by a tenth.
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        case(
            "within-sampling",
            ["source a>b 200 - 11", "destination a>b 200 - 10"],
            ["a>b 200 - 10 destination"],
        ),
        case(
            "beyond-sampling",
            ["source a>b 200 - 11.1", "destination a>b 200 - 10"],
            ["a>b 200 - 11.1 source"],
        ),
        case(
            "source-s-report-is-used-whole",
            ["source a>b 200 - 18", "source a>b 504 UT 2", "source a>b 0 DC 1", "destination a>b 200 - 10"],
            ["a>b 200 - 18 source", "a>b 504 UT 2 source", "a>b - DC 1 source"],
        ),
        case(
            "more-at-the-destination",
            ["source a>b 200 - 10", "destination a>b 200 - 30"],
            ["a>b 200 - 30 destination"],
        ),
        case(
            "what-never-arrived-proves-nothing",
            ["source a>b 503 UF 10", "source a>b 200 - 10", "destination a>b 200 - 10"],
            ["a>b 503 UF 10 source never", "a>b 200 - 10 destination"],
        ),
        case(
            "clients-that-left-prove-nothing",
            ["source a>b 0 DC 10", "source a>b 200 - 10", "destination a>b 200 - 10"],
            ["a>b 200 - 10 destination"],
        ),
        case(
            "unpaired-time-outs-prove-it",
            ["source a>b 504 UT 10", "source a>b 200 - 10", "destination a>b 200 - 10"],
            ["a>b 200 - 10 source", "a>b 504 UT 10 source"],
        ),
        case(
            "half-reported-source-takes-nothing-off-the-unknown-one",
            ["source a>b 200 - 20", "destination a>b 200 - 10", "destination ?>b 200 - 5"],
            ["a>b 200 - 20 source", "?>b 200 - 5 destination"],
        ),
    ],
)
def test_rule_6_uses_the_source_where_part_of_the_destination_is_silent(said, shown):
    traffic = merged(requests(*said))
    assert flow_lines(traffic) == shown
    half = any(line.startswith("a>b 200") and line.endswith("source") for line in shown)
    assert notes(traffic) == ({"a>b http": "half-reported"} if half else {})


@pytest.mark.parametrize(("scrapes", "is_half"), [(4, False), (10, False), (20, True), (0, False)])
def test_fewer_scrapes_allow_more_difference(scrapes, is_half):
    said = requests("source a>b 200 - 12", "destination a>b 200 - 10")
    assert bool(notes(merged(said, scrapes=scrapes))) is is_half


def test_service_whose_every_workload_is_half_reported_keeps_its_time_outs():
    said = ["source a>b 200 - 20", "destination a>b 200 - 10", "source a>?b 504 UT 1"]
    assert flow_lines(merged(requests(*said))) == {"a>b 200 - 20 source", "a>?b 504 UT 1 source never"}
