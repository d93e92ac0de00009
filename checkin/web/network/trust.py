"""The pages that explain how devices trust the server's authority, and offer its certificate."""

from __future__ import annotations

from flask import Response, abort, make_response, request

from badges.link_qr import link_qr_address
from checkin.protocol.fingerprints import AUTHORITY_PATH, beginning, in_pairs
from checkin.services.network.certificates.authority import Authority
from checkin.web.site.visits import PUBLIC, Answer, Visit, pages, visited_by

bp = pages(__name__)

#: so that telephones and browsers offer to install it
_MIME_TYPE = "application/x-x509-ca-cert"
#: what a browser says of itself, and which of the page's instructions it needs; the first that fits
_SYSTEMS = (
    ("Android", "android"),
    ("iPhone", "iphone"),
    ("iPad", "iphone"),
    ("Firefox", "firefox"),
    ("Windows", "windows"),
    ("Macintosh", "macos"),
    ("Linux", "linux"),
)


@bp.get("/trust")
@visited_by(PUBLIC)
def show(visit: Visit) -> Answer:
    """Show the authority's fingerprint, its certificate, and how to install it on each system."""
    authority = visit.server.authority
    address = f"{visit.server.public_url.current()}/trust"
    return visit.show(
        "network/trust.html",
        beginning=beginning(authority.fingerprint) if authority else "",
        fingerprint=in_pairs(authority.fingerprint) if authority else "",
        address=address,
        picture=link_qr_address(address),
        system=_system(),
        is_encrypted=request.is_secure,
    )


@bp.get(AUTHORITY_PATH)
@visited_by(PUBLIC)
def certificate(visit: Visit) -> Answer:
    """Return the authority's certificate in DER: its SHA-256 is the fingerprint."""
    return _file(_authority(visit).der)


@bp.get("/marhaba-ca.pem")
@visited_by(PUBLIC)
def certificate_as_text(visit: Visit) -> Answer:
    """Return the same certificate in PEM, for `--cafile` and for servers' tools."""
    return _file(_authority(visit).pem)


def _authority(visit: Visit) -> Authority:
    return visit.server.authority or abort(404)


def _file(content: bytes) -> Response:
    response = make_response(content)
    response.mimetype = _MIME_TYPE
    response.headers["Cache-Control"] = "no-cache"
    return response


def _system() -> str:
    told = request.user_agent.string
    return next((system for word, system in _SYSTEMS if word in told), "")
