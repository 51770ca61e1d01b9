"""Every rule over configuration and telemetry with frames that it passes and frames that it finds."""

import pytest
import yaml

from mesh_graph import fields
from mesh_graph.istio.checks.judging import Checked
from mesh_graph.istio.joined import JOINED_RULES, Evidence, LongPast, join
from mesh_graph.istio.joined.limits import lower_bound
from mesh_graph.istio.subsets import Registry
from mesh_graph.topology.traffic import Traffic
from mesh_graph.views.check_text import check_text, finding_json
from mesh_graph.views.messages_istio import CONFIG_MESSAGES, basis_text, config_words
from tests.istio.declare import deployment, service, snapshot
from tests.topology.traffic_table import (
    UNKNOWN_SOURCE,
    call,
    destination,
    lost,
    report,
    source,
    stream,
    traffic,
)

AT = 1_790_000_000.0
WINDOW_S = 300
FRONT = source("front-v1", namespace="bookinfo")
V1, V2, V3 = (destination(f"reviews-v{n}", "reviews", f"v{n}", namespace="bookinfo") for n in (1, 2, 3))
REVIEWS = (
    service("reviews"),
    *(deployment("reviews", f"v{n}") for n in (1, 2, 3)),
    deployment("front", "v1"),
)
RULE = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
"""
LATE = "2026-09-21T14:13:00Z"
"""Twenty seconds before ``AT``, within the window."""


def routes(spec: str, name: str = "reviews", extra: str = "", changed: str = "2025-01-01T00:00:00Z") -> str:
    """A VirtualService for reviews."""
    return f"""
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: {name}, creationTimestamp: "{changed}"}}
spec: {{hosts: [reviews], http: [{spec}]{extra}}}
"""


def split(first: int, second: int, **options) -> str:
    """A route with two weights."""
    entries = ", ".join(
        f"{{destination: {{host: reviews, subset: v{n}}}, weight: {w}}}" for n, w in ((1, first), (2, second))
    )
    return routes(f"{{route: [{entries}]}}", **options)


def only(subset: str, more: str = "") -> str:
    """A route to one subset, or to all."""
    named = f", subset: {subset}" if subset else ""
    return routes(f"{{route: [{{destination: {{host: reviews{named}}}}}]{more}}}")


def entry(host: str, more: str = "") -> str:
    """A ServiceEntry."""
    return f"""
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: outside, creationTimestamp: "2025-01-01T00:00:00Z"}}
spec: {{hosts: ["{host}"]{more}}}
"""


def mtls(mode: str, more: str = "", name: str = "default") -> str:
    """A PeerAuthentication."""
    return f"""
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{name: {name}}}
spec: {{mtls: {{mode: {mode}}}{more}}}
"""


def pod(name: str, *containers: str, version: str = "v1") -> dict:
    """A pod of a Deployment."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{name}-{version}-x",
            "namespace": "bookinfo",
            "labels": {"app": name, "version": version},
            "ownerReferences": [{"kind": "ReplicaSet", "name": f"{name}-{version}", "controller": True}],
        },
        "spec": {"containers": [{"name": container} for container in containers]},
    }


def passing(host: str, rate: float = 1.0, **values):
    """A call that leaves by the PassthroughCluster."""
    place = lost(fields.PASSTHROUGH, namespace=fields.UNKNOWN, host=host)
    return call(FRONT, place, rate, arrived=False, **values)


def secured(caller, mutual: float, known: float, **values):
    """A report of the server of version 1."""
    rates = {"destination_rate": known, "mtls_rate": mutual, "mtls_known_rate": known}
    return report(caller, V1, **rates, **values)


