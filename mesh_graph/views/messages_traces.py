"""Words about traces, in English: signs, problems of spans, kinds, and why there are none."""

from __future__ import annotations

from collections.abc import Mapping

from mesh_graph.traces.model import SpanKind, SpanProblem
from mesh_graph.views.numbers import format_micros
from mesh_graph.views.words import fill

__all__ = ["KINDS", "MESSAGES", "PROBLEMS", "WORDS", "problem_words"]

WORDS: Mapping[str, str] = {
    "error": "This span failed",
    "errorInside": "A span inside it failed",
    "calls": "Waits for a call that it makes",
    "foreign": "not yours to see",
    "problem": "Something is odd about this span: choose it to read what",
}
"""Signs and words on a row of the timeline."""

KINDS: Mapping[SpanKind, str] = {
    SpanKind.CLIENT: "client: waits for a call",
    SpanKind.SERVER: "server: answers a call",
    SpanKind.PRODUCER: "producer: sends a message",
    SpanKind.CONSUMER: "consumer: takes a message",
    SpanKind.INTERNAL: "internal: work within the service",
    SpanKind.UNKNOWN: "not said",
}

PROBLEMS: Mapping[str, str] = {
    "clock-skew": "The clocks of {client} and {server} differ by about {offset}: times are put right by it",
    "duplicate-span-id": "{spans} spans have the same id: below which of them others belong is a guess",
    "negative-duration": "It was reported to last {duration}: taken as ended when it began",
    "no-duration": "It does not say how long it lasted, or nothing that can be: perhaps it has not ended",
    "no-span-id": "It was reported without an id: what it called cannot be told",
    "no-start": "It does not say when it began, or nothing that can be: placed at the trace's begin",
    "odd-span-id": "Its id {id} is none: another was made from it",
    "odd-trace-id": "The trace's id {id} is none: another was made from it",
    "parent-cycle": "This span is its own ancestor by what was reported: the circle is cut here",
    "parent-missing": "Its parent {parent} was not reported: not sampled, lost, or not sent yet",
    "read-in-part": "The backend could not read all of this trace: {reason}",
    "repeated-span": "It was reported {times} times word for word: counted once",
    "several-roots": "The trace has {roots} beginnings: what joins them was not reported",
    "short-trace-id": "{spans} spans know the lower half of the trace's id only: something between cuts it",
    "tag-not-text": "The tag {tag} holds a list or an object: shown as JSON",
    "tag-too-long": "The tag {tag} has {characters} characters: only its beginning is kept",
}
"""What is wrong with a span as reported."""

MESSAGES: Mapping[str, str] = {
    "cut-list": "There are more: these are the {limit} that were asked for, complete since {since} UTC. "
    "Ask for more, or for less time",
    "cut": "({count} characters in all)",
    "failed": "This span failed.",
    "foreign": "What this span says may not be seen by you: its namespace is not yours.",
    "kept": "In {count} of {looked} traces looked at, {caller} called {service}",
    "kept.how": "This backend cannot search by the caller: of the newest traces of both services "
    "those are kept in which a span of the one is directly above a span of the other",
    "loading": "Looking at many traces …",
    "measured": "Beside the hour's requests on this edge",
    "measured.faster": "{measured}: this one {difference} less",
    "measured.nothing": "The mesh measured nothing between these two in the hour before.",
    "measured.slower": "{measured}: this one {difference} more",
    "more-events": "and {count} more events",
    "nothing": "No traces answer\n"
    "In the time that is looked at, nobody reported a span with all that is asked for: one span has to have "
    "all of it, service, tags and duration.\n"
    "Look back further, leave something out, or see under Propagation whether the service reports at all.",
    "not-set": "Nobody is asked for traces\n"
    "Start Meshgraph with --jaeger-url, --zipkin-url, --tempo-url or --trace-file to see them.",
    "dependencies.lead": "Calls in {traces} traces beside the requests that the mesh counts: {both} pairs "
    "are known to both, {traced} to traces only, {counted} to metrics only.",
    "dependencies.nothing": "Neither the traces found nor the mesh's metrics know any call.",
    "dependencies.silent": "the callee reports no spans",
    "dependencies.uncounted": "not counted in the last window",
    "dependencies.untraced": "no trace has such a call",
    "operations.lead": "Which operation led to which. The stronger the ground, the more time it took by "
    "itself; times of spans that ran side by side add up.",
    "operations.left-out": " {count} operations with the least time of their own are left out.",
    "operations.title": "{spans} spans, {errors} failed; {self} of their own, {critical} on the critical "
    "path",
    "path.bounds": "95%: {low} to {high}; {count} traces around it",
    "path.cut": " There are more traces than were counted.",
    "path.how": "How this is counted",
    "path.lead": "What {route} waited for, in {count} traces.",
    "path.lead.called": "What {route} waited for when {caller} called it, in {count} traces.",
    "path.left-out": " {count} have no such span and are left out.",
    "path.method": "At each moment of a trace its root waits for one span's own work: that is the critical "
    "path. A share is the part of the root's time that it waited for one operation, averaged over the "
    "traces around the quantile; shares add up to 100%. Saved is how much shorter the quantile were had the "
    "operation's own work taken half its time: every trace is laid out anew, so that what ran beside it "
    "counts as soon as it is waited for.",
    "path.more": "and {count} more",
    "path.nothing": "No traces with such a root were found in this time.",
    "path.rest": "all others {share}",
    "path.saved": "How much shorter it were, had its own work taken half the time",
    "path.sure": "95%: {low} to {high}",
    "path.unbounded": "unknown",
    "path.unsure": "too few traces to tell how sure this is",
    "path.whole": "the root",
    "quantiles": "Of the traces in this list: half of them took no longer than p50",
    "sampled": "about {share} of the requests are traced ({low} to {high})",
    "sampled.how": "Requests in these traces over those that the mesh counted; the range is 95% of the "
    "chance of sampling",
    "whole": "All that were kept in this time",
    "more-tags": "and {count} more",
}


def problem_words(problem: SpanProblem) -> str:
    """Words of a problem; lengths of time, which end in ``_us``, are written with their unit."""
    texts = {
        name.removesuffix("_us"): format_micros(float(value)) if name.endswith("_us") else str(value)[:200]
        for name, value in problem.parameters.items()
    }
    words = PROBLEMS.get(problem.id)
    if words is None:
        details = ", ".join(f"{name} {text}" for name, text in texts.items())
        return problem.id.replace("-", " ") + (f" ({details})" if details else "")
    return fill(words, texts)
