"""Build the web application: wiring only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from checkin.db.engine import Database
from checkin.services.backups.epochs import RecentEpoch
from checkin.services.badges.wallets import load_wallets
from checkin.services.board.board import CountsByMinute
from checkin.services.board.live import LiveHub
from checkin.services.board.stream_readers import allowed_readers
from checkin.services.common.keys import Keys
from checkin.services.common.readiness import RecentReadiness, readiness
from checkin.services.common.security_log import open_security_log
from checkin.services.hub.keys import KeysOfHub
from checkin.services.hub.upstream import upstream_or_none
from checkin.services.limits.limits import Limits
from checkin.services.limits.opening import open_counters
from checkin.services.network.certificates.authority import served_authority
from checkin.services.network.unread_forwarding import ForwardingWatch
from checkin.settings import Settings, load_keys, open_database
from checkin.web.api.app import MAX_BODY_BYTES, create_api
from checkin.web.board.body import live_views
from checkin.web.registrar import register_pages
from checkin.web.site.addressing.behind_proxies import behind_proxies
from checkin.web.site.addressing.known_address import KnownAddress
from checkin.web.site.background import BackgroundTasks
from checkin.web.site.headers import add_page_headers
from checkin.web.site.numbers import limit_numbers
from checkin.web.site.refusals.errors import register_errors
from checkin.web.site.refusals.refused_requests import log_refusals
from checkin.web.site.refusals.request_body import Wsgi, drain_request_body
from checkin.web.site.sessions import SessionCookies
from checkin.web.site.state import API, EXTENSION, Marhaba
from checkin.web.site.static import template_folder

_PACKAGE = Path(__file__).parent
WakeWorker = Callable[[Database, Keys, Settings], object]
_OF_THE_API = ("/api/", "/healthz", "/readyz", "/metrics")


def _nobody_to_wake(_database: Database, _keys: Keys, _settings: Settings) -> None:
    pass


def create_app(settings: Settings, wake_worker: WakeWorker = _nobody_to_wake) -> Flask:
    """Build the application in four steps: connect, configure, routes, headers.

    Requests of devices are answered by an application of its own, so that a scan does not pass
    through code that only pages need.

    Args:
        wake_worker: called after a job was committed; worker processes hear of it by themselves.

    Raises:
        SettingsError: the settings are incomplete, so the server must not start.
    """
    app = Flask(__name__, template_folder=str(template_folder(_PACKAGE)), static_folder="static")
    state = _connect(settings, wake_worker)
    _configure(app, state)
    app.extensions[EXTENSION] = state
    app.extensions[API] = create_api(state)
    _add_routes(app)
    app.after_request(add_page_headers)
    app.after_request(log_refusals((403,)))
    audiences = _by_audience(app.extensions[API].wsgi_app, app.wsgi_app)
    through = _behind_proxies(state, drain_request_body(audiences))
    app.wsgi_app = through  # type: ignore[method-assign,assignment]
    return app


def _configure(app: Flask, state: Marhaba) -> None:
    app.session_interface = SessionCookies()
    app.config.update(
        SECRET_KEY=state.keys.sessions,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=state.public_url.current().startswith("https://"),
    )


def _behind_proxies(state: Marhaba, answering: Wsgi) -> Wsgi:
    return behind_proxies(
        answering,
        trusted=state.settings.trusted_proxies,
        public_url=state.public_url.current,
        watch=ForwardingWatch(state.settings.home),
    )


def _connect(settings: Settings, wake_worker: WakeWorker) -> Marhaba:
    open_security_log(settings.security_log)
    wallets = load_wallets(settings.wallet_files, datetime.now(UTC))
    database, minute_counts = open_database(settings), CountsByMinute()
    keys, central_url = _as_hub(database, load_keys(settings))
    live = LiveHub(
        live_views(database, minute_counts), database.changes, partial(allowed_readers, database)
    )
    ready = RecentReadiness(partial(readiness, database, settings.home, keys))
    background_tasks = BackgroundTasks()
    limits = Limits(open_counters(database, settings.limits_url, background_tasks.do), keys.limits)
    return Marhaba(
        settings,
        database,
        keys,
        live,
        minute_counts,
        limits,
        KnownAddress(settings, database),
        ready,
        RecentEpoch(database),
        lambda: wake_worker(database, keys, settings),
        wallets,
        served_authority(),
        central_url,
        background_tasks=background_tasks,
    )


def _as_hub(database: Database, keys: Keys) -> tuple[Keys, str]:
    """Return the keys to serve with, and of which central server this is a hub; "": of none."""
    try:
        with database.read() as session:
            link = upstream_or_none(session)
    except SQLAlchemyError:  # not brought up to date, or away: no hub serves from such a database
        return keys, ""
    return (keys, "") if link is None else (KeysOfHub(keys, link.walk_in_key), link.url)


def _add_routes(app: Flask) -> None:
    limit_numbers(app)
    register_errors(app)
    register_pages(app)


def _by_audience(api: Wsgi, pages: Wsgi) -> Wsgi:
    def dispatch(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chosen = api if environ["PATH_INFO"].startswith(_OF_THE_API) else pages
        return chosen(environ, start_response)

    return dispatch