DAY = LongPast(86_400, frozenset({"api.example.com"}))
CUT = "spec/http[0]/timeout"
CASES = [
    # a weighted destination without traffic: 10 % of 300 requests, none of them there
    ("MSH0101", [*REVIEWS, RULE, split(90, 10)], traffic(call(FRONT, V1, 0.9), call(FRONT, V2, 0.1)), []),
    ("MSH0101", [*REVIEWS, RULE, split(90, 10)], Traffic.empty(), []),
    ("MSH0101", [*REVIEWS, RULE, split(90, 10)], traffic(call(FRONT, V1, 0.1)), []),
    ("MSH0101", [*REVIEWS, RULE, split(100, 0)], traffic(call(FRONT, V1, 1.0)), []),
    ("MSH0101", [*REVIEWS, RULE, split(90, 10, changed=LATE)], traffic(call(FRONT, V1, 1.0)), []),
    (
        "MSH0101",
        [*REVIEWS, RULE, split(90, 10), only("v1").replace("name: reviews,", "name: other,")],
        traffic(call(FRONT, V1, 1.0)),
        [],
    ),
    (
        "MSH0101",
        [*REVIEWS, RULE, split(90, 10)],
        traffic(call(FRONT, V1, 1.0)),
        [("warning", "VirtualService", "spec/http[0]/route[1]", 300)],
    ),
    # traffic to a version that no route names
    ("MSH0102", [*REVIEWS, RULE, split(90, 10)], traffic(call(FRONT, V1), call(FRONT, V2)), []),
    ("MSH0102", [*REVIEWS, RULE, only("")], traffic(call(FRONT, V3)), []),
    ("MSH0102", [*REVIEWS, RULE, only("gone")], traffic(call(FRONT, V3)), []),
    ("MSH0102", [*REVIEWS, RULE, split(90, 10)], traffic(call(FRONT, V3, 0.01)), []),
    (
        "MSH0102",
        [*REVIEWS, RULE, split(90, 10, extra=", gateways: [public]")],
        traffic(call(FRONT, V3)),
        [],
    ),
    (
        "MSH0102",
        [*REVIEWS, RULE, split(90, 10)],
        traffic(call(FRONT, V1, 9.0), call(FRONT, V3, 0.5)),
        [("warning", "VirtualService", "spec/http", 150)],
    ),
    # a time limit that cuts off more than one in a hundred
    ("MSH0103", [*REVIEWS, only("", ", timeout: 2s")], traffic(call(FRONT, V1, 10.0)), []),
    ("MSH0103", [*REVIEWS, only("")], traffic(call(FRONT, V1, 1.0, flags="UT")), []),
    ("MSH0103", [*REVIEWS, only("", ", timeout: 0s")], traffic(call(FRONT, V1, 1.0, flags="UT")), []),
    (
        "MSH0103",
        [*REVIEWS, only("", ", timeout: 2s")],
        traffic(call(FRONT, V1, 10.0), call(FRONT, V1, 0.05, flags="UT")),
        [],
    ),
    (
        "MSH0103",
        [*REVIEWS, only("", ", timeout: 2s")],
        traffic(call(FRONT, V1, 9.5), call(FRONT, V1, 0.5, flags="URX,UT")),
        [("warning", "VirtualService", CUT, 3000)],
    ),
    (
        "MSH0103",
        [*REVIEWS, only("", ", retries: {attempts: 2, perTryTimeout: 0.5s}")],
        traffic(call(FRONT, V1, 9.5), call(FRONT, V1, 0.5, flags="UT")),
        [("warning", "VirtualService", "spec/http[0]/retries/perTryTimeout", 3000)],
    ),
    # retries that multiply the load
    (
        "MSH0104",
        [*REVIEWS, only("", ", retries: {attempts: 2}")],
        traffic(reports=[report(FRONT, V1, source_rate=10.0, destination_rate=10.5)]),
        [],
    ),
    (
        "MSH0104",
        [*REVIEWS, only("")],
        traffic(reports=[report(FRONT, V1, source_rate=10.0, destination_rate=15.0)]),
        [],
    ),
    (
        "MSH0104",
        [*REVIEWS, only("", ", retries: {attempts: 2}")],
        traffic(reports=[report(FRONT, V1, source_rate=0.1, destination_rate=0.3)]),
        [],
    ),
    (
        "MSH0104",
        [*REVIEWS, only("", ", retries: {attempts: 2}")],
        traffic(reports=[report(FRONT, V1, destination_rate=15.0)]),
        [],
    ),
    (
        "MSH0104",
        [*REVIEWS, only("", ", retries: {attempts: 2}")],
        traffic(reports=[report(FRONT, V1, source_rate=10.0, destination_rate=12.0)]),
        [("warning", "VirtualService", "spec/http[0]/retries/attempts", 3000)],
    ),
    # plain text where mutual TLS is strict
    ("MSH0201", [*REVIEWS, mtls("STRICT")], traffic(reports=[secured(FRONT, 1.0, 1.0)]), []),
    ("MSH0201", [*REVIEWS, mtls("PERMISSIVE")], traffic(reports=[secured(FRONT, 0.0, 1.0)]), []),
    ("MSH0201", [*REVIEWS, mtls("STRICT")], Traffic.empty(), []),
    (
        "MSH0201",
        [
            *REVIEWS,
            mtls(
                "STRICT",
                ", selector: {matchLabels: {version: v1}}, portLevelMtls: {8080: {mode: PERMISSIVE}}",
            ),
        ],
        traffic(reports=[secured(FRONT, 0.0, 1.0)]),
        [],
    ),
    (
        "MSH0201",
        [
            *REVIEWS,
            mtls("STRICT"),
            mtls("DISABLE", ", selector: {matchLabels: {version: v1}}", name="exception"),
        ],
        traffic(reports=[secured(FRONT, 0.0, 1.0)]),
        [],
    ),
    (
        "MSH0201",
        [*REVIEWS, mtls("STRICT")],
        traffic(reports=[secured(FRONT, 1.0, 1.0), secured(UNKNOWN_SOURCE, 0.5, 1.0)]),
        [("error", "PeerAuthentication", "spec/mtls/mode", 150)],
    ),
    (
        "MSH0201",
        [*REVIEWS, mtls("STRICT")],
        traffic(
            tcp=[stream(FRONT, V1, opened_rate=0.1), stream(FRONT, V2, opened_rate=9.0)],
            reports=[
                {**secured(FRONT, 200.0, 500.0), "protocol": "tcp"},
                report(FRONT, V2, protocol="tcp", mtls_rate=9.0, mtls_known_rate=9.0),
            ],
        ),
        [("error", "PeerAuthentication", "spec/mtls/mode", 30)],
    ),
    (
        "MSH0201",
        [*REVIEWS, mtls("STRICT")],
        traffic(
            tcp=[stream(FRONT, V1, opened_rate=0.1)],
            reports=[{**secured(FRONT, 500.0, 500.0), "protocol": "tcp"}],
        ),
        [],
    ),
    (
        "MSH0201",
        [*REVIEWS, mtls("STRICT")],
        traffic(reports=[secured(FRONT, 0.0, 1.0), {**secured(FRONT, 0.0, 500.0), "protocol": "tcp"}]),
        [
            ("error", "PeerAuthentication", "spec/mtls/mode", 300),
            ("error", "PeerAuthentication", "spec/mtls/mode", 0),
        ],
    ),
    # an entry that nobody uses
    ("MSH0301", [entry("api.example.com")], traffic(call(FRONT, V1)), []),
    ("MSH0301", [entry("*.example.com")], traffic(call(FRONT, V1)), []),
    ("MSH0301", [entry("other.example.com")], Traffic.empty(), []),
    (
        "MSH0301",
        [entry("other.example.com")],
        traffic(call(FRONT, lost("x", host="other.example.com"), arrived=False)),
        [],
    ),
    (
        "MSH0301",
        [entry("other.example.com", ", exportTo: [elsewhere]")],
        traffic(call(FRONT, V1)),
        [],
    ),
    (
        "MSH0301",
        [entry("other.example.com")],
        traffic(call(FRONT, V1)),
        [("unknown", "ServiceEntry", "spec/hosts", 300)],
    ),
    # a host that nobody registered
    ("MSH0302", [*REVIEWS, entry("maps.example.com")], traffic(passing("maps.example.com")), []),
    ("MSH0302", [*REVIEWS], traffic(passing("10.1.2.3")), []),
    ("MSH0302", [*REVIEWS], traffic(passing(fields.PASSTHROUGH)), []),
    ("MSH0302", [*REVIEWS], traffic(passing("maps.example.com:https")), []),
    (
        "MSH0302",
        [*REVIEWS],
        traffic(passing("maps.example.com")),
        [("warning", "Deployment", "", 300)],
    ),
    # a workload of which only the other side tells
    (
        "MSH0401",
        [*REVIEWS],
        traffic(
            call(FRONT, V1),
            reports=[report(FRONT, V1, source_rate=1.0, destination_rate=1.0)],
        ),
        [],
    ),
    ("MSH0401", [], traffic(call(FRONT, V1), reports=[report(FRONT, V1, source_rate=1.0)]), []),
    (
        "MSH0401",
        [*REVIEWS],
        traffic(call(FRONT, V1, 0.01), reports=[report(FRONT, V1, source_rate=0.01)]),
        [],
    ),
    (
        "MSH0401",
        [*REVIEWS],
        traffic(call(FRONT, V1), reports=[report(FRONT, V1, source_rate=1.0)]),
        [("unknown", "Deployment", "", 300)],
    ),
    (
        "MSH0401",
        [*REVIEWS, pod("reviews", "app", "istio-proxy")],
        traffic(call(FRONT, V1), reports=[report(FRONT, V1, source_rate=1.0)]),
        [("warning", "Deployment", "", 300)],
    ),
    (
        "MSH0401",
        [*REVIEWS, pod("front", "app", "istio-proxy")],
        traffic(call(FRONT, V1), reports=[report(FRONT, V1, destination_rate=1.0)]),
        [("warning", "Deployment", "", 300)],
    ),
    (
        "MSH0401",
        [*REVIEWS],
        traffic(
            tcp=[stream(FRONT, V1, opened_rate=0.1)],
            reports=[report(FRONT, V1, source_rate=1.0, protocol="tcp")],
        ),
        [("unknown", "Deployment", "", 30)],
    ),
]  # fmt: skip


