"""The frames of e-mails: Jinja with everything escaped in HTML, and no word left out in silence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

_PACKAGE = Path(__file__).parent
#: a wheel holds the frames in the package; in a checkout they are among all the other templates
_WITHIN, _BESIDE = _PACKAGE / "templates", _PACKAGE.parent / "templates" / "email"
_TEMPLATES = _WITHIN if _WITHIN.is_dir() else _BESIDE


@cache
def mail_template(name: str) -> jinja2.Template:
    """Return a template of those for e-mails."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
