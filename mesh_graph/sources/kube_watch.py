"""One kind of one cluster, kept current: listed once in pages, then watched; resumed after every break."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mesh_graph.errors import SourceError, SourceRefused, TooMuchData
from mesh_graph.sources.cluster import ClusterGap, KubeObject
from mesh_graph.sources.cluster_kinds import KubeKind
from mesh_graph.sources.cluster_object import ObjectInvalid, as_mapping, object_of
from mesh_graph.sources.kube_api import Absent, Gone, KubeApi

__all__ = ["MAX_OBJECTS", "KindWatch"]

PAGE = 200
"""Objects asked for at a time."""
MAX_OBJECTS = 100_000
"""Most objects kept of one kind and cluster."""
WATCH_S = 60
"""The server ends a watch after this time, and it is taken up again: silence is never longer than this."""
GRACE_S = 15.0
FIRST_DELAY_S = 1.0
LAST_DELAY_S = 30.0
SLOW_DELAY_S = 60.0
"""Time between two attempts at what only an administrator can mend: a right, a CRD."""

Key = tuple[str, str]


class KindWatch:
    """A thread that keeps the objects of one kind.

    Parameters
    ----------
    api : KubeApi
    row : KubeKind
    on_change : callable
        Called after every change of objects or gap.
    """

    def __init__(self, api: KubeApi, row: KubeKind, on_change: Callable[[], None]) -> None:
        self.kind = row.kind
        self.confirmed_at = 0.0
        """Unix seconds at which the server last said what there is, or that nothing has changed."""
        self.is_settled = threading.Event()
        """Set once the kind has been read, or found to be a gap."""
        self._api = api
        self._row = row
        self._on_change = on_change
        self._objects: dict[Key, KubeObject] = {}
        self._sorted: tuple[KubeObject, ...] | None = ()
        """Made anew when it is asked for after a change."""
        self._gap: ClusterGap | None = ClusterGap("cluster.waiting", api.name, row.kind)
        self._path = row.path(row.versions[0])
        self._resume_at: str | None = None
        self._was_read = False
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"watch {row.plural} of {api.name}", daemon=True
        )

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; the API's ``close`` wakes it."""
        self._stopping.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to end."""
        self._thread.join(timeout_s)

    def state(self) -> tuple[tuple[KubeObject, ...], ClusterGap | None, bool]:
        """Objects by namespace and name; why they may be old or missing; whether they were read at all."""
        with self._lock:
            if self._sorted is None:
                self._sorted = tuple(self._objects[key] for key in sorted(self._objects))
            return self._sorted, self._gap, self._was_read

    def _run(self) -> None:
        delays = _delays()
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                if self._resume_at is None:
                    self._list()
                self._follow()
                delays = _delays()
                pause = max(0.0, FIRST_DELAY_S - (time.monotonic() - began))
            except Gone:
                self._resume_at = None
                pause = next(delays)
            except Absent:
                self._fail("cluster.not-installed", forget=True)
                pause = SLOW_DELAY_S
            except SourceRefused as error:
                self._fail("cluster.refused", forget=True, problem=error.problem, resource=self._row.resource)
                pause = SLOW_DELAY_S
            except TooMuchData as error:
                self._fail("cluster.too-much", forget=True, problem=error.problem)
                pause = SLOW_DELAY_S
            except SourceError as error:
                self._fail("cluster.unreachable", problem=error.problem)
                pause = next(delays)
            self._stopping.wait(pause)

    def _list(self) -> None:
        for version in self._row.versions:
            self._path = self._row.path(version)
            try:
                objects, at = self._all_pages()
            except Absent:
                continue
            with self._lock:
                self._objects, self._sorted = objects, None
                self._resume_at, self._was_read = at, True
            self._confirm(changed=True)
            return
        raise Absent(self._path)

    def _all_pages(self) -> tuple[dict[Key, KubeObject], str]:
        objects: dict[Key, KubeObject] = {}
        parameters: dict[str, Any] = {"limit": PAGE, **self._row.query}
        while True:
            page = self._page(parameters)
            items = page.get("items")
            for item in items if isinstance(items, list) else ():
                self._keep(objects, item)
            metadata = as_mapping(page.get("metadata"))
            if not metadata.get("continue"):
                return objects, str(metadata.get("resourceVersion") or "")
            parameters["continue"] = metadata["continue"]

    def _page(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """A page; of objects so large that it would be too long, a shorter one."""
        while True:
            try:
                return self._api.page(self._path, parameters)
            except TooMuchData:
                if parameters["limit"] == 1:
                    raise
                parameters["limit"] = max(1, parameters["limit"] // 8)

    def _keep(self, objects: dict[Key, KubeObject], item: Any) -> None:
        try:
            kept = object_of(self._row, item, self._api.name)
        except ObjectInvalid:
            return
        objects[kept.namespace, kept.name] = kept
        if len(objects) > MAX_OBJECTS:
            raise TooMuchData(self._api.name, self._path, f"There are more than {MAX_OBJECTS:,}.")

    def _follow(self) -> None:
        parameters = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._resume_at,
            "timeoutSeconds": WATCH_S,
            **self._row.query,
        }
        with self._api.stream(self._path, parameters, WATCH_S + GRACE_S) as events:
            self._confirm()
            for event in events:
                self._take(event)
        self._confirm()

    def _take(self, event: Mapping[str, Any]) -> None:
        kind, item = event.get("type"), as_mapping(event.get("object"))
        if kind == "ERROR":
            if item.get("code") == 410:
                raise Gone(self._path)
            raise SourceError(self._api.name, self._path, f"The watch failed: {item.get('message')}.")
        metadata = as_mapping(item.get("metadata"))
        with self._lock:
            if kind in ("ADDED", "MODIFIED", "DELETED"):
                self._sorted = None
                self._objects.pop((str(metadata.get("namespace") or ""), str(metadata.get("name"))), None)
            if kind in ("ADDED", "MODIFIED"):
                self._keep(self._objects, item)
            self._resume_at = str(metadata.get("resourceVersion") or self._resume_at)
        self._confirm(changed=kind != "BOOKMARK")

    def _confirm(self, *, changed: bool = False) -> None:
        self.confirmed_at = time.time()
        changed = changed or self._gap is not None
        self._gap = None
        if changed:
            self._on_change()
        # What a change brings about has begun before anybody goes on.
        self.is_settled.set()

    def _fail(self, message: str, *, forget: bool = False, **parameters: str) -> None:
        if self._stopping.is_set():
            return
        with self._lock:
            if forget:
                self._objects, self._sorted = {}, None
                self._resume_at, self._was_read = None, False
            gap = ClusterGap(message, self._api.name, self.kind, tuple(parameters.items()))
            changed, self._gap = gap != self._gap, gap
        self.is_settled.set()
        if changed:
            self._on_change()


def _delays() -> Iterator[float]:
    """Seconds to wait before the next attempts: doubled each time up to a limit, a fifth of it by chance."""
    delay = FIRST_DELAY_S
    while True:
        yield delay * random.uniform(0.8, 1.2)
        delay = min(delay * 2, LAST_DELAY_S)
