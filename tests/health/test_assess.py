"""Statuses by hand: what the tables of tolerances say of traffic that can be counted on one's fingers."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.health import Profile, assess, profile_named
from mesh_graph.health.assess import assess_facts, statuses_of
from mesh_graph.health.facts import read_facts
from mesh_graph.health.profiles import DEFAULT, KIALI
from mesh_graph.model import NodeKind, Status
from mesh_graph.settings.tolerances import Tolerance, ToleranceRule
from mesh_graph.topology.traffic import Traffic
from tests.health.rows import PAGE, SHOP, app, line_row, lines, namespace, service, workload
from tests.topology.traffic_table import call, destination, lost, source, stream, traffic

WINDOW_S = 300
FAILURE, DEGRADED, HEALTHY, NO_DATA = Status.FAILURE, Status.DEGRADED, Status.HEALTHY, Status.NO_DATA


def status(texts, profile=DEFAULT):
    """Status of the server, ``?`` behind what is tentative."""
    found = assess(lines(*texts), WINDOW_S, profile).of(app("shop"))
    return f"{found.status}{'' if found.is_firm else '?'}"


@pytest.mark.parametrize(
    ("texts", "default", "kiali"),
    [
        # -- http: the ratio is of all requests of the protocol
        (["200 2"], "healthy", "healthy"),
        (["200 9.995", "500 0.005"], "healthy", "degraded"),  # 0.05 %: below the product's 0.1 %
        (["200 99.9", "500 0.1"], "degraded", "degraded"),  # 0.1 % exactly
        (["200 91", "503 9"], "degraded", "degraded"),
        (["200 90", "503 10"], "failure", "failure"),  # 10 % exactly
        (["200 95", "500 4", "503:UF 6"], "degraded", "degraded"),  # 10 of 105 is 9.5 %
        (["503:FI 2"], "failure", "failure"),
        # -- the caller's own mistakes
        (["200 90", "404 10"], "healthy", "degraded"),
        (["200 80.1", "404 19.9"], "healthy", "degraded"),
        (["200 80", "404 20"], "degraded", "failure"),
        (["404 3"], "degraded", "failure"),
        (["200 9", "301 1"], "healthy", "healthy"),
        # -- no response: hung up on by the caller, or lost
        (["200 95", "-:DC 5"], "healthy", "degraded"),
        (["200 80", "-:DR 20"], "healthy", "failure"),
        (["200 80", "-:UC 20"], "failure", "failure"),
        # -- gRPC: by its status; Kiali counts every one but 0
        (["grpc:0 9", "grpc:14 1"], "failure", "failure"),
        (["grpc:0 9", "grpc:5 1"], "healthy", "failure"),
        (["grpc:0 99", "grpc:1 1"], "healthy", "degraded"),
        (["grpc:0 8", "grpc:5 2"], "degraded", "failure"),
        (["grpc:0 99", "grpc:13 1"], "degraded", "degraded"),
        (["grpc:0 99", "grpc:17 1"], "healthy", "healthy"),
        # -- each protocol for itself, the worst wins
        (["200 1000", "grpc:0 9", "grpc:14 1"], "failure", "failure"),
        (["200 90", "500 10", "grpc:0 1000"], "failure", "failure"),
        # -- tcp: closed connections; Kiali has no tolerance for them
        (["tcp 10"], "healthy", "no_data?"),
        (["tcp 9", "tcp:UF 1"], "failure", "no_data?"),
        (["tcp 0"], "no_data?", "no_data?"),
        # -- evidence: five errors make it firm; 0.003 rps over 300 s is about one request
        (["200 0.00667", "500 0.00333"], "failure?", "failure"),
        (["200 6.667", "500 3.333"], "failure", "failure"),
        (["200 1", "500 0.0133"], "degraded?", "degraded"),  # 4 errors
        (["200 1", "500 0.01667"], "degraded", "degraded"),  # 5 errors
        (["200 0.1"], "healthy?", "healthy"),  # 30 requests without error may hide 11 % of errors
        (["200 0.2"], "healthy", "healthy"),  # 60 may hide 6 %
    ],
)
def test_table_of_cases(texts, default, kiali):
    assert (status(texts), status(texts, KIALI)) == (default, kiali)


@pytest.mark.parametrize("profile", [DEFAULT, KIALI])
def test_service_whose_every_request_is_aborted_by_a_fault_is_a_failure(profile):
    health = assess(lines("503:FI 2 never"), WINDOW_S, profile)
    assert health.of(service("shop")).status == health.of(namespace()).status == FAILURE
    assert app("shop") not in health.assessments


def test_limit_of_zero_fails_at_the_first_error():
    zero = Profile("own", (Tolerance("5XX", 0, 0),))
    assert status(["200 1000", "500 0.001"], zero) == "failure"
    assert status(["200 1000"], zero) == "healthy"


def test_limit_that_is_never_reached_only_degrades():
    assert status(["500 1"], Profile("own", (Tolerance("5XX", 50, math.inf),))) == "degraded"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (ToleranceRule.parse("shop/app/shop", "5XX,0,50"), DEGRADED),
        (ToleranceRule.parse("shop/app/sh.*", "5XX,0,10"), FAILURE),
        (ToleranceRule.parse("shop/app/sh", "5XX,0,50"), FAILURE),  # whole names only: the profile's
        (ToleranceRule.parse("other/app/shop", "5XX,0,50"), FAILURE),
        (ToleranceRule.parse("shop/workload/shop", "5XX,0,50"), FAILURE),
        (ToleranceRule.parse("//", "5XX,30,50"), HEALTHY),
        (ToleranceRule.parse("//", "5XX,0,50,grpc"), NO_DATA),
        (ToleranceRule.parse("//", "5XX,0,10,http,outbound"), NO_DATA),
        (ToleranceRule.parse("//", "503,0,10"), HEALTHY),
        (ToleranceRule.parse("//", "5xx,0,10,http|grpc,in.*"), FAILURE),
    ],
)
def test_rule_takes_the_place_of_the_profile_for_what_it_matches(rule, expected):
    found = assess(lines("200 80", "500 20"), WINDOW_S, profile_named("default", [rule]))
    assert found.of(app("shop")).status == expected


def test_first_rule_that_matches_decides():
    rules = [ToleranceRule.parse("shop/app/.*", "5XX,90,95"), ToleranceRule.parse("//", "5XX,0,0")]
    health = assess(lines("200 80", "500 20"), WINDOW_S, profile_named("kiali", rules))
    assert health.of(app("shop")).status == HEALTHY
    assert health.of(service("shop")).status == FAILURE


def test_without_traffic_nothing_is_green():
    health = assess(Traffic.empty(), WINDOW_S)
    assert health.assessments == {}
    nothing = health.of(app("shop"))
    assert (nothing.status, nothing.is_firm, nothing.check) == (NO_DATA, False, None)


def test_bytes_alone_are_no_sign_of_health():
    found = assess(traffic(tcp=[stream(PAGE, SHOP, 5000.0)]), WINDOW_S).of(app("shop"))
    assert (found.status, found.note) == (NO_DATA, "health-unrated")


def test_caller_is_judged_by_what_it_sent_and_service_by_what_came_in():
    health = assess(lines("200 80", "500 20"), WINDOW_S)
    statuses = {key: found.status for key, found in health.assessments.items()}
    assert statuses == dict.fromkeys(
        (
            *(app("page"), app("shop"), workload("page-v1"), workload("shop-v1")),
            *(service("shop"), namespace()),
        ),
        FAILURE,
    )
    assert [reason.message for reason in health.of(app("page")).reasons] == ["health-outbound"]


@pytest.mark.parametrize("seen", [[], ["200 1"]])
def test_request_that_never_arrived_counts_against_what_it_was_meant_for(seen):
    """By what stands behind the service, or else by its name, if there is such an application."""
    back = call(source("shop-v1", "shop"), destination("db-v1", "db"), 1.0)
    flows = [line_row(text) for text in (*seen, "503:UF 2 never")]
    health = assess(traffic(*flows, back), WINDOW_S)
    assert health.of(service("shop")).status == FAILURE
    assert health.of(app("shop")).status == FAILURE
    assert health.of(workload("shop-v1")).status == (FAILURE if seen else HEALTHY)


def test_lost_request_to_several_applications_counts_against_the_service_alone():
    canary = destination("new-v1", "new") | {"destination_service_name": "shop"}
    canary |= {"destination_service": SHOP["destination_service"]}
    flows = [line_row("200 5"), line_row("200 5", server=canary), line_row("503:UH 5 never")]
    health = assess(traffic(*flows), WINDOW_S)
    assert health.of(service("shop")).status == FAILURE
    assert health.of(app("shop")).status == health.of(app("new")).status == HEALTHY


def test_lost_request_counts_in_the_cluster_that_serves_the_service():
    west = destination("shop-v1", "shop", cluster="west")
    flows = [
        line_row("200 1", server=west),
        call(PAGE, lost("shop"), 1.0, code="503", flags="UF", outcome="error"),
    ]
    health = assess(traffic(*flows), WINDOW_S)
    assert health.of(app("shop", cluster="west")).status == FAILURE
    assert health.of(service("shop", cluster="west")).status == FAILURE
    assert service("shop") not in health.assessments


@pytest.mark.parametrize("name", ["PassthroughCluster", "BlackHoleCluster", "unknown"])
def test_what_istio_calls_the_outside_is_no_service(name):
    nowhere = lost(name, namespace="unknown", cluster="unknown", host=name)
    health = assess(traffic(call(PAGE, nowhere, 1.0, code="502", outcome="error")), WINDOW_S)
    assert {key.kind for key in health.assessments} == {NodeKind.APP, NodeKind.WORKLOAD, NodeKind.NAMESPACE}
    assert health.of(app("page")).status == FAILURE


def test_reason_names_the_ending_and_the_peer_with_the_most_errors():
    other = source("cart-v1", "cart")
    flows = [
        line_row("200 90"),
        line_row("503:UF 6"),
        line_row("500 3", caller=other),
        line_row("503:UF 1", caller=other),
    ]
    reason = assess(traffic(*flows), WINDOW_S).of(app("shop")).reasons[0]
    assert (reason.code, reason.flags, reason.endings) == ("503", "UF", 2)
    assert (reason.peer, reason.peers) == (app("page"), 2)
    assert reason.check.error_ratio == pytest.approx(0.10)
    assert reason.check.rate == pytest.approx(100)
    assert (reason.check.errors, reason.check.requests) == (pytest.approx(3000), pytest.approx(30_000))


def test_namespace_is_as_its_worst_object_and_names_the_server_before_the_caller():
    found = assess(lines("200 80", "500 20"), WINDOW_S)
    reasons = found.of(namespace()).reasons
    assert [reason.subject for reason in reasons] == [
        app("shop"),
        workload("shop-v1"),
        service("shop"),
        app("page"),
        workload("page-v1"),
    ]
    assert found.counts[namespace()][NodeKind.APP] == {FAILURE: 2}


def test_hostile_names_are_names_like_any_other():
    evil = source('a|b%,"{x}\n', "é\u202e|")
    health = assess(traffic(line_row("500 1", caller=evil)), WINDOW_S)
    assert health.of(app("é\u202e|")).status == FAILURE


ENDINGS = st.sampled_from(
    ["200", "404", "500", "503:UF", "-:DC", "-:UC", "grpc:0", "grpc:5", "grpc:14", "tcp:", "tcp:UF"]
)
RATES = st.sampled_from([0.001, 0.01, 0.5, 1.0, 9.0, 100.0])
TRAFFIC = st.lists(st.tuples(ENDINGS, RATES, st.sampled_from(["shop", "cart", "db"])), max_size=8)
PROFILES = st.sampled_from([DEFAULT, KIALI])


def built(rows):
    return [
        line_row(f"{ending} {rate}", server=destination(f"{name}-v1", name)) for ending, rate, name in rows
    ]


def as_traffic(rows):
    return traffic(*(r for r in rows if "protocol" in r), tcp=[r for r in rows if "protocol" not in r])


@given(TRAFFIC, PROFILES, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, profile, random):
    shuffled = random.sample(rows, len(rows))
    one, other = (assess(as_traffic(built(order)), WINDOW_S, profile) for order in (rows, shuffled))
    assert one.assessments.keys() == other.assessments.keys()
    for key, found in one.assessments.items():
        assert (found.status, found.is_firm) == (other.of(key).status, other.of(key).is_firm)
        assert [r.peer for r in found.reasons] == [r.peer for r in other.of(key).reasons]


WORSE = {"200": "500", "grpc:0": "grpc:14", "tcp:": "tcp:UF"}


@given(TRAFFIC, PROFILES, st.integers(0, 7))
def test_a_good_request_that_turns_bad_improves_nothing(rows, profile, place):
    good = [at for at, row in enumerate(rows) if row[0] in WORSE]
    if not good:
        return
    at = good[place % len(good)]
    worse = [*rows[:at], (WORSE[rows[at][0]], *rows[at][1:]), *rows[at + 1 :]]
    before, after = (assess(as_traffic(built(case)), WINDOW_S, profile) for case in (rows, worse))
    for key, found in before.assessments.items():
        assert after.of(key).status.severity >= found.status.severity


@given(TRAFFIC, st.sampled_from(["500", "503:UF", "-:UC", "grpc:14", "tcp:UF"]), RATES)
def test_more_errors_improve_nothing(rows, ending, rate):
    more = [*rows, (ending, rate, "shop")]
    before, after = (assess(as_traffic(built(case)), WINDOW_S) for case in (rows, more))
    for key, found in before.assessments.items():
        assert after.of(key).status.severity >= found.status.severity


@given(TRAFFIC, PROFILES)
def test_the_worst_wins(rows, profile):
    health = assess(as_traffic(built(rows)), WINDOW_S, profile)
    inside = [found for key, found in health.assessments.items() if key.kind is not NodeKind.NAMESPACE]
    if inside:
        assert health.of(namespace()).status == Status.worst(found.status for found in inside)
    for found in inside:
        assert found.status == Status.worst(
            [*(reason.check.status for reason in found.reasons), found.status]
        )
        assert bool(found.reasons) == (found.status in (FAILURE, DEGRADED))


@settings(deadline=None)
@given(TRAFFIC, PROFILES)
def test_statuses_alone_are_those_that_come_with_reasons(rows, profile):
    facts = read_facts(as_traffic(built(rows)))
    full, alone = assess_facts(facts, WINDOW_S, profile), statuses_of(facts, WINDOW_S, profile)
    objects = {key: found for key, found in full.assessments.items() if key.kind is not NodeKind.NAMESPACE}
    assert alone.assessments.keys() == objects.keys()
    for key, found in objects.items():
        assert (alone.of(key).rank, alone.of(key).note) == (found.rank, found.note)
