"""The device API as an application of its own, without cookies and sessions."""

from __future__ import annotations

from typing import Any, cast

from apiflask import APIBlueprint, APIFlask
from flask import Flask, has_request_context, request
from flask.sessions import SessionInterface

from checkin.web.api import (
    buses,
    devices,
    health,
    help_desks,
    kiosks,
    leases,
    lists,
    people,
    reading,
    scans,
)
from checkin.web.api.contract import (
    HUB_SCHEME,
    METRICS_SCHEME,
    READ_SCHEME,
    SECURITY_SCHEME,
    add_epoch,
    add_signature,
)
from checkin.web.api.description import complete
from checkin.web.api.hubs import hubs
from checkin.web.site.headers import add_api_headers
from checkin.web.site.numbers import limit_numbers
from checkin.web.site.permissions import PUBLIC, open_to
from checkin.web.site.refusals.errors import register_errors
from checkin.web.site.refusals.refused_requests import log_refusals
from checkin.web.site.state import EXTENSION, Marhaba

MAX_BODY_BYTES = 2 * 2**20


class _NoSession(SessionInterface):
    """Devices show a token with each request; a cookie of theirs is not even read."""

    def open_session(self, app: Flask, request: Any) -> None:
        """Open none."""

    def is_null_session(self, _obj: object) -> bool:
        """There is never one to save."""
        return True


class _Api(APIFlask):
    """An API whose description names where it is, as the one who asks for it sees it."""

    def _get_spec(self, spec_format: str | None = None, force_update: bool = False) -> Any:
        # APIFlask would keep for everybody the host that whoever asked first called it by.
        described = super()._get_spec(spec_format, force_update)
        root = request.script_root if has_request_context() else ""
        return {**cast(dict[str, Any], described), "servers": [{"url": root or "/"}]}


def create_api(state: Marhaba) -> APIFlask:
    """Build the application that answers `/api/…` and the health checks."""
    app = _Api(
        "checkin.web.api",
        title="Marhaba",
        version="1.0",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]
    )
    app.session_interface = _NoSession()
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        VALIDATION_ERROR_STATUS_CODE=400,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        SYNC_LOCAL_SPEC=False,
        AUTO_SERVERS=False,
    )
    app.spec_processor(complete)
    app.description = "Check-in at the gates of an event; see docs/api.md."
    app.security_schemes = {
        SECURITY_SCHEME: {"type": "http", "scheme": "bearer", "description": "A device's token."},
        READ_SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "description": "A token with which another program reads; organisers make it.",
        },
        HUB_SCHEME: {"type": "http", "scheme": "bearer", "description": "A hub's token."},
        METRICS_SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "description": "CHECKIN_METRICS_TOKEN; the server's own machine needs none.",
        },
    }
    app.extensions[EXTENSION] = state
    _add_routes(app)
    app.after_request(add_api_headers)
    app.after_request(add_signature)
    app.after_request(add_epoch)  # runs before what is registered above: the signature covers it
    app.after_request(log_refusals((401, 403, 404)))
    return app


def _add_routes(app: APIFlask) -> None:
    limit_numbers(app)
    api = APIBlueprint("api", __name__, url_prefix="/api/v1")
    for part in (devices, scans, buses, leases, people, lists, help_desks, kiosks, reading, hubs):
        api.register_blueprint(part.bp)
    app.register_blueprint(api)
    app.register_blueprint(health.bp)
    open_to(PUBLIC)(app.view_functions["openapi.spec"])
    register_errors(app)
