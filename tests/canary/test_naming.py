from __future__ import annotations

from mesh_graph import fields
from mesh_graph.canary.naming import Naming, nearest_report
from tests.canary.request_rows import NO_CALLER, counts

OTHER = {fields.DESTINATION_SERVICE_NAME: "cart-next", fields.DESTINATION_SERVICE: "cart-next.shop.svc"}


def names(table, splits=None) -> list[tuple[str, str]]:
    named = Naming.of(table, splits).name(table)
    return list(zip(named["split"], named["version"], strict=True))


def test_a_version_is_the_canonical_revision():
    assert names(counts(("v1", 0, 1, {}), ("v2", 0, 1, {}))) == [("shop/cart", "v1"), ("shop/cart", "v2")]


def test_workloads_that_share_a_revision_are_told_apart_by_name():
    latest = {fields.DESTINATION_CANONICAL_REVISION: "latest"}
    found = names(counts(("v1", 0, 1, latest), ("v2", 0, 1, latest)))
    assert found == [("shop/cart", "cart-v1"), ("shop/cart", "cart-v2")]


def test_a_roll_out_in_place_is_two_versions():
    same = {fields.DESTINATION_WORKLOAD: "cart"}
    assert names(counts(("v1", 0, 1, same), ("v2", 0, 1, same))) == [("shop/cart", "v1"), ("shop/cart", "v2")]


def test_a_route_over_services_has_services_as_versions():
    table = counts(("v1", 0, 1, {}), ("v1", 0, 1, OTHER))
    splits = {"shop/cart": "shop/cart", "shop/cart-next": "shop/cart"}
    assert names(table, splits) == [("shop/cart", "cart"), ("shop/cart", "cart-next")]


def test_what_reached_nobody_has_no_version():
    assert names(counts(("", 0, 1, {}))) == [("shop/cart", "")]


def test_callers_are_keys_and_all_that_are_unknown_are_one():
    named = Naming.of(counts()).name(counts(("v1", 0, 1, {}), ("v1", 0, 1, NO_CALLER)))
    assert list(named["caller"]) == ["app|east|shop|web|web|v1||", "unknown|||||||"]


def test_the_server_is_believed_where_it_reports():
    table = counts(("v1", 0, 1, {}), ("v1", 0, 2, {fields.REPORTER: "destination"}), ("v2", 0, 3, {}))
    kept = nearest_report(Naming.of(table).name(table))
    assert list(zip(kept["version"], kept["count"], strict=True)) == [("v1", 2), ("v2", 3)]
