"""Filters of the configuration's list."""

import pytest

from mesh_graph.pages.istio import ConfigFilters

ROW = {
    "object_status": "error",
    "kind": "VirtualService",
    "name": "cart",
    "namespace": "shop",
    "cluster": "east",
    "codes": "KIA1102",
    "reasons": ["There is no Gateway shop/public."],
}


@pytest.mark.parametrize(
    ("chosen", "is_kept"),
    [
        ({}, True),
        ({"words": "cart GATEWAY"}, True),
        ({"words": "kia1102"}, True),
        ({"words": "cart reviews"}, False),
        ({"statuses": ["error", "warning"]}, True),
        ({"statuses": ["valid"]}, False),
        ({"kind": "VirtualService", "namespace": "shop"}, True),
        ({"kind": "Gateway"}, False),
        ({"namespace": "sho"}, False),
        ({"cluster": "west"}, False),
    ],
)
def test_filters_keep_what_fits_all_of_them(chosen, is_kept):
    filters = ConfigFilters.of(**{"words": None, "statuses": None, **chosen})
    assert filters.keep(ROW) is is_kept
