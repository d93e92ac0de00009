"""Build the web application: wiring only."""

from __future__ import annotations

from apiflask import APIBlueprint, APIFlask
from flask import Response

from checkin.db.engine import Database
from checkin.services.live import LiveHub
from checkin.services.live_counts import LiveCounts, live_counts
from checkin.settings import Settings, load_keys, use_shipped_time_zones
from checkin.web import health
from checkin.web.api import devices, leases, lists, people, scans
from checkin.web.api.contract import SECURITY_SCHEME
from checkin.web.errors import register_errors
from checkin.web.json_bodies import json_text, status_body
from checkin.web.limits import limiter
from checkin.web.pages import register_pages
from checkin.web.state import EXTENSION, Marhaba

MAX_BODY_BYTES = 2 * 2**20
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


def create_app(settings: Settings) -> APIFlask:
    """Build the application in four steps: configure, connect, routes, headers.

    Raises:
        SettingsError: the settings are incomplete, so the server must not start.
    """
    use_shipped_time_zones()
    app = APIFlask(
        __name__,
        title="Marhaba",
        version="1.0",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        template_folder="../templates",
        static_folder="static",
    )
    _configure(app, settings)
    _connect(app, settings)
    _add_routes(app)
    app.after_request(_add_headers)
    return app


def _configure(app: APIFlask, settings: Settings) -> None:
    keys = load_keys(settings)
    app.config.update(
        SECRET_KEY=keys.sessions,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        VALIDATION_ERROR_STATUS_CODE=400,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        SYNC_LOCAL_SPEC=False,
    )
    app.description = "Check-in at the gates of an event; see docs/api.md."
    app.security_schemes = {
        SECURITY_SCHEME: {"type": "http", "scheme": "bearer", "description": "A device's token."}
    }


def _connect(app: APIFlask, settings: Settings) -> None:
    database = Database(settings.database)

    def counts(event_id: int) -> LiveCounts:
        with database.read() as session:
            return live_counts(session, event_id)

    live = LiveHub(counts, write=lambda found: json_text(status_body(found)))
    app.extensions[EXTENSION] = Marhaba(settings, database, load_keys(settings), live)


def _add_routes(app: APIFlask) -> None:
    api = APIBlueprint("api", __name__, url_prefix="/api/v1")
    for part in (devices, scans, leases, people, lists):
        api.register_blueprint(part.bp)
    app.register_blueprint(api)
    app.register_blueprint(health.bp)
    limiter.init_app(app)
    register_errors(app)
    register_pages(app)


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
