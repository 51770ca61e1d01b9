"""Counted requests as short tables, for the tests of what is made of them."""

from __future__ import annotations

import pandas as pd

from mesh_graph import fields
from mesh_graph.canary.counts import COUNT, INTERVAL
from mesh_graph.canary.merged import COUNTED_LABELS

__all__ = ["counts"]

_CALL = {
    fields.SOURCE_CLUSTER: "east",
    fields.SOURCE_WORKLOAD_NAMESPACE: "shop",
    fields.SOURCE_WORKLOAD: "web",
    fields.SOURCE_CANONICAL_SERVICE: "web",
    fields.SOURCE_CANONICAL_REVISION: "v1",
    fields.DESTINATION_CLUSTER: "east",
    fields.DESTINATION_SERVICE_NAMESPACE: "shop",
    fields.DESTINATION_SERVICE: "cart.shop.svc.cluster.local",
    fields.DESTINATION_SERVICE_NAME: "cart",
    fields.DESTINATION_WORKLOAD_NAMESPACE: "shop",
    fields.DESTINATION_CANONICAL_SERVICE: "cart",
    fields.REPORTER: "source",
    fields.REQUEST_PROTOCOL: "http",
    fields.RESPONSE_CODE: "200",
    fields.GRPC_RESPONSE_STATUS: "",
    fields.RESPONSE_FLAGS: "-",
}
NOBODY = {
    fields.DESTINATION_WORKLOAD_NAMESPACE: "unknown",
    fields.DESTINATION_CANONICAL_SERVICE: "unknown",
    fields.DESTINATION_CLUSTER: "unknown",
}
NO_CALLER = dict.fromkeys(fields.SOURCE_LABELS, "unknown")


def counts(*rows: tuple[str, int, float, dict[str, str]]) -> pd.DataFrame:
    """Counts of calls from web to the service cart: version, interval, count, labels that differ.

    The empty version is a request that reached none.
    """
    table = []
    for version, interval, count, labels in rows:
        reached = {
            fields.DESTINATION_WORKLOAD: f"cart-{version}" if version else "unknown",
            fields.DESTINATION_CANONICAL_REVISION: version or "unknown",
        }
        missing = {} if version else NOBODY
        table.append({**_CALL, **reached, **missing, **labels, INTERVAL: interval, COUNT: count})
    frame = pd.DataFrame(table, columns=[*COUNTED_LABELS, INTERVAL, COUNT])
    return frame.astype({**dict.fromkeys(COUNTED_LABELS, "str"), INTERVAL: "int64"})
