"""The session's cookie: over TLS it never travels in the clear, whatever the settings say."""

from __future__ import annotations

from flask import Flask, has_request_context, request
from flask.sessions import SecureCookieSessionInterface


class SecureOverTls(SecureCookieSessionInterface):
    """Marks cookies as `Secure` where the server's address is https, or the request came by it."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether browsers may send the cookie over TLS only."""
        over_tls = has_request_context() and request.is_secure
        return over_tls or super().get_cookie_secure(app)
