"""The frames of e-mails: Jinja with everything escaped in HTML, and no word left out in silence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

_TEMPLATES = Path(__file__).parent.parent / "templates" / "email"


@cache
def mail_template(name: str) -> jinja2.Template:
    """Return a template of `templates/email`."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
