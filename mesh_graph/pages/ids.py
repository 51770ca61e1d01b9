"""Every component id, once. Classes are pages; names with a dot or from a label are never ids."""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "Canary",
    "Detail",
    "Inventory",
    "Istio",
    "IstioObject",
    "Logs",
    "Mtls",
    "Overview",
    "Shell",
    "TimeBar",
    "Topology",
    "Trace",
    "Traces",
]


class Shell:
    """The frame around every page."""

    LOCATION = "mg-location"
    PROVIDER = "mg-provider"
    SCHEME = "mg-scheme"
    HELP = "mg-help"
    HELP_BUTTON = "mg-help-button"
    NAV = "mg-nav"
    PERSON = "mg-person"


class TimeBar:
    """The time range of every page but the topology's, which has its own."""

    ROOT = "mg-time"
    CONFIG = "mg-time-config"
    STARTED = "mg-time-started"
    ASKED = "mg-time-asked"
    SHOWN = "mg-time-shown"
    WINDOW = "mg-time-window"
    REFRESH = "mg-time-refresh"
    PAUSE = "mg-time-pause"
    NOW = "mg-time-now"


class Overview:
    """The overview."""

    ROOT = "mg-overview"
    NOTICE = "mg-overview-notice"
    LINES = "mg-overview-lines"
    EMPTY = "mg-overview-empty"
    TOTALS = "mg-overview-totals"
    NAME = "mg-overview-name"
    STATUS = "mg-overview-status"
    CLUSTER = "mg-overview-cluster"
    MODE = "mg-overview-mode"
    ASKED = "mg-overview-asked"
    SHOWN = "mg-overview-shown"
    PICTURE = "mg-overview-picture"
    TABLE = "mg-overview-table"
    CARDS = "mg-overview-cards"
    SIDE = "mg-overview-side"


class Canary:
    """The list of splits, and the page of one."""

    ROOT = "mgc-page"
    ASKED = "mgc-asked"
    SHOWN = "mgc-shown"
    ANCHOR = "mgc-anchor"
    NOTICE = "mgc-notice"
    BODY = "mgc-body"
    PICTURE = "mgc-picture"


class Inventory:
    """A list of applications, workloads or services."""

    ROOT = "mg-list"
    KIND = "mg-list-kind"
    NOTICE = "mg-list-notice"
    LINES = "mg-list-lines"
    EMPTY = "mg-list-empty"
    NAME = "mg-list-name"
    STATUS = "mg-list-status"
    CLUSTER = "mg-list-cluster"
    ASKED = "mg-list-asked"
    SHOWN = "mg-list-shown"
    PICTURE = "mg-list-picture"
    TABLE = "mg-list-table"
    COUNT = "mg-list-count"


class Istio:
    """The list of configuration objects."""

    ROOT = "mgi-list"
    ASKED = "mgi-asked"
    SHOWN = "mgi-shown"
    PICTURE = "mgi-picture"
    NOTICE = "mgi-notice"
    LINES = "mgi-lines"
    EMPTY = "mgi-empty"
    NAME = "mgi-name"
    STATUS = "mgi-status"
    KIND = "mgi-kind"
    NAMESPACE = "mgi-namespace"
    CLUSTER = "mgi-cluster"
    COUNT = "mgi-count"
    TABLE = "mgi-table"


class IstioObject:
    """The page of one configuration object."""

    ROOT = "mgi-object"
    PLACE = "mgi-object-place"
    ASKED = "mgi-object-asked"
    SHOWN = "mgi-object-shown"
    PICTURE = "mgi-object-picture"
    NOTICE = "mgi-object-notice"
    BODY = "mgi-object-body"


class Mtls:
    """The page of mutual TLS."""

    ROOT = "mgm-page"
    ASKED = "mgm-asked"
    SHOWN = "mgm-shown"
    PICTURE = "mgm-picture"
    NOTICE = "mgm-notice"
    BODY = "mgm-body"


