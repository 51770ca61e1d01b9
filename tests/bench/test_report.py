import math

from bench.figures import Figure
from bench.report import as_json, growth_figure, table

OURS = [
    Figure("graph", "100 ns x 1", "ours", 100.0),
    Figure("graph", "100 ns x 10", "ours", 900.0),
    Figure("graph", "1000 ns x 1", "ours", 1000.0),
    Figure("part", "1000 ns x 1", "ours", 9.0),
]


def test_growth_is_of_whole_graphs_of_one_replica():
    (figure,) = growth_figure(OURS)
    assert (figure.size, figure.value, figure.falls_short) == ("100 to 1000 ns", 1.0, False)


def test_growth_of_one_mesh_is_not_told():
    assert growth_figure(OURS[:2]) == []


def test_table_marks_what_falls_short():
    lines = table(
        [
            Figure("graph", "1 ns x 1", "ours less floor", 16.04, aim=15),
            Figure("page", "1 ns x 1", "loaded", 2.5, "MB", aim=2.5),
            Figure("graph", "1000 ns x 1", "ours", 1234.5),
        ]
    ).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["graph", "1", "ns", "x", "1", "ours", "less", "floor", "16", "ms", "<=", "15", "ms", "SHORT"],
        ["page", "1", "ns", "x", "1", "loaded", "2.5", "MB", "<=", "2.5", "MB"],
        ["graph", "1000", "ns", "x", "1", "ours", "1,234", "ms"],
    ]


def test_unmeasured_figure_is_shown_as_such():
    assert "nan" in table([Figure("graph", "1 ns x 1", "ours", math.nan)])


def test_json_holds_machine_load_and_verdicts():
    told = as_json([Figure("graph", "1 ns x 1", "ours", 2.0, aim=1.0)], {"python": "3"}, (0.5, 1.5))
    assert told["machine"] == {"python": "3"}
    assert told["load_average"] == (0.5, 1.5)
    assert told["figures"] == [
        {
            "case": "graph",
            "size": "1 ns x 1",
            "name": "ours",
            "value": 2.0,
            "unit": "ms",
            "aim": 1.0,
            "falls_short": True,
        }
    ]