def found_by(code: str, objects: list, seen: Traffic, past: LongPast | None = DAY):
    """Findings of one rule."""
    registry = Registry(snapshot(*objects))
    checked = join(registry, Evidence(AT, WINDOW_S, seen, past))
    return [finding for finding in checked.findings if finding.code == code]


@pytest.mark.parametrize(("code", "objects", "seen", "expected"), CASES)
def test_rule_finds(code, objects, seen, expected):
    found = found_by(code, objects, seen)
    told = [(f.severity.value, f.source.kind, f.path, f.basis.count) for f in found]
    assert told == expected
    assert all((f.basis.at, f.basis.window_s) == (AT, WINDOW_S) for f in found)


def test_every_rule_has_both_cases_and_words():
    codes = {rule.code for rule in JOINED_RULES}
    assert {code for code, _, _, expected in CASES if expected} == codes
    assert {code for code, _, _, expected in CASES if not expected} == codes
    assert codes < set(CONFIG_MESSAGES)


def test_words_say_what_was_counted_and_when():
    (finding,) = found_by("MSH0101", [*REVIEWS, RULE, split(90, 10)], traffic(call(FRONT, V1, 1.0)))
    what = config_words(finding).what
    assert what.startswith("reviews v2 has the share 0.1 of the route, about 30 requests")
    assert basis_text(finding.basis) == "Counted: 300 in 5m up to 2026-09-21T14:13:20Z."
    text = check_text(Checked((finding,)), ())
    assert "Counted: 300 in 5m" in text
    row = finding_json(finding)
    assert row["basis"] == {"at": AT, "window_s": 300, "count": 300}


