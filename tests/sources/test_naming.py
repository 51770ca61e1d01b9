import pytest

from mesh_graph.errors import SourceRefused, SourceReplyInvalid, SourceUnreachable
from mesh_graph.sources.naming import APP_LABELS, CANONICAL_LABELS, Detector, store
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery


def detector(labels: dict[str, tuple[str, ...]], now: list[float], asked: list[tuple]) -> Detector:
    def label_values(label: str, start: float, end: float) -> tuple[str, ...]:
        asked.append((label, start, end))
        return labels.get(label, ())

    return Detector(label_values, lambda: now[0])


def test_labels_and_matchers_are_stored_under_their_other_names():
    query = MetricQuery(
        Family.REQUESTS,
        Function.RATE,
        ("reporter", "source_canonical_service", "destination_canonical_revision"),
        (Matcher("destination_canonical_service", "=", "cart"), Matcher("reporter", "=", "source")),
    )
    stored = store(query, APP_LABELS)
    assert stored.by == ("reporter", "source_app", "destination_version")
    assert stored.matchers == (Matcher("destination_app", "=", "cart"), Matcher("reporter", "=", "source"))
    assert store(query, CANONICAL_LABELS) == query


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ({"destination_canonical_service": ("cart",), "destination_app": ("cart",)}, CANONICAL_LABELS),
        ({"destination_canonical_service": ("cart",)}, CANONICAL_LABELS),
        ({"destination_app": ("cart",)}, APP_LABELS),
        ({"source_app": ("web",)}, APP_LABELS),
        ({}, CANONICAL_LABELS),
    ],
)
def test_the_canonical_labels_win_where_there_are_any(labels, found):
    assert detector(labels, [0.0], []).around(5000.0) is found


def test_what_was_found_is_not_looked_up_again_within_the_hour():
    now, asked = [0.0], []
    labels = {"destination_canonical_service": ("cart",)}
    found = detector(labels, now, asked)
    for now[0] in (0.0, 3599.0, 3600.0):
        found.around(5000.0)
    assert asked == [("destination_canonical_service", 1400.0, 5000.0)] * 2


def test_an_empty_mesh_is_looked_at_again_after_a_minute():
    now, asked, labels = [0.0], [], {}
    found = detector(labels, now, asked)
    found.around(5000.0)
    labels["destination_app"] = ("cart",)
    assert found.around(5000.0) is CANONICAL_LABELS
    now[0] = 60.0
    assert found.around(5000.0) is APP_LABELS
    assert found.latest is APP_LABELS


@pytest.mark.parametrize("error", [SourceRefused, SourceReplyInvalid])
def test_a_proxy_that_hides_the_index_leaves_the_canonical_labels(error):
    def refuse(*_):
        raise error("p", "/api/v1/label", "no")

    assert Detector(refuse, lambda: 0.0).around(0.0) is CANONICAL_LABELS


def test_an_unreachable_source_is_not_guessed_about():
    def fail(*_):
        raise SourceUnreachable("p", "/api/v1/label", "down")

    with pytest.raises(SourceUnreachable):
        Detector(fail, lambda: 0.0).around(0.0)
