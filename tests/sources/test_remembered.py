import pytest

from mesh_graph.sources.remembered import Remembered


class Asked:
    """Counts how often it is asked; each answer holds for ten seconds."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> tuple[int, float]:
        self.times += 1
        return self.times, 10.0


def test_a_value_is_asked_for_once_while_it_holds_and_again_afterwards():
    now = [0.0]
    table, asked = Remembered(lambda: now[0], 4), Asked()
    seen = []
    for now[0] in (0.0, 9.9, 10.0, 19.9, 20.0):
        seen.append(table.get("a", asked))
    assert seen == [1, 1, 2, 2, 3]


def test_the_least_recently_used_goes_first():
    table, asked = Remembered(lambda: 0.0, 2), Asked()
    for key in ("a", "b", "a", "c"):
        table.get(key, asked)
    assert [table.get(key, asked) for key in ("a", "c", "b")] == [1, 3, 4]


def test_an_error_is_not_kept():
    table = Remembered(lambda: 0.0, 2)

    def fail():
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        table.get("a", fail)
    assert table.get("a", lambda: (7, 1.0)) == 7


def test_none_is_a_value_like_any_other():
    table, asked = Remembered(lambda: 0.0, 2), Asked()
    assert table.get("a", lambda: (None, 1.0)) is None
    assert table.get("a", asked) is None
    assert asked.times == 0