def test_host_that_is_called_is_proposed_as_an_entry_that_ends_the_finding():
    (finding,) = found_by("MSH0302", [*REVIEWS], traffic(passing("maps.example.com:8080")))
    assert finding_json(finding)["proposal"] == finding.proposal
    assert "    kind: ServiceEntry" in check_text(Checked((finding,)), ())
    entry = yaml.safe_load(finding.proposal)
    assert entry["metadata"] == {"name": "maps-example-com", "namespace": "bookinfo"}
    assert entry["spec"]["ports"] == [{"number": 8080, "name": "http", "protocol": "HTTP"}]
    assert found_by("MSH0302", [*REVIEWS, entry], traffic(passing("maps.example.com:8080"))) == []


def test_caller_that_is_not_declared_is_named_all_the_same():
    (finding,) = found_by("MSH0302", [], traffic(passing("maps.example.com")))
    assert (finding.source.kind, finding.source.namespace, finding.source.name) == (
        "Workload",
        "bookinfo",
        "front-v1",
    )


def test_without_a_longer_past_nothing_is_said_of_use():
    assert found_by("MSH0301", [entry("other.example.com")], traffic(call(FRONT, V1)), None) == []


def test_object_asks_that_a_joined_rule_says_nothing_of_it():
    ignoring = split(90, 10).replace(
        "name: reviews,",
        "name: reviews, annotations: {kiali.io/ignore-validations: MSH0101},",
    )
    assert found_by("MSH0101", [*REVIEWS, RULE, ignoring], traffic(call(FRONT, V1, 1.0))) == []


def test_rule_without_the_kinds_that_it_needs_is_skipped():
    seen = snapshot(*REVIEWS, RULE, split(90, 10))
    blind = type(seen)(1, 0.0, seen.clusters, (), seen.by_kind, frozenset({"Pod"}))
    checked = join(Registry(blind), Evidence(AT, WINDOW_S, traffic(call(FRONT, V1, 1.0))))
    assert ("MSH0101", ("Pod",)) in checked.skipped
    assert checked.findings == ()


@pytest.mark.parametrize(
    ("hits", "total", "bound"),
    # by hand: p + z²/2n − z √(p(1−p)/n + z²/4n²), over 1 + z²/n, with z = 2.326
    [(0, 100, 0.0), (50, 1000, 0.0363), (500, 1000, 0.4634), (1, 1, 0.1560), (0, 0, 0.0)],
)
def test_lower_bound_of_a_share(hits, total, bound):
    assert lower_bound(hits, total) == pytest.approx(bound, abs=2e-4)