class Topology:
    """The topology page."""

    STAGE = "mg-stage"
    GRAPH = "mg-graph"
    CONFIG = "mg-config"
    SELECTION = "mg-selection"

    NAMESPACES = "mg-namespaces"
    GRAPH_TYPE = "mg-graph-type"
    WINDOW = "mg-window"
    REFRESH = "mg-refresh"
    COLOUR = "mg-colour"
    RESPONSE_TIME = "mg-response-time"
    LABELS = "mg-labels"
    BOXES = "mg-boxes"
    SHOW = "mg-show"
    FIND = "mg-find"
    HIDE = "mg-hide"
    SEARCH = "mg-search"
    COMPARE = "mg-compare"
    RESULTS = "mg-results"
    WHEN = "mg-when"

    PAUSE = "mg-pause"
    REFRESH_NOW = "mg-refresh-now"
    AGE = "mg-age"
    SUMMARY = "mg-summary"
    FOCUS = "mg-focus"
    TRUST = "mg-trust"
    NOTICE = "mg-notice"
    EMPTY = "mg-empty"
    LEGEND = "mg-legend"
    MINIMAP = "mg-minimap"
    LISTBOX = "mg-listbox"
    ANNOUNCE = "mg-announce"
    TOOLS = "mg-tools"

    PANEL = "mg-panel"
    PANEL_BODY = "mg-panel-body"
    PANEL_TOGGLE = "mg-panel-toggle"
    CHARTS = "mg-charts"
    HISTORY = "mg-history"

    TABLE = "mg-table"
    TABLE_PANE = "mg-table-pane"
    TABLE_KINDS = "mg-table-kinds"
    REPLAY = "mg-replay"


class Detail:
    """The pages of one application, workload or service."""

    PAGE = "mg-detail"
    PLACE = "mg-detail-place"
    ASKED = "mg-detail-asked"
    SHOWN = "mg-detail-shown"
    PARTS: ClassVar[dict[str, str]] = {
        part: f"mg-detail-ask-{part}" for part in ("head", "overview", "traffic", "metrics", "logs")
    }
    """What each part is asked with, by part."""
    NOTICE = "mg-detail-notice"
    HEAD = "mg-detail-head"
    SINCE = "mg-detail-since"
    TABS = "mg-detail-tabs"
    OVERVIEW = "mg-detail-overview"
    PODS = "mg-detail-pods"
    TRAFFIC = "mg-detail-traffic"
    METRICS = "mg-detail-metrics"
    WARM = "mg-detail-warm"
    SPAN = "mg-detail-span"
    GROUP = "mg-detail-group"
    TOLD = "mg-detail-told"
    QUANTILE = "mg-detail-quantile"


class Logs:
    """The Logs tab of a workload's page."""

    STARTED = "mgl-started"
    PODS = "mgl-pods"
    CONTAINERS = "mgl-containers"
    HAVING = "mgl-having"
    WITHOUT = "mgl-without"
    REGEX = "mgl-regex"
    LEVEL = "mgl-level"
    LINES = "mgl-lines"
    ANY_AGE = "mgl-any-age"
    PREVIOUS = "mgl-previous"
    SIDE = "mgl-side"
    WRAP = "mgl-wrap"
    DOWNLOAD = "mgl-download"
    STATE = "mgl-state"
    NOTES = "mgl-notes"
    LIST = "mgl-list"


class Traces:
    """The page that finds traces, and what many of them say."""

    PAGE = "mgt-find-page"
    ASKED = "mgt-asked"
    SHOWN = "mgt-shown"
    PARTS: ClassVar[dict[str, str]] = {
        tab: f"mgt-ask-{tab}" for tab in ("found", "path", "dependencies", "propagation")
    }
    """What each tab is asked with, by tab."""
    TABS = "mgt-tabs"
    SERVICE = "mgt-service"
    CALLER = "mgt-caller"
    OPERATION = "mgt-operation"
    TAGS = "mgt-tags"
    ERRORS = "mgt-errors"
    MIN = "mgt-min"
    MAX = "mgt-max"
    LIMIT = "mgt-limit"
    SPAN = "mgt-span"
    NOTICE = "mgt-notice"
    LINES = "mgt-lines"
    EMPTY = "mgt-empty"
    WORDS = "mgt-words"
    SCATTER = "mgt-scatter"
    TABLE = "mgt-table"
    PATH = "mgt-path-pane"
    DEPENDENCIES = "mgt-dependencies-pane"
    PROPAGATION = "mgt-propagation-pane"


class Trace:
    """The page of one trace; what assets/trace_*.js build beside these is named there."""

    PAGE = "mgt-page"
    PLACE = "mgt-place"
    STARTED = "mgt-started"
    ASKED = "mgt-operations-asked"
    CHOSEN = "mgt-chosen"
    HEAD = "mgt-head"
    NOTICE = "mgt-trace-notice"
    PROBLEMS = "mgt-problems"
    TABS = "mgt-trace-tabs"
    DETAIL = "mgt-detail"
    OPERATIONS = "mgt-operations"
