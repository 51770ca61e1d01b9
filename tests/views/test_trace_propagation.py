"""The audit in words: who drops headers, the evidence, the headers, the sampling."""

import json

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.answers.trace_coverage import SampledShare
from mesh_graph.answers.trace_many import TraceAudit
from mesh_graph.answers.trace_sampling import DeclaredSampling, SamplingOrigin
from mesh_graph.model import View
from mesh_graph.traces.audit import Audit, BrokenPath, Propagation, ServiceAudit
from mesh_graph.traces.dependencies import MetricEdge
from mesh_graph.traces.interval import Interval, share_interval
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_propagation import HEADERS, STATUSES, VERDICTS
from mesh_graph.views.trace_propagation import render_propagation, verdict_words

EXAMPLE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("propagation", use_pages=False)


def service(name, propagation, joined=0, unjoined=0, **more):
    counts = dict.fromkeys(
        ("spans", "traces", "one_span_traces", "orphans", "entries", "entry_roots", "begun", "begun_short"), 1
    )
    whole = Interval(0.0, 1.0)
    share = share_interval(unjoined, joined + unjoined)
    return ServiceAudit(
        name, propagation, joined, unjoined, share, **counts, orphan_share=whole, one_span_share=whole, **more
    )


DROPS = service(
    "shipping.shop",
    Propagation.DROPS,
    unjoined=62,
    broken=(BrokenPath("page.shop", "shipping.shop", "track.shop", 1.0, 2.0, 35),),
    examples=(EXAMPLE,),
)
FORWARDS = service("page.shop", Propagation.FORWARDS, joined=30)


def audit(*services, spans=100, **more):
    given = {"unseen": (), "short_ids": 0, "long_ids": 20, "cut_ids": ()} | more
    return Audit(20 if spans else 0, spans, services, **given)


def text(found, sampled=None, declared=()):
    told = TraceAudit(View(at=0.0), found, sampled, declared, False, ())
    return json.dumps(render_propagation(told, Links()), cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_accused_is_named_with_evidence_examples_and_all_headers():
    said = text(audit(DROPS, FORWARDS))
    assert "shipping.shop drops the trace headers" in said
    assert "62 of 62 calls" in said
    assert "94% to 100%" in said, "exact 95% interval of 62 of 62"
    assert "page.shop → shipping.shop → track.shop: 35 calls" in said
    assert f"/traces/{EXAMPLE}" in said
    assert all(header in said for header in HEADERS)


def test_nobody_is_accused_where_all_hand_on():
    said = text(audit(FORWARDS))
    assert "No service was found to drop trace headers" in said
    assert "Headers to hand on" not in said


def test_several_accused_are_counted():
    other = service("b.shop", Propagation.DROPS, unjoined=9)
    assert verdict_words(audit(DROPS, other, FORWARDS)).startswith("2 of 3 services drop")


def test_no_traces_are_no_acquittal():
    assert "nothing can be said" in verdict_words(audit(spans=0))
    assert '"data-status": "no_data"' in text(audit(spans=0))


@pytest.mark.parametrize("propagation", list(Propagation))
def test_every_verdict_has_its_words_and_sign(propagation):
    said = text(audit(service("x.shop", propagation, joined=3, unjoined=3)))
    assert VERDICTS[propagation] in said
    assert f'"data-status": "{STATUSES[propagation]}"' in said


def test_edges_that_no_trace_joins_and_cut_ids_are_listed():
    found = audit(
        FORWARDS, unseen=(MetricEdge("a.shop", "b.shop", 3.0),), short_ids=2, cut_ids=(("x", EXAMPLE),)
    )
    said = text(found)
    assert "a.shop → b.shop: 3 rps" in said
    assert "2 traces have ids of 64 bits, 20 of 128" in said
    assert "somebody in these traces cuts ids" in said


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (
            DeclaredSampling("east", "", (), 1.0, SamplingOrigin.DEFAULT),
            "1% in all of east, by Istio's default: nobody says otherwise",
        ),
        (
            DeclaredSampling("east", "shop", (), 12.5, SamplingOrigin.TELEMETRY, "all"),
            "12.5% in namespace shop, by Telemetry all",
        ),
        (
            DeclaredSampling("east", "shop", (("app", "cart"),), 100.0, SamplingOrigin.TELEMETRY, "cart"),
            "100% in app=cart in namespace shop, by Telemetry cart",
        ),
    ],
)
def test_declared_sampling_says_where_and_by_whom(declared, words):
    assert words in text(audit(FORWARDS), declared=(declared,))


def test_estimated_sampling_has_its_interval():
    said = text(audit(FORWARDS), SampledShare(0.01, Interval(0.008, 0.012), 300, 30_000.0))
    assert "About 1% of the requests are traced (95%: 0.8% to 1.2%): 300 in these traces, 30k by" in said
    assert "cannot be estimated" in text(audit(FORWARDS))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.008, 0.012, ""),
        (0.0005, 0.0008, "less than declared anywhere"),
        (0.2, 0.3, "more than declared anywhere"),
        (0.014, 0.02, ""),
    ],
)
def test_estimate_that_contradicts_what_is_declared_is_remarked_on(low, high, words):
    declared = (
        DeclaredSampling("east", "", (), 1.0, SamplingOrigin.DEFAULT),
        DeclaredSampling("east", "shop", (), 2.0, SamplingOrigin.TELEMETRY, "shop"),
    )
    said = text(audit(FORWARDS), SampledShare(low, Interval(low, high), 300, 30_000.0), declared)
    assert words in said
    assert ("than declared" in said) == bool(words)


def test_forcing_one_trace_is_explained():
    said = text(audit(FORWARDS))
    assert "x-envoy-force-trace: true" in said
    assert "guid:x-request-id" in said
