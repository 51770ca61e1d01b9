"""Every label and column name, spelled once.

A frame column that is an Istio label keeps Istio's name verbatim; value columns carry their unit.
Source of the labels: Istio's standard metrics page (istio.io, "Istio Standard Metrics").
"""

from __future__ import annotations

# -- who measured
REPORTER = "reporter"

# -- the source end
SOURCE_CLUSTER = "source_cluster"
SOURCE_WORKLOAD_NAMESPACE = "source_workload_namespace"
SOURCE_WORKLOAD = "source_workload"
SOURCE_CANONICAL_SERVICE = "source_canonical_service"
SOURCE_CANONICAL_REVISION = "source_canonical_revision"

# -- the destination end
DESTINATION_CLUSTER = "destination_cluster"
DESTINATION_SERVICE_NAMESPACE = "destination_service_namespace"
DESTINATION_SERVICE = "destination_service"
DESTINATION_SERVICE_NAME = "destination_service_name"
DESTINATION_WORKLOAD_NAMESPACE = "destination_workload_namespace"
DESTINATION_WORKLOAD = "destination_workload"
DESTINATION_CANONICAL_SERVICE = "destination_canonical_service"
DESTINATION_CANONICAL_REVISION = "destination_canonical_revision"

# -- fall-backs where a mesh lacks the canonical labels
SOURCE_APP = "source_app"
SOURCE_VERSION = "source_version"
DESTINATION_APP = "destination_app"
DESTINATION_VERSION = "destination_version"

# -- what was said
REQUEST_PROTOCOL = "request_protocol"
RESPONSE_CODE = "response_code"
GRPC_RESPONSE_STATUS = "grpc_response_status"
RESPONSE_FLAGS = "response_flags"
CONNECTION_SECURITY_POLICY = "connection_security_policy"
SOURCE_PRINCIPAL = "source_principal"
DESTINATION_PRINCIPAL = "destination_principal"

# -- other labels
APP = "app"
"""Label of the scrape target; ``ztunnel`` marks the ambient layer's own TCP rows."""
LE = "le"
POD = "pod"
INSTANCE = "instance"
JOB = "job"
NAMESPACE = "namespace"

# -- labels of pods' own metrics
CLUSTER = "cluster"
"""External label of a Prometheus that tells clusters apart; nobody says that it is Istio's name of one."""
CONTAINER = "container"
RESOURCE = "resource"
UNIT = "unit"
REASON = "reason"
PHASE = "phase"

SOURCE_LABELS = (
    SOURCE_CLUSTER,
    SOURCE_WORKLOAD_NAMESPACE,
    SOURCE_WORKLOAD,
    SOURCE_CANONICAL_SERVICE,
    SOURCE_CANONICAL_REVISION,
)
"""Identity of the source end."""
DESTINATION_LABELS = (
    DESTINATION_CLUSTER,
    DESTINATION_WORKLOAD_NAMESPACE,
    DESTINATION_WORKLOAD,
    DESTINATION_CANONICAL_SERVICE,
    DESTINATION_CANONICAL_REVISION,
)
"""Identity of the destination end, without the service that was called."""
SERVICE_LABELS = (DESTINATION_SERVICE_NAMESPACE, DESTINATION_SERVICE, DESTINATION_SERVICE_NAME)
"""The service that was called."""
BASE_LABELS = SOURCE_LABELS + DESTINATION_LABELS + SERVICE_LABELS
"""The thirteen labels that every family is grouped by."""

REQUEST_LABELS = (
    *BASE_LABELS,
    REPORTER,
    REQUEST_PROTOCOL,
    RESPONSE_CODE,
    GRPC_RESPONSE_STATUS,
    RESPONSE_FLAGS,
    CONNECTION_SECURITY_POLICY,
)
"""``by`` of the requests family."""
LATENCY_LABELS = (*BASE_LABELS, REPORTER, REQUEST_PROTOCOL)
"""``by`` of the response-time and size families."""
MESSAGE_LABELS = (*BASE_LABELS, REPORTER)
"""``by`` of the gRPC message families."""
TCP_LABELS = (*BASE_LABELS, REPORTER, APP, RESPONSE_FLAGS, CONNECTION_SECURITY_POLICY)
"""``by`` of the TCP families."""

# -- columns of a raw reply
VALUE = "value"
TIME = "time"
SERIES = "series"
"""Of raw samples: number of the series, the same in every answer of one source."""
LABELS = "labels"
"""Of queries that people wrote: the labels of a series as a JSON object, sorted by name."""

# -- value columns of frames, with their units
REQUEST_RATE = "request_rate"
"""Requests per second."""
LATENCY_MS = "latency_ms"
"""Milliseconds; +inf means "above the top bucket edge", NaN means no data."""
LATENCY_EDGE_MS = "latency_edge_ms"
"""Top finite bucket edge of the family, milliseconds."""
BYTES_RATE = "bytes_rate"
"""Bytes per second."""
MESSAGE_RATE = "message_rate"
"""gRPC messages per second."""
CONNECTION_RATE = "connection_rate"
"""TCP connections per second."""

UNKNOWN = "unknown"
"""What Istio writes where it does not know."""
LATEST = "latest"
"""What Istio writes for a workload without a version label."""
PASSTHROUGH = "PassthroughCluster"
BLACKHOLE = "BlackHoleCluster"

# -- value columns of frames whose family goes both ways, source to destination is "sent"
SENT_BYTES_RATE = "sent_bytes_rate"
RECEIVED_BYTES_RATE = "received_bytes_rate"
"""Bytes per second."""
OPENED_RATE = "opened_rate"
CLOSED_RATE = "closed_rate"
"""TCP connections per second."""
SENT_MESSAGE_RATE = "sent_message_rate"
RECEIVED_MESSAGE_RATE = "received_message_rate"
"""gRPC messages per second."""
TCP_RATES = (SENT_BYTES_RATE, RECEIVED_BYTES_RATE, OPENED_RATE, CLOSED_RATE)
"""Value columns of a TCP frame."""
MESSAGE_RATES = (SENT_MESSAGE_RATE, RECEIVED_MESSAGE_RATE)
"""Value columns of a messages frame."""

# -- columns of merged traffic
PROTOCOL = "protocol"
"""``Protocol`` value: http, grpc or tcp."""
CODE = "code"
"""HTTP code, or the gRPC status where there is one; ``NO_RESPONSE`` where nothing came back."""
FLAGS = "flags"
"""Envoy's response flags, sorted, joined by a comma; empty for none."""
OUTCOME = "outcome"
"""``Outcome`` value."""
ARRIVED = "arrived"
"""Whether the request reached a destination workload."""
RATE = "rate"
"""Requests per second."""
REPORTED_BY = "reported_by"
"""``Reporter`` value of the proxy whose number is used."""
SOURCE_RATE = "source_rate"
"""What the source's proxy counted, per second; NaN where it has no row."""
DESTINATION_RATE = "destination_rate"
"""What the destination's proxy counted, per second; NaN where it has no row."""
MTLS_RATE = "mtls_rate"
"""Part of ``MTLS_KNOWN_RATE`` that went over mutual TLS."""
MTLS_KNOWN_RATE = "mtls_known_rate"
"""Traffic whose proxy knew whether it was mutual TLS, per second."""
NOTE = "note"
"""Message id of what must be said about the numbers; empty for nothing."""
NO_RESPONSE = "-"
"""The code of a request that ended without a response."""
ZTUNNEL = "ztunnel"
"""Value of ``APP`` on the rows of the ambient layer's own proxy."""
