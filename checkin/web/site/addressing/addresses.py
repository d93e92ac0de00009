"""Addresses of pages, for a server that may be reached under a path and under several names."""

from __future__ import annotations

from posixpath import normpath
from urllib.parse import unquote, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from checkin.services.common.keyset import Turn
from checkin.web.site.numbers import row_number
from checkin.web.site.state import marhaba


def asked_turn() -> Turn:
    """Return which page of a list the address asks for."""
    return Turn(
        after=request.args.get("after", type=row_number),
        before=request.args.get("before", type=row_number),
        is_last=request.args.get("last") == "yes",
    )


def this_path() -> str:
    """Return the path of this page as browsers see it."""
    return request.script_root + request.path


def this_address() -> str:
    """Return the path and the query of this page as browsers see them."""
    return (request.script_root + request.full_path).removesuffix("?")


def own_address(address: str | None, otherwise: str = "overview.show") -> str:
    """Return `address` if it is a path of this server, so that no redirect leads to another site.

    On a shared host, addresses outside of this server's path belong to another site, too.

    Args:
        otherwise: the endpoint whose address is returned instead.
    """
    home = url_for(otherwise)
    if not address or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return home
    parts = urlsplit(address)
    plain = all(letter.isprintable() for letter in address) and "\\" not in address
    # Browsers go up at "..", at "%2e%2e" as well.
    really = normpath(unquote(parts.path)) + "/"
    ours = really.startswith(request.script_root + "/")
    return address if plain and ours and not parts.scheme and not parts.netloc else home


def public_address_of_page() -> str:
    """Return the public address of this page, or of the overview if it only accepts a form."""
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return f"{_public_url()}/"
    return f"{_public_url()}{request.path}"


def is_encrypted() -> bool:
    """Say whether the browser's connection is HTTPS or local, as far as the request shows.

    A proxy that is not trusted may have terminated TLS. Browsers name the origin of a form that
    they send, and send `Sec-Fetch-…` only where they keep `Secure` cookies.
    """
    if request.origin not in (None, "null"):
        return urlsplit(request.origin or "").scheme == "https"
    return request.is_secure or "Sec-Fetch-Site" in request.headers


def _public_url() -> str:
    return marhaba().public_url.current()
