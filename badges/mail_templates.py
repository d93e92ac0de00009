"""Templates of e-mails: Jinja escapes everything in HTML, and a missing value raises."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

_PACKAGE = Path(__file__).parent
#: a wheel has the e-mail templates in the package; in a checkout they lie in `templates`
_WITHIN, _BESIDE = _PACKAGE / "templates", _PACKAGE.parent / "templates" / "email"
_TEMPLATES = _WITHIN if _WITHIN.is_dir() else _BESIDE


@cache
def mail_template(name: str) -> jinja2.Template:
    """Return the e-mail template of this name."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
