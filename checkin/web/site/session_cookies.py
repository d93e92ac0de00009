"""The session's cookie: where browsers show it, and that it never travels in the clear over TLS."""

from __future__ import annotations

from flask import Flask, has_request_context, request
from flask.sessions import SecureCookieSessionInterface


class SessionCookies(SecureCookieSessionInterface):
    """Keeps the cookie to our path of the host, and `Secure` where the request came over TLS."""

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 - the path is the request's
        """Return the path below which the browser shows the cookie."""
        return request.script_root or "/"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether browsers may send the cookie over TLS only, whatever the settings say."""
        over_tls = has_request_context() and request.is_secure
        return over_tls or super().get_cookie_secure(app)
