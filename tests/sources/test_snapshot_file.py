"""Recordings as files: what comes back, and what is refused with its reason."""

from __future__ import annotations

import io
import pickle
from dataclasses import asdict

import numpy as np
import orjson
import pytest

from mesh_graph.errors import ConfigError
from mesh_graph.sources.archive import ArchiveLimits, read_archive, write_archive
from mesh_graph.sources.query import Family
from mesh_graph.sources.recording import About, RecordedFamily, Recording, Samples
from mesh_graph.sources.snapshot import open_snapshot
from mesh_graph.sources.snapshot_file import read_snapshot, write_snapshot

ABOUT = About(
    source="demo mesh",
    is_demo=True,
    since=1000.0,
    start=1300.0,
    end=1330.5,
    recorded_at=2000.0,
    namespaces=("shop",),
    warnings=("one store was away",),
)
HOSTILE = "a\"b\\c\nd' <img src=x onerror=alert(1)> ☃"
COUNT = Samples(
    np.array([0, 1]), np.array([2, 1]), np.array([1315001, 1330001, 1330500]), np.array([1, 2.5, 7])
)
BUCKET = Samples(np.array([1, 2]), np.array([1, 1]), np.array([1315001, 1315001]), np.array([3.0, 4.0]))
RECORDING = Recording(
    ABOUT,
    ("reporter", "pod"),
    ("source", HOSTILE, ""),
    {
        Family.REQUESTS: RecordedFamily(np.array([[0, 0], [1, 2]], dtype=np.int32), (), {"count": COUNT}),
        Family.REQUEST_DURATION: RecordedFamily(
            np.array([[0, 0], [1, 2]], dtype=np.int32), ("5", "+Inf"), {"bucket": BUCKET}
        ),
    },
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "shop.zip"
    write_snapshot(path, RECORDING)
    return path


def changed(path, **entries):
    """The file with some of its entries changed, or without them; ``/`` is written ``__``."""
    contents = read_archive(path, ArchiveLimits())
    for name, content in entries.items():
        (name,) = [one for one in contents if one.replace("/", "__").replace(".", "_") == name]
        if content is None:
            del contents[name]
        else:
            contents[name] = content
    write_archive(path, contents)
    return path


def manifest(path, **values) -> bytes:
    told = orjson.loads(read_archive(path, ArchiveLimits())["snapshot.json"])
    return orjson.dumps(told | values)


def npy(array, **options) -> bytes:
    body = io.BytesIO()
    np.save(body, array, **options)
    return body.getvalue()


def refused(path) -> str:
    with pytest.raises(ConfigError) as caught:
        open_snapshot(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_recording_comes_back_as_it_was(path):
    found = read_snapshot(path)
    assert (found.about, found.labels, found.texts) == (ABOUT, RECORDING.labels, RECORDING.texts)
    assert found.families.keys() == RECORDING.families.keys()
    for family, expected in RECORDING.families.items():
        held = found.families[family]
        assert held.codes.tolist() == expected.codes.tolist()
        assert held.edges == expected.edges
        assert {part: columns(samples) for part, samples in held.parts.items()} == {
            part: columns(samples) for part, samples in expected.parts.items()
        }


def columns(samples):
    return {name: column.tolist() for name, column in asdict(samples).items()}


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert "No such file" in refused(tmp_path / "nowhere.zip")


@pytest.mark.parametrize("content", [b"", b"{}", b"PK\5\6" + bytes(18), pickle.dumps([1, 2, 3])])
def test_foreign_files_are_refused(path, content):
    path.write_bytes(content)
    assert "zip archive" in refused(path) or "no snapshot of Meshgraph's" in refused(path)


def test_any_other_zip_is_no_snapshot(path):
    write_archive(path, {"readme.txt": b"hello"})
    assert "is no snapshot of Meshgraph's. Open a file that mesh-graph record wrote." in refused(path)


def test_a_later_version_is_named(path):
    assert "version 2, and only version 1 is known" in refused(
        changed(path, snapshot_json=manifest(path, version=2))
    )


@pytest.mark.parametrize(
    "values",
    [
        {"labels": "pod"},
        {"families": {"istio_requests_total": {"series": -1, "edges": [], "parts": []}}},
        {"families": {"istio_requests_total": {"series": 10**9, "edges": [], "parts": []}}},
        {"families": {"../../etc/passwd": {"series": 1, "edges": [], "parts": []}}},
        {"families": {"istio_requests_total": {"series": 2, "edges": [], "parts": ["code"]}}},
        {"about": {**asdict(ABOUT), "end": "never"}},
        {"about": {**asdict(ABOUT), "end": 1e300}},
        {"more": 1},
    ],
)
def test_a_broken_manifest_is_refused_and_the_place_named(path, values):
    assert "broken snapshot.json: " in refused(changed(path, snapshot_json=manifest(path, **values)))


def test_a_time_that_ends_before_it_begins_is_refused(path):
    about = {**asdict(ABOUT), "start": 999.0}
    assert "ends before it begins" in refused(changed(path, snapshot_json=manifest(path, about=about)))


@pytest.mark.parametrize("body", [b"[1]", b"{}", b"[", b"[" * 100_000, orjson.dumps(["source"])])
def test_broken_texts_are_refused(path, body):
    refused(changed(path, texts_json=body))


def test_an_entry_of_nobody_s_is_refused(path):
    write_archive(path, read_archive(path, ArchiveLimits()) | {"more.npy": npy(np.zeros(3))})
    assert "entries that are of no snapshot" in refused(path)


def test_a_missing_entry_is_refused(path):
    assert "lacks a part" in refused(changed(path, istio_requests_total__count__times_npy=None))


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("it was unpickled",))


@pytest.mark.parametrize(
    "body",
    [
        npy(np.array([Evil()], dtype=object), allow_pickle=True),
        pickle.dumps(Evil()),
        npy(np.zeros(3, dtype=np.float32)),
        npy(np.zeros((3, 1))),
        npy(np.zeros(3))[:-1],
        npy(np.zeros(3)) + b"0",
        npy(np.zeros(2)),
        npy(np.zeros(3)).replace(b"(3,)", b"(9,)"),
        npy(np.zeros(3)).replace(b"(3,), }          ", b"(3000000000000,),}"),
        npy(np.zeros(3)).replace(b"(3,)", b"(-3,"),
        npy(np.zeros(3)).replace(b"{'descr'", b"(((((((("),
        b"\x93NUMPY\1\0\xff\xff",
        b"",
    ],
)
def test_arrays_that_are_not_as_they_should_be_are_refused_and_never_unpickled(path, body):
    assert "damaged" in refused(changed(path, istio_requests_total__count__values_npy=body))


@pytest.mark.parametrize(
    ("entry", "array"),
    [
        ("cells", [1, 0]),
        ("cells", [0, 0]),
        ("cells", [-1, 1]),
        ("cells", [0, 2]),
        ("cells", [0]),
        ("lengths", [1, 1]),
        ("lengths", [3, 0]),
        ("lengths", [-1, 4]),
        ("lengths", [2**62, 2**62]),
        ("times", [1000, 0, 1]),
        ("times", [1000, -1, 1]),
        ("times", [-1000, 1, 1]),
        ("times", [2**62, 2**62, 2**62]),
    ],
)
def test_samples_that_do_not_fit_together_are_refused(path, entry, array):
    name = f"istio_requests_total__count__{entry}_npy"
    assert "do not fit together" in refused(changed(path, **{name: npy(np.array(array, dtype=np.int64))}))


@pytest.mark.parametrize("codes", [[[0, 0], [1, 3]], [[0, -1], [1, 2]], [[0, 0]], [[0], [1]]])
def test_labels_without_a_text_or_a_series_are_refused(path, codes):
    body = npy(np.array(codes, dtype=np.int32))
    assert "istio_requests_total" in refused(changed(path, istio_requests_total__codes_npy=body))


@pytest.mark.parametrize(
    "edges", [["5"], ["+Inf", "5"], ["5", "5", "+Inf"], ["x", "+Inf"], ["nan", "+Inf"], []]
)
def test_bad_buckets_are_refused(path, edges):
    told = orjson.loads(read_archive(path, ArchiveLimits())["snapshot.json"])
    told["families"]["istio_request_duration_milliseconds"]["edges"] = edges
    assert "has bad buckets" in refused(changed(path, snapshot_json=orjson.dumps(told)))


def test_samples_scattered_over_too_many_times_are_refused_before_there_is_room_made(path):
    """Ten thousand series of one target, each with a sample of its own time: a grid of a hundred million."""
    many = 10_000
    samples = Samples(
        np.arange(many), np.ones(many, dtype=np.int64), 1_300_000 + np.arange(many), np.zeros(many)
    )
    family = RecordedFamily(np.zeros((2, many), dtype=np.int32), (), {"count": samples})
    write_snapshot(path, Recording(ABOUT, RECORDING.labels, RECORDING.texts, {Family.REQUESTS: family}))
    assert "need room for more than" in refused(path)


def test_limits_are_kept(path):
    with pytest.raises(ConfigError, match="unpacks to more than"):
        read_snapshot(path, ArchiveLimits(unpacked_bytes=1000))
