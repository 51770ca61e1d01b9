"""What a search of Tempo's told, and what has been read of the traces that it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mesh_graph.errors import InvalidRequest, SourceError
from mesh_graph.traces.assemble import Reading
from mesh_graph.traces.ids import trace_id_of
from mesh_graph.traces.reading import as_dict, as_dicts, as_text

__all__ = ["READ_IN_PART", "TempoReads", "ids_found", "partial_words"]

READ_IN_PART = "read-in-part"
"""Problem of a trace of which Tempo could not read all."""


@dataclass(slots=True)
class TempoReads:
    """Traces read to answer one question, and what kept others from being read.

    Attributes
    ----------
    until : float
        When reading stops, by the monotonic clock; 0 where it has not begun.
    done : dict of str to Reading
        By id; one without traces is found, but not there yet.
    failed : dict of str to SourceError
    found : int
        Of the last search.
    is_full : bool
        Whether that gave as many as it was asked for.
    spans, unreadable : int
        Of all traces read: their spans, and what was no span of any trace.
    partial : str
        What the last search left out, as a sentence; empty where nothing.
    allowed : int
        Most traces that Tempo gives, where that cut the last search; else 0.
    """

    until: float = 0.0
    done: dict[str, Reading] = field(default_factory=dict)
    failed: dict[str, SourceError] = field(default_factory=dict)
    found: int = 0
    is_full: bool = False
    spans: int = 0
    unreadable: int = 0
    partial: str = ""
    allowed: int = 0

    def take(self, trace_id: str, read: Reading | SourceError | None) -> None:
        """Keep what came of reading a trace."""
        if isinstance(read, SourceError):
            self.failed[trace_id] = read
        elif read is not None:
            self.done[trace_id] = read
            self.failed.pop(trace_id, None)
            self.spans += sum(len(trace.spans) for trace in read.traces)
            self.unreadable += read.unreadable

    def reading(self, found: Sequence[str]) -> Reading:
        """The traces that were found and read.

        Raises
        ------
        SourceError
            If none could be read, for the first one's reason.
        """
        self.found = len(found)
        read = [self.done[trace_id] for trace_id in found if trace_id in self.done]
        if self.failed and not read:
            raise next(iter(self.failed.values()))
        traces = [trace for one in read for trace in one.traces]
        traces.sort(key=lambda trace: (-trace.spans[0].start_us, trace.trace_id))
        return Reading(tuple(traces))

    def warnings(self) -> tuple[str, ...]:
        """What makes the answer partial, as sentences."""
        late = self.found - len(self.done) - len(self.failed)
        missing = sum(not read.traces for read in self.done.values())
        cut = sum(
            problem.id == READ_IN_PART
            for read in self.done.values()
            for trace in read.traces
            for problem in trace.problems
        )
        of = f"of {self.found:,} traces found"
        told = (
            (self.partial, self.partial),
            (self.allowed, f"Tempo gives at most {self.allowed:,} traces of a search."),
            (
                late > 0,
                f"Only {self.found - late:,} {of} were read: the time or the room for more was used up.",
            ),
            (missing, f"{missing:,} {of} could not be read yet."),
            (cut, f"Tempo returned {cut:,} {of} in part."),
            (self.failed, f"{len(self.failed):,} {of} could not be read: {self._reason()}"),
        )
        return tuple(words for is_so, words in told if is_so)

    def _reason(self) -> str:
        return next((error.problem for error in self.failed.values()), "")


def ids_found(answer: Mapping[str, Any]) -> list[str]:
    """Ids of the traces of a search, the newest first, as often as they are no nonsense."""
    rows = sorted(as_dicts(answer.get("traces")), key=_start_ns, reverse=True)
    found = []
    for row in rows:
        try:
            found.append(trace_id_of(as_text(row.get("traceID"))))
        except InvalidRequest:
            continue
    return list(dict.fromkeys(found))


def _start_ns(row: Mapping[str, Any]) -> int:
    text = as_text(row.get("startTimeUnixNano"))
    return int(text) if text.isdecimal() and text.isascii() else 0


def partial_words(answer: Mapping[str, Any], *, is_full: bool) -> str:
    """What is missing of a search; a list that is full may end before all was looked at."""
    metrics = as_dict(answer.get("metrics"))
    done, jobs = (_count(metrics.get(name)) for name in ("completedJobs", "totalJobs"))
    if not is_full and done < jobs:
        return f"Tempo returned a partial result: {done:,} of {jobs:,} parts of its search were done."
    if answer.get("status") in ("PARTIAL", 1):
        reason = as_text(answer.get("message")).rstrip(".")
        return f"Tempo returned a partial result{f': {reason}' if reason else ''}."
    return ""


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
