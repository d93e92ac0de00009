"""Where a weakness of this installation is reported (RFC 9116, `security.txt`)."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort

from checkin.web.site.visits import PUBLIC, Answer, Visit, pages, visited_by
from checkin.words.languages import LANGUAGES

bp = pages(__name__)

_PATH = "/.well-known/security.txt"
#: what was read longer ago is asked for again
_LIFETIME = timedelta(days=180)


@bp.get(_PATH)
@visited_by(PUBLIC)
def show(visit: Visit) -> Answer:
    """Name the contact of `CHECKIN_SECURITY_CONTACT`; 404 where it is not set."""
    server = visit.server
    contact = server.settings.security_contact or abort(404)
    lines = {
        "Contact": contact,
        "Expires": f"{visit.now + _LIFETIME:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages": ", ".join(LANGUAGES),
        "Canonical": server.public_url.current() + _PATH,
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return Response(text, content_type="text/plain; charset=utf-8")
