"""The one error tree: everything that Meshgraph raises on purpose.

    MeshGraphError
    ├── ConfigError            a setting is wrong; raised at start, never later
    ├── InvalidRequest         a parameter of a view, page or API call is wrong
    │   └── InvalidExpression  a find or hide expression that cannot be read; says where
    ├── UnknownNode            a node that the graph does not have
    ├── UnknownNamespace       a namespace that the mesh does not know
    ├── LogsOff                nobody is asked for the logs of pods, or not by whoever asks
    ├── NothingTraced          nobody is asked for traces
    ├── UnknownTrace           a trace that nobody holds
    ├── UnknownObject          an object that no cluster declares
    ├── NothingDeclared        no cluster is connected that could declare anything
    └── SourceError            a source could not answer; says who was asked, what, and what to try
        ├── SourceUnreachable  no connection: refused, reset, name not found, TLS failed
        ├── SourceTimeout      no (whole) answer within the time allowed
        ├── SourceRefused      401 or 403: the source wants other credentials
        ├── QueryRejected      the source understood the request and declined it (400, 422)
        ├── TooMuchData        the answer passed a cap on series or bytes and was cut off
        └── SourceReplyInvalid an answer that is not what the API promises, 5xx included

Partial data is not an error: it travels as ``warnings`` on the answer.
"""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "InvalidExpression",
    "InvalidRequest",
    "LogsOff",
    "MeshGraphError",
    "NotRecorded",
    "NothingDeclared",
    "NothingTraced",
    "QueryRejected",
    "SourceError",
    "SourceRefused",
    "SourceReplyInvalid",
    "SourceTimeout",
    "SourceUnreachable",
    "TooMuchData",
    "UnknownNamespace",
    "UnknownNode",
    "UnknownObject",
    "UnknownTrace",
]


class MeshGraphError(Exception):
    """Base of all errors raised on purpose; ``kind`` is its stable name for programs."""

    kind = "error"


class ConfigError(MeshGraphError):
    """A setting that cannot be used; the message names the setting, its value and what it takes."""

    kind = "config"


class InvalidRequest(MeshGraphError):
    """A parameter that cannot be used.

    Parameters
    ----------
    parameter : str
        The parameter's name as the user wrote it in the URL or on the command line.
    problem : str
        What is wrong with its value, as a clause: "is not a duration".
    advice : str
        What to write instead.
    """

    kind = "invalid-request"

    def __init__(self, parameter: str, problem: str, advice: str = "") -> None:
        self.parameter = parameter
        self.problem = problem
        self.advice = advice
        super().__init__(f"{parameter}: {problem}." + (f" {advice}" if advice else ""))


class InvalidExpression(InvalidRequest):
    """A find or hide expression that cannot be read.

    Parameters
    ----------
    parameter, problem, advice : str
        As for ``InvalidRequest``.
    position, length : int
        Where the mistake is in the expression, characters from 0; the length is 0 where something is missing.
    """

    def __init__(self, parameter: str, problem: str, advice: str, position: int, length: int) -> None:
        self.position = position
        self.length = length
        super().__init__(parameter, problem, advice)


class UnknownNode(MeshGraphError):
    """A node key that the graph of the view does not contain."""

    kind = "unknown-node"


class UnknownObject(MeshGraphError):
    """An object that no cluster declares; the message names it."""

    kind = "unknown-object"


class NothingDeclared(MeshGraphError):
    """No cluster is connected; the message says how one is."""

    kind = "nothing-declared"


class LogsOff(MeshGraphError):
    """Logs of pods, where nobody is asked for them, or not by whoever asks.

    Parameters
    ----------
    reason : str
        Why, as the message catalogue names it.
    """

    kind = "logs-off"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"Logs of pods cannot be read here: {reason}.")


class NothingTraced(MeshGraphError):
    """Something about traces, of a mesh without a tracing backend."""

    kind = "nothing-traced"


class UnknownTrace(MeshGraphError):
    """A trace that the backend does not hold, or that may not be seen.

    Parameters
    ----------
    trace_id : str
    """

    kind = "unknown-trace"

    def __init__(self, trace_id: str) -> None:
        self.trace_id = trace_id
        super().__init__(
            f"No trace {trace_id[:40]!r} is held: it may not have been sampled, or not have arrived yet, or "
            "be older than what the backend keeps."
        )


class UnknownNamespace(MeshGraphError):
    """A namespace that no series has named for a week.

    Parameters
    ----------
    namespace : str
    """

    kind = "unknown-namespace"

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        super().__init__(f"No series of the last week names the namespace {namespace[:80]!r}.")


class SourceError(MeshGraphError):
    """A source could not answer.

    Parameters
    ----------
    source : str
        Who was asked: the source's name, without credentials.
    request : str
        What was asked: the PromQL or the path.
    problem : str
        What happened, as a sentence.
    advice : str
        What to try.
    """

    kind = "source-error"

    def __init__(self, source: str, request: str, problem: str, advice: str = "") -> None:
        self.source = source
        self.request = request
        self.problem = problem
        self.advice = advice
        super().__init__(f"{source}: {problem}" + (f" {advice}" if advice else ""))


class SourceUnreachable(SourceError):
    """No connection to the source: refused, reset, name not found, TLS handshake failed."""

    kind = "unreachable"


class SourceTimeout(SourceError):
    """No whole answer within the time allowed."""

    kind = "timeout"


class SourceRefused(SourceError):
    """The source answered 401 or 403."""

    kind = "refused"


class QueryRejected(SourceError):
    """The source declined the query (400, 422): bad PromQL, or a limit of its own."""

    kind = "rejected"


class NotRecorded(QueryRejected):
    """A recording does not hold what was asked for: another time, or other namespaces."""

    kind = "not-recorded"


class TooMuchData(SourceError):
    """The answer passed our cap on series or bytes; the rest was not read."""

    kind = "too-much-data"


class SourceReplyInvalid(SourceError):
    """An answer that is not the API's: HTML, truncated JSON, a wrong shape, a 5xx without a reason."""

    kind = "invalid-reply"
