"""One table from faults to HTTP, and one shape for all of them."""

from __future__ import annotations

from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from checkin import errors
from checkin.domain.common.problems import InvalidValue
from checkin.domain.people.unreadable import UnreadableFile
from checkin.web.site.json import json_response

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
    """Return what the header of that name says: whole seconds, 1 at least."""
    return str(max(1, -int(-fault.wait_s // 1)))


def http_status(fault: errors.MarhabaError) -> int:
    """Return the HTTP status of a fault; one that nobody foresaw is ours: 500."""
    for kind in type(fault).__mro__:
        if kind in HTTP_STATUS:
            return HTTP_STATUS[kind]
    return 500


def answer_fault(fault: errors.MarhabaError) -> Response:
    """Answer a fault as JSON."""
    body: dict[str, object] = {"error": fault.code, "detail": fault.detail}
    if isinstance(fault, errors.DeviceRevoked):
        body["wipe"] = True
    response = json_response(body, http_status(fault))
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if response.status_code == 503:
        response.headers["Retry-After"] = str(BUSY_S)
    if isinstance(fault, errors.TooManyRequests):
        response.headers["Retry-After"] = retry_after(fault)
    return response


def answer_http_fault(fault: HTTPException) -> Response | HTTPException:
    """Answer Flask's own faults in our shape to programs, and as they are to people."""
    if fault.response is not None or not request.path.startswith("/api/"):
        return fault
    status = fault.code or 500
    body = {"error": _CODES.get(status, "error"), "detail": fault.description or fault.name}
    response = json_response(body, status)
    for name, value in fault.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def answer_database_fault(fault: Exception) -> Response:
    """Answer that the database cannot be reached or is overloaded: try again, nothing was lost."""
    return answer_fault(errors.Unavailable(f"the database does not answer: {type(fault).__name__}"))


def register_errors(app: Flask) -> None:
    """Make the app answer every fault in the contract's shape."""
    app.register_error_handler(errors.MarhabaError, answer_fault)
    app.register_error_handler(HTTPException, answer_http_fault)
    app.register_error_handler(OperationalError, answer_database_fault)
    app.register_error_handler(TimeoutError, answer_database_fault)
