"""The English words of the rules that hold configuration beside telemetry."""

from __future__ import annotations

from mesh_graph.views.check_words import ConfigWords, Entry

__all__ = ["JOINED"]

JOINED: dict[str, Entry] = {
    "MSH0101": Entry(
        "A destination with a weight gets no traffic",
        ConfigWords(
            "{destination} has the share {share} of the route, about {expected} requests of what was "
            "counted, and got none.",
            "The split is not what it says: its pods are not called, or the route does not apply where "
            "the traffic comes from.",
            "See whether {workloads} is ready, whether the subset's labels fit, and whether another "
            "route takes the requests first.",
        ),
    ),
    "MSH0102": Entry(
        "Traffic to a version that no route names",
        ConfigWords(
            "{workload} is called through {host}, and the routes send to {named} only.",
            "Some callers do not obey the routes: they have no proxy, or the routes are not for them. "
            "What the routes say of weights, time limits and retries does not hold for their requests.",
            "Look at the callers: {callers}. Give them a proxy, or name their gateway in the routes.",
        ),
    ),
    "MSH0103": Entry(
        "A time limit shorter than the slowest percent takes",
        ConfigWords(
            "{share} % of the requests to {host}, {cut} in all, reached the limit ({limits}) and were "
            "cut off.",
            "More than one in a hundred is cut: the 99th percentile of the response time lies above the "
            "limit, and callers see 504 for what might have been answered.",
            "Allow more time, or make {host} faster; a limit should lie above what is usual.",
        ),
    ),
    "MSH0104": Entry(
        "Retries multiply the load",
        ConfigWords(
            "For each request to {host} its servers received {factor}.",
            "Up to {attempts} retries follow a failure: where everything fails, {host} gets {worst} "
            "times its load, just when it can bear it least, and retries of its callers multiply that.",
            "Retry only what is safe and quick to fail, set a retry budget or outlier detection, and "
            "mend what fails.",
        ),
    ),
    "MSH0201": Entry(
        "Plain text where mutual TLS is STRICT",
        ConfigWords(
            "{workloads} received {what} in plain text from {callers}, and STRICT is declared.",
            "The policy does not reach the proxies of these servers. What is believed to be encrypted and "
            "proved is neither.",
            "First give the callers a proxy: once the policy holds, plain text is refused. Then see whether "
            "the servers' proxies are in step (`istioctl proxy-status`), and restart the pods of those that "
            "are not; of the others look for an EnvoyFilter.",
        ),
    ),
    "MSH0301": Entry(
        "A ServiceEntry that nobody uses",
        ConfigWords(
            "Nobody called {hosts} in the last {past}, as far as proxies count.",
            "It does no harm to traffic; but every proxy that sees it keeps a cluster for it, and people "
            "take it for a dependency.",
            "Take it away if nothing needs it, or limit it by exportTo.",
        ),
    ),
    "MSH0302": Entry(
        "Traffic to a host outside that no ServiceEntry names",
        ConfigWords(
            "{workload} calls {host}, which nobody has registered: it leaves by the PassthroughCluster.",
            "No route, time limit or retry can be set for it, its telemetry has no name, and it stops "
            "working where unknown hosts are blocked.",
            "Check the port (assumed: {port}) and the protocol, then create a ServiceEntry.",
        ),
    ),
    "MSH0401": Entry(
        "A workload of which only the other side tells",
        ConfigWords(
            "{workload} takes part in traffic as a {side}, and no proxy of its own reports it.",
            "Only one side is counted: no mutual TLS, no policies on its side, and what never reached "
            "it, or what it saw differently, stays unknown. It has a proxy: {proxy}.",
            "Without a proxy, let one be injected; with one, see whether its metrics are scraped.",
        ),
    ),
}
"""By code."""
