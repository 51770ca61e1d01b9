"""The HTML document that Dash fills: the colour scheme is settled in its head, before anything is painted."""

from __future__ import annotations

__all__ = ["SCHEME_SCRIPT", "render_document"]

SCHEME_SCRIPT = "scheme.js"
"""The asset that chooses between light and dark; not loaded with the others, which come too late."""

_DOCUMENT = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="color-scheme" content="light dark">
    <script src="SCHEME"></script>
    <title>{%title%}</title>
    {%favicon%}
    {%css%}
  </head>
  <body>
    {%app_entry%}
    <footer>
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>
"""


def render_document(scheme_url: str) -> str:
    """Index string for Dash; ``scheme_url`` is where the browser finds ``SCHEME_SCRIPT``."""
    return _DOCUMENT.replace("SCHEME", scheme_url)
