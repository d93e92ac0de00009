"""Turn faults into HTTP responses: JSON for programs in one shape, and pages for people."""

from __future__ import annotations

from babel.units import format_unit
from flask import (
    Blueprint,
    Flask,
    Response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from checkin import errors
from checkin.db.faults import SENTENCES, Outage, outage_of
from checkin.domain.common.problems import InvalidValue
from checkin.domain.network.addresses import OnlyThisMachine
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.errors import (
    AtCentralServer,
    EventPurged,
    MarhabaError,
    TooManyRequests,
    Unauthenticated,
)
from checkin.services.limits.limits import whole_minutes
from checkin.web.site.addressing.addresses import this_address
from checkin.web.site.addressing.outgoing import refusal_of
from checkin.web.site.json import json_response
from checkin.web.site.refusals.refused_forms import refused_form
from checkin.web.site.refusals.refused_requests import log_refused_form
from checkin.web.site.sessions import take_nobody_as_signed_in
from checkin.web.site.streams import EVENT_STREAM

HTTP_STATUS = {
    errors.InvalidRequest: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooManyRequests: 429,
    errors.Unavailable: 503,
    InvalidValue: 400,
    UnreadableFile: 400,
}

_CODES = {
    400: "invalid_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "invalid_request",
    429: "too_many_requests",
}


#: what is busy now is not in a moment
BUSY_S = 2


def retry_after(fault: errors.TooManyRequests) -> str:
    """Return the value of the Retry-After header: whole seconds, at least 1."""
    return str(max(1, -int(-fault.wait_s // 1)))


def http_status(fault: errors.MarhabaError) -> int:
    """Return the HTTP status of a fault; 500 for a fault that is not in the table."""
    for kind in type(fault).__mro__:
        if kind in HTTP_STATUS:
            return HTTP_STATUS[kind]
    return 500


def answer_fault(fault: errors.MarhabaError) -> Response:
    """Answer a fault as JSON."""
    body: dict[str, object] = {"error": fault.code, "detail": fault.detail}
    if isinstance(fault, errors.DeviceRevoked):
        body |= {"wipe": True} | ({"purged": True} if fault.purged else {})
    response = json_response(body, http_status(fault))
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if response.status_code == 503:
        response.headers["Retry-After"] = str(getattr(fault, "wait_s", BUSY_S))
    if isinstance(fault, errors.TooManyRequests):
        response.headers["Retry-After"] = retry_after(fault)
    return response


def answer_http_fault(fault: HTTPException) -> Response | HTTPException:
    """Answer Flask's own faults: in the contract's shape to programs, unchanged to people."""
    if fault.response is not None or not request.path.startswith("/api/"):
        return fault
    status = fault.code or 500
    body = {"error": _CODES.get(status, "error"), "detail": fault.description or fault.name}
    response = json_response(body, status)
    for name, value in fault.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def answer_database_fault(fault: SQLAlchemyError) -> Response:
    """Answer that the database cannot serve now, and why: try again, nothing was lost."""
    return answer_fault(errors.Unavailable(SENTENCES[_outage(fault)]))


def _outage(fault: SQLAlchemyError) -> Outage:
    outage = outage_of(fault)
    if outage is None:
        raise fault  # our own fault: 500, and in the log
    return outage


def register_errors(app: Flask) -> None:
    """Make the app answer every fault in the contract's shape."""
    app.register_error_handler(errors.MarhabaError, answer_fault)
    app.register_error_handler(HTTPException, answer_http_fault)
    app.register_error_handler(SQLAlchemyError, answer_database_fault)


Page = tuple[str, int, dict[str, str]]


def error_page(status: int, sentence: str = "") -> Page:
    """Render the page of an HTTP status, with its own sentence unless another is given."""
    page = render_template("error.html", status=status, sentence=sentence or _sentence(status))
    return page, status, {"Retry-After": str(BUSY_S)} if status == 503 else {}


def too_many_page(fault: TooManyRequests) -> Page:
    """Render the page for too many attempts, which says how long to wait."""
    page = render_template("error.html", status=429, sentence=waiting_sentence(fault))
    return too_many(page, fault)


def too_many(page: str, fault: TooManyRequests) -> Page:
    """Return a page as the response to too many attempts, with status 429 and Retry-After."""
    return page, 429, {"Retry-After": retry_after(fault)}


def _sentence(status: int) -> str:
    sentences = {
        400: _("The form was not understood. Open the page again and fill it in once more."),
        403: _("Your role does not open this page. Ask an organiser if you need it."),
        404: _("There is no such page, or it is not yours to see. Go back to the overview."),
        405: _("This address only takes what a form sends. Go back to the overview."),
        409: _("This contradicts what is already recorded. Reload the page and look again."),
        413: _("What was sent is too large. Choose a smaller file, or split the list."),
        503: _("The server is too busy just now. Wait a few seconds and reload the page."),
    }
    return str(
        sentences.get(status) or _("Something went wrong here. Try again; nothing was lost.")
    )


def _csrf_refused(fault: CSRFError) -> ResponseReturnValue:
    told = refused_form(fault)
    log_refused_form(told.cause)
    page = render_template("error.html", status=400, sentence=told.sentence, link=told.link)
    return page, 400


def _fault(fault: MarhabaError) -> ResponseReturnValue:
    if isinstance(fault, TooManyRequests):
        return too_many_page(fault)
    if isinstance(fault, Unauthenticated):
        if request.accept_mimetypes.best == EVENT_STREAM:
            return "", 204  # ends the stream of a page that is still open; HTML would be an error
        back = this_address() if request.method == "GET" else None
        return redirect(url_for("sign_in.show", next=back))
    if isinstance(fault, OnlyThisMachine):
        return _only_this_machine_page(fault)
    if isinstance(fault, AtCentralServer):
        sentence = _(
            "This is the hub of the hall: it admits people and counts them. Registrations, badges "
            "and settings are changed at the central server, %(url)s.",
            url=fault.url,
        )
        return error_page(403, sentence)
    if isinstance(fault, EventPurged):
        return error_page(409, _("The personal data of this event were erased. It takes nobody."))
    return error_page(http_status(fault))


def _only_this_machine_page(fault: OnlyThisMachine) -> ResponseReturnValue:
    """Render why nothing can be sent, with the field that changes it; then the reader repeats."""
    back = this_address() if request.method == "GET" else url_for("overview.show")
    refusal = refusal_of(fault.problem)
    return render_template("network/only_this_machine.html", refusal=refusal, back=back), 409


def _database_fault(fault: SQLAlchemyError) -> ResponseReturnValue:
    outage = _outage(fault)
    take_nobody_as_signed_in()  # the page shows who is, and would ask the database again
    return error_page(503, _outage_sentence(outage))


def _outage_sentence(outage: Outage) -> str:
    sentences = {
        Outage.AWAY: _(
            "The database does not answer just now. Wait a minute, reload the page, and check "
            "whether your last change is there. If it stays so, tell the administrator."
        ),
        Outage.BUSY: _("The server is too busy just now. Wait a few seconds and reload the page."),
        Outage.DAMAGED: _(
            "The database's files are damaged or cannot be read, and nothing was changed. Tell the "
            "administrator: a backup may have to be put back."
        ),
        Outage.FULL: _(
            "The server's disk is full, and nothing was changed. Tell the administrator to make "
            "room, then try again."
        ),
        Outage.READ_ONLY: _(
            "The database takes no changes just now, and nothing was changed. Wait a minute and "
            "try again. If it stays so, tell the administrator."
        ),
    }
    return str(sentences[outage])


def _http(fault: HTTPException) -> ResponseReturnValue:
    return error_page(fault.code or 500) if (fault.code or 500) >= 400 else fault.get_response()


def register_unknown_pages(app: Flask) -> None:
    """Answer addresses that no blueprint knows, such as mistyped ones, with a page, too."""
    app.register_error_handler(HTTPException, _http)


def register_page_errors(blueprint: Blueprint) -> None:
    """Make a blueprint answer the faults of its views with pages."""
    blueprint.register_error_handler(CSRFError, _csrf_refused)
    blueprint.register_error_handler(MarhabaError, _fault)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(SQLAlchemyError, _database_fault)


_HOURS_FROM = 120


def waiting_sentence(fault: TooManyRequests) -> str:
    """Return the sentence that there were too many attempts, and how long to wait."""
    return str(
        _("Too many attempts. Wait %(time)s, then try again.", time=_wait_in_words(fault.wait_s))
    )


def _wait_in_words(wait_s: float) -> str:
    minutes = whole_minutes(wait_s)
    if minutes >= _HOURS_FROM:
        return format_unit(-(-minutes // 60), "duration-hour", locale=get_locale())
    return format_unit(minutes, "duration-minute", locale=get_locale())
