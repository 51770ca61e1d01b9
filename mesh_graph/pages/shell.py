"""The frame around every page: name, navigation, colour scheme, and a word where the mesh is simulated."""

from __future__ import annotations

import dash
import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.pages.help import render_help
from mesh_graph.pages.icons import icon
from mesh_graph.pages.ids import Shell

__all__ = ["HEADER_HEIGHT", "PAGES", "render_badges", "render_shell"]

HEADER_HEIGHT = 48
PAGES = (
    ("Overview", "/"),
    ("Topology", "/topology"),
    ("Applications", "/applications"),
    ("Workloads", "/workloads"),
    ("Services", "/services"),
    ("Canaries", "/canary"),
    ("Configuration", "/istio"),
    ("mTLS", "/mtls"),
    ("Traces", "/traces"),
)
"""What the navigation offers, in its order: name and path."""

_THEME = {
    "primaryColor": "blue",
    "defaultRadius": "sm",
    "fontFamily": "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
    "components": {
        "Tooltip": {"defaultProps": {"openDelay": 350, "withArrow": True, "fz": "xs"}},
        "Select": {"defaultProps": {"allowDeselect": False, "checkIconPosition": "right"}},
    },
}


def _brand() -> Component:
    return html.A(
        [icon("logo", "mg-logo"), html.Span("Meshgraph")],
        href=dash.get_relative_path("/"),
        className="mg-brand mg-carry",
    )


def _navigation() -> Component:
    # assets/nav.js adds the time range to the addresses, and marks the page that is shown.
    links = [
        dcc.Link(
            html.Span(name, **{"data-name": name}),
            id=f"mg-nav-{name.lower()}",
            href=dash.get_relative_path(path),
            className="mg-nav-link",
        )
        for name, path in PAGES
    ]
    return html.Nav(links, id=Shell.NAV, **{"aria-label": "Pages"})


def render_badges(is_demo: bool, recording: str) -> list[Component]:
    """What every page says of a mesh that is not live: that it is simulated, or the file that recorded it."""
    if recording:
        words = "This is a recording: live is its end, and what lies outside of it cannot be seen."
        return [_badge(["recording", html.Span(f" {recording}")], words)]
    if is_demo:
        words = "No Prometheus is set: this mesh is simulated. Start with --prometheus-url to see yours."
        return [_badge(["demo", html.Span(" mesh, simulated")], words)]
    return []


def _badge(text: list[Component | str], words: str) -> Component:
    badge = dmc.Badge(text, color="grape", variant="light", radius="sm", className="mg-demo")
    return dmc.Tooltip(badge, label=words, multiline=True, w=260)


def _right_end(badges: list[Component], has_sign_in: bool) -> Component:
    scheme = dmc.ColorSchemeToggle(
        lightIcon=icon("sun"),
        darkIcon=icon("moon"),
        id=Shell.SCHEME,
        variant="subtle",
        color="gray",
        size="md",
    )
    help_button = dmc.ActionIcon(
        icon("help"),
        id=Shell.HELP_BUTTON,
        variant="subtle",
        color="gray",
        size="md",
        **{"aria-label": "Keys and help"},
    )
    parts = [*badges, help_button, scheme, _person(has_sign_in)]
    return dmc.Group(parts, gap="xs", wrap="nowrap", className="mg-right-end")


def _person(has_sign_in: bool) -> Component:
    # assets/session.js asks who is signed in: the layout is the same for everybody.
    names = ("session", "sign-in", "sign-out") if has_sign_in else ()
    paths = {f"data-{name}": dash.get_relative_path(f"/{name}") for name in names}
    return html.Div(id=Shell.PERSON, hidden=True, **paths)


def render_shell(
    stages: list[Component], search: Component, badges: list[Component], *, has_sign_in: bool = False
) -> Component:
    """The whole document: header, then the stages that outlive navigation, then the page in the address.

    Parameters
    ----------
    stages : list of Component
        What is mounted once and only hidden on other pages: rebuilding the graph would lose it.
    search : Component
        Stands in the header.
    badges : list of Component
        As ``render_badges`` gives them.
    has_sign_in : bool
        Whether people sign in: then the header says who did.
    """
    left_end = dmc.Group([_brand(), _navigation()], gap="lg", wrap="nowrap", className="mg-left-end")
    header = dmc.Group(
        [left_end, search, _right_end(badges, has_sign_in)],
        justify="space-between",
        h="100%",
        px="sm",
        wrap="nowrap",
    )
    shell = dmc.AppShell(
        [dmc.AppShellHeader(header), dmc.AppShellMain([*stages, dash.page_container])],
        header={"height": HEADER_HEIGHT},
        padding=0,
    )
    return dmc.MantineProvider(
        [dcc.Location(id=Shell.LOCATION, refresh=False), shell, render_help()],
        id=Shell.PROVIDER,
        theme=_THEME,
        defaultColorScheme="auto",
    )
