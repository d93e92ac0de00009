"""The headers that every answer carries, by which browsers guard what they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from checkin.web.site.state import marhaba

#: of pages, and of what they load
OF_PAGES: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; worker-src 'self'; style-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # The check of forms over HTTPS wants to see from which page of ours they come. Addresses that
    # hold secrets (badges, invitations) are shown to no other origin.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: of the device API: whoever opens an answer in a browser sees text, nothing in it is run, no page
#: shows it in a frame, and no cache keeps it
OF_THE_API: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
#: a year, for this name alone: what else its domain serves is not ours to decide
_HTTPS_ONLY = "max-age=31536000"


def add_page_headers(response: Response) -> Response:
    """Add what an answer of the pages lacks."""
    return _added(response, OF_PAGES)


def add_api_headers(response: Response) -> Response:
    """Add what an answer of the device API lacks."""
    return _added(response, OF_THE_API)


def _added(response: Response, headers: Mapping[str, str]) -> Response:
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if _is_https_for_good():
        response.headers["Strict-Transport-Security"] = _HTTPS_ONLY
    return response


def _is_https_for_good() -> bool:
    """Say whether browsers may refuse plain HTTP at this name from now on.

    Never with an authority of our own: `marhaba.local` would be closed to the next server of that
    name, and to this one when it runs without TLS, on every device that has ever trusted it.
    """
    return request.is_secure and marhaba().authority is None
