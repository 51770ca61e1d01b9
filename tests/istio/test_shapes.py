"""Values that are of another type than their field, and what they should be."""

import pytest

from mesh_graph.istio.place import Place
from mesh_graph.istio.shapes import SHAPES, mismatches


def told(kind, spec):
    return [(place.path, expected) for place, expected in mismatches(Place(spec, "spec"), SHAPES[kind])]


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        ("VirtualService", {}, []),
        ("VirtualService", {"hosts": None, "unheard-of": 7}, []),
        ("VirtualService", {"hosts": ["a", 7, None]}, [("spec/hosts[1]", "text")]),
        ("VirtualService", {"hosts": {"a": 1}}, [("spec/hosts", "list of texts")]),
        ("VirtualService", {"http": "x"}, [("spec/http", "list of mappings")]),
        # Below a wrong value nothing more is told.
        ("VirtualService", {"http": ["x", {"route": 7}]},
         [("spec/http[0]", "mapping"), ("spec/http[1]/route", "list of mappings")]),
        ("VirtualService", {"http": [{"route": [{"weight": 80.5}, {"weight": True}, {"weight": 20}]}]},
         [("spec/http[0]/route[0]/weight", "number"), ("spec/http[0]/route[1]/weight", "number")]),
        ("VirtualService", {"http": [{"timeout": 5}]}, [("spec/http[0]/timeout", "duration (such as 5s)")]),
        ("Gateway", {"selector": {1: 2, None: 3}}, [("spec/selector", "mapping of texts")] * 2),
        ("VirtualService", {"http": [{"fault": {"delay": "5s"}}]}, [("spec/http[0]/fault/delay", "mapping")]),
        ("Gateway", {"selector": ["istio"]}, [("spec/selector", "mapping of texts")]),
        ("Gateway", {"selector": {"version": 1.10}}, [("spec/selector/version", "text")]),
        # The name would be two steps of a path.
        ("Gateway", {"selector": {"app.kubernetes.io/version": 1}}, [("spec/selector", "mapping of texts")]),
    ],
)  # fmt: skip
def test_values_of_another_type_are_told_with_their_path(kind, spec, expected):
    assert told(kind, spec) == expected
