"""Node state → image."""

import itertools
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from mesh_graph.views.icons import NodeLook, icon_svg, icon_uri

KINDS = ("app", "workload", "service", "external", "namespace", "unknown")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_is_well_formed_with_all_its_badges(kind, scheme):
    look = NodeLook(kind, "err", 4, is_new=True, is_root=True, is_folded=True, has_no_sidecar=True)
    root = ElementTree.fromstring(icon_svg(look, scheme))
    assert root.get("width") == root.get("height") == "104"


def test_kinds_differ_by_outline():
    assert len({icon_svg(NodeLook(kind, "ok"), "light") for kind in KINDS}) == len(KINDS)


def test_levels_differ_by_more_than_colour():
    def without_colours(level):
        root = ElementTree.fromstring(
            icon_svg(NodeLook("app", level, 1 if level in ("warn", "err") else 0), "light")
        )
        return [(element.tag, element.get("d"), element.get("r")) for element in root.iter()]

    shapes = [without_colours(level) for level in ("ok", "warn", "err")]
    assert all(a != b for a, b in itertools.combinations(shapes, 2))


def test_ring_shows_the_failed_share():
    assert 'stroke-dasharray="35 100"' in icon_svg(NodeLook("app", "err", 7), "light")


def test_every_look_has_its_own_key():
    flags = itertools.product((False, True), repeat=6)
    looks = [NodeLook(kind, level, 0, *f) for kind in KINDS for level in ("ok", "idle") for f in flags]
    assert len({look.key for look in looks}) == len(looks)


def test_uri_holds_no_blank_and_decodes_to_the_image():
    look = NodeLook("service", "warn", 1)
    uri = icon_uri(look, "dark")
    assert not set(" \"'<>") & set(uri)
    assert unquote(uri.removeprefix("data:image/svg+xml;utf8,")) == icon_svg(look, "dark")
