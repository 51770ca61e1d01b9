"""The pages that strangers see, as plain HTML: to sign in, and to be told why nothing is shown.

They need no script to work; one settles the colour scheme. Every value is escaped by the template.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template_string, request

__all__ = ["SignInForm", "page_response", "render_refusal", "render_sign_in", "render_signed_out"]

_PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <script src="{{ root }}/assets/scheme.js"></script>
    <title>{{ title }} · Meshgraph</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="{{ root }}/assets/sign-in.css">
  </head>
  <body>
    <main class="card">
      <p class="brand"><span class="logo" aria-hidden="true"></span>Meshgraph</p>
      <h1>{{ title }}</h1>
      {%- if said %}
      <p class="said" role="alert">{{ said }}</p>
      {%- endif %}
      BODY
    </main>
  </body>
</html>
"""
_FORM = """
      {%- if form.provider %}
      <a class="provider" href="{{ root }}/sign-in/openid?{{ {'next': form.next} | urlencode }}">
        Sign in with {{ form.provider }}</a>
      {%- endif %}
      {%- if form.has_passwords %}
      <form method="post" action="{{ root }}/sign-in">
        <input type="hidden" name="form_token" value="{{ form.token }}">
        <input type="hidden" name="next" value="{{ form.next }}">
        <label for="name">Name</label>
        <input id="name" name="name" value="{{ form.name }}" autocomplete="username" autocapitalize="none"
               spellcheck="false" maxlength="200" required {{ '' if form.name else 'autofocus' }}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password"
               maxlength="1024" required {{ 'autofocus' if form.name else '' }}>
        <button>Sign in</button>
      </form>
      {%- elif not form.provider %}
      <p>People sign in at the proxy in front of this server. This request did not come through it.</p>
      {%- endif %}
"""
_REFUSAL = """
      <p>{{ sentence }}</p>
      {%- if form_token %}
      <form method="post" action="{{ root }}/sign-out">
        <input type="hidden" name="form_token" value="{{ form_token }}">
        <button>Sign out</button>
      </form>
      {%- endif %}
"""
_SIGNED_OUT = """
      <p>You are signed out here, but not yet at {{ provider }}.</p>
      <a class="provider" href="{{ there }}">Sign out at {{ provider }}</a>
"""


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What the sign-in page holds.

    Attributes
    ----------
    next : str
        Address to come back to, on this server.
    token : str
        Proves that the form comes from us.
    has_passwords : bool
    provider : str
        What the OpenID provider is called; empty without one.
    name : str
        As typed before.
    """

    next: str
    token: str
    has_passwords: bool = True
    provider: str = ""
    name: str = ""


def render_sign_in(form: SignInForm, said: str = "") -> str:
    """The sign-in page; ``said`` is what went wrong."""
    page = _PAGE.replace("BODY", _FORM)
    return render_template_string(page, root=request.script_root, title="Sign in", form=form, said=said)


def render_refusal(sentence: str, form_token: str = "") -> str:
    """The page of somebody who may see nothing; with a form token it offers to sign out."""
    page = _PAGE.replace("BODY", _REFUSAL)
    return render_template_string(
        page, root=request.script_root, title="Nothing to see here", sentence=sentence, form_token=form_token
    )


def render_signed_out(there: str, provider: str) -> str:
    """The page of somebody who has signed out, with the way to do so at the provider."""
    page = _PAGE.replace("BODY", _SIGNED_OUT)
    return render_template_string(
        page, root=request.script_root, title="Signed out", there=there, provider=provider
    )


def page_response(page: str, status: int = 200) -> Response:
    """A page that is kept nowhere."""
    headers = {"Cache-Control": "no-store"}
    return Response(page, status=status, mimetype="text/html", headers=headers)
