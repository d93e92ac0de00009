"""Build the web application: wiring only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Flask, Response

from checkin.db.engine import Database
from checkin.services.board import Books
from checkin.services.live import LiveHub
from checkin.services.readiness import RecentReadiness, readiness
from checkin.services.wallets import load_wallets
from checkin.settings import Settings, load_keys
from checkin.web.api.app import MAX_BODY_BYTES, create_api
from checkin.web.errors import register_errors
from checkin.web.limits import limiter
from checkin.web.live_views import live_views
from checkin.web.pages import register_pages
from checkin.web.state import API, EXTENSION, Marhaba
from checkin.web.unread_bodies import Wsgi, hearing_out

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; worker-src 'self'; style-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OF_THE_API = ("/api/", "/healthz", "/readyz", "/metrics")


def create_app(settings: Settings) -> Flask:
    """Build the application in four steps: connect, configure, routes, headers.

    What devices ask for is answered by an application of its own, so that a scan does not pass
    through what only pages need.

    Raises:
        SettingsError: the settings are incomplete, so the server must not start.
    """
    app = Flask(__name__, template_folder="../templates", static_folder="static")
    state = _connect(settings)
    _configure(app, state)
    app.extensions[EXTENSION] = state
    app.extensions[API] = create_api(state)
    _add_routes(app)
    app.after_request(_add_headers)
    audiences = _by_audience(app.extensions[API].wsgi_app, app.wsgi_app)
    app.wsgi_app = hearing_out(audiences)  # type: ignore[method-assign,assignment]
    return app


def _configure(app: Flask, state: Marhaba) -> None:
    app.config.update(
        SECRET_KEY=state.keys.sessions,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=state.settings.base_url.startswith("https://"),
    )


def _connect(settings: Settings) -> Marhaba:
    keys = load_keys(settings)
    wallets = load_wallets(settings.wallet_files, datetime.now(UTC))
    database, books = Database(settings.database), Books()
    live = LiveHub(live_views(database, books))
    ready = RecentReadiness(partial(readiness, database, settings.home))
    return Marhaba(settings, database, keys, live, books, ready, wallets)


def _add_routes(app: Flask) -> None:
    limiter.init_app(app)
    register_errors(app)
    register_pages(app)


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _by_audience(api: Wsgi, pages: Wsgi) -> Wsgi:
    def dispatch(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chosen = api if environ["PATH_INFO"].startswith(_OF_THE_API) else pages
        return chosen(environ, start_response)

    return dispatch
