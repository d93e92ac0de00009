"""What every route of the device API shares: bodies, the device's token, the description."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import Response, g, request
from pydantic import BaseModel, ValidationError

from checkin.errors import DeviceRevoked, InvalidRequest, Unauthenticated
from checkin.protocol.epochs import EPOCH, SEEN, seen_in
from checkin.protocol.signed_answers import NONCE, SIGNED, SignedAnswer, is_nonce
from checkin.services.backups.epochs import notice_cursor, notice_seen
from checkin.services.gates.authentication import try_to_mark_seen
from checkin.services.gates.devices import PairedDevice
from checkin.services.gates.gate_list import current_cursor
from checkin.web.site.permissions import DEVICE, open_to
from checkin.web.site.state import marhaba
from checkin.words.languages import LANGUAGES

View = Callable[..., Response]
B = TypeVar("B", bound=BaseModel)

SECURITY_SCHEME = "DeviceToken"
METRICS_SCHEME = "MetricsToken"
READ_SCHEME = "ReadToken"
HUB_SCHEME = "HubToken"
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error", "detail"],
    "properties": {
        "error": {"type": "string"},
        "detail": {"type": "string"},
        "wipe": {"type": "boolean"},
        "purged": {"type": "boolean"},
        "participants": {"type": "array", "items": {"type": "object"}},
    },
}
_ERROR_TEXTS = {
    400: "The request cannot be understood (invalid_request).",
    401: (
        "No device has this token, or it was revoked (unauthenticated); with wipe: true it was one "
        "of ours, and erases its list, its names and its token; with purged: true everything."
    ),
    403: "This device may not (forbidden).",
    404: "There is no such thing here (not_found).",
    409: "It contradicts what is recorded.",
    413: "The body is too large (too_large).",
    429: (
        "Asked too often; try again after Retry-After seconds (too_many_requests), or with a "
        "supervisor's PIN (search_budget)."
    ),
    503: "Not now; try again after Retry-After seconds (unavailable).",
}


def accepts(blueprint: APIBlueprint, model: type[B]) -> Callable[[View], View]:
    """Parse the JSON body strictly and pass it to the view as `body`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def parsed(**arguments: Any) -> Response:
            return view(body=_parse(model), **arguments)

        return _described_by(blueprint.input(model, arg_name="body"), parsed)

    return decorate


def returns(
    blueprint: APIBlueprint, model: type[BaseModel], status: int = 200, *errors: int
) -> Callable[[View], View]:
    """Declare the body and the status of a view's response."""

    def decorate(view: View) -> View:
        _described_by(blueprint.output(model, status_code=status), view)
        return describe(view, responses=error_responses(*errors))

    return decorate


def describes_query(blueprint: APIBlueprint, model: type[BaseModel]) -> Callable[[View], View]:
    """Describe the view's query parameters; the view reads them itself."""

    def decorate(view: View) -> View:
        return _described_by(blueprint.input(model, location="query", arg_name="query"), view)

    return decorate


def query(model: type[B]) -> B:
    """Parse the query parameters of the request strictly; others are left alone.

    Raises:
        InvalidRequest: names the parameter.
    """
    asked = {name: request.args[name] for name in model.model_fields if request.args.get(name)}
    try:
        return model.model_validate(asked)
    except ValidationError as fault:
        raise InvalidRequest(_sentence(fault)) from None


def error_responses(*statuses: int) -> Any:
    """Describe the faults that a route may answer."""
    return {
        status: {
            "description": _ERROR_TEXTS[status],
            "content": {"application/json": {"schema": _ERROR_SCHEMA}},
        }
        for status in (*statuses, 503)
    }


def for_devices(view: View) -> View:
    """Require the token of a paired device for a route."""

    @open_to(DEVICE)
    @wraps(view)
    def checked(**arguments: Any) -> Response:
        g.device = _device_of_request()
        return view(**arguments)

    return describe(checked, security=SECURITY_SCHEME)


def for_revoked_devices(view: View) -> View:
    """Describe a route that takes the token of a device that was revoked; it checks it itself."""
    return describe(open_to(DEVICE)(view), security=SECURITY_SCHEME)


def _described_by(decorate: Callable[[View], Any], view: View) -> View:
    # Keep what the decorator says of the view, without what it would do to it.
    view.__dict__["_spec"] = decorate(view)._spec
    return view


def describe(view: View, **said: Any) -> View:
    """Add to the description of a view."""
    # APIFlask's own `doc` forgets whatever an earlier decorator said; this adds to it.
    spec: dict[str, Any] = view.__dict__.setdefault("_spec", {})
    for key, value in said.items():
        earlier = spec.get(key)
        spec[key] = earlier | value if isinstance(earlier, dict) else value
    return view


def check_epoch() -> None:
    """Begin an epoch if the device that asks has seen more than the database holds.

    What is answered afterwards is of the new epoch.
    """
    seen = seen_in(request.headers.get(SEEN, ""))
    if notice_seen(marhaba().database, seen, now()):
        _has_begun()


def check_cursor(event_id: int, cursor: int) -> None:
    """Do the same if it holds a gate list of this epoch that the database cannot have made yet."""
    database = marhaba().database
    with database.read() as session:
        is_ahead = cursor > current_cursor(session, event_id)
    if is_ahead and notice_cursor(database, event_id, cursor, now()):
        _has_begun()


def _has_begun() -> None:
    state = marhaba()
    state.devices.forget()
    state.epoch.forget()
    g.pop("epoch", None)
    if "device" in g:
        g.device = _device_of_request()


def add_epoch(response: Response) -> Response:
    """Name the epoch of the database in an answer of the device API.

    It is the one that was read before anything was recorded: an acknowledgement of a database that
    is put back meanwhile must not pass for one of its new epoch.
    """
    if request.path.startswith("/api/"):
        epoch = g.get("epoch") or marhaba().epoch.value()
        if epoch:
            response.headers[EPOCH] = epoch
    return response


#: of answers after which a device sends a request no more, or erases what it holds
_ENDS = {400, 401, 403, 404, 409, 413, 415, 422}


def sign_answer(event_slug: str = "") -> None:
    """Have the answer to this request signed, because a part of it ends something.

    Args:
        event_slug: of the device's event, where its token does not tell it.
    """
    g.ends = True
    if event_slug:
        g.event_slug = event_slug


def add_signature(response: Response) -> Response:
    """Sign an answer that ends something on the device that asks, with its event's key.

    So is one whose epoch the device has not met: it may as well be of another installation. Only a
    device that is known has an event, and one of an earlier version names no nonce.
    """
    nonce, slug = request.headers.get(NONCE, ""), g.get("event_slug", "")
    epoch, seen = response.headers.get(EPOCH, ""), seen_in(request.headers.get(SEEN, ""))
    is_new = seen is not None and seen.epoch != epoch and not response.is_streamed
    is_wanted = is_new or response.status_code in _ENDS or g.get("ends", False)
    if is_wanted and slug and is_nonce(nonce):
        answer = SignedAnswer(nonce, response.status_code, epoch, response.get_data())
        response.headers[SIGNED] = answer.sign(marhaba().keys.list_signer(slug))
    return response


def current_device() -> PairedDevice:
    """Return the device that sent the request."""
    device: PairedDevice = g.device
    return device


def language() -> str:
    """Return the language that the device requests, else its event's."""
    asked = request.accept_languages.best_match(LANGUAGES) if request.accept_languages else None
    return asked or current_device().language


def now() -> datetime:
    """Return the current time, timezone-aware."""
    return datetime.now(UTC)


def token_of_request() -> str:
    """Return the bearer token of the request.

    Raises:
        Unauthenticated: the request has no token.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("send the device's token: Authorization: Bearer …")
    return token.strip()


def _device_of_request() -> PairedDevice:
    state, token = marhaba(), token_of_request()
    try:
        device = state.devices.device_by_token(state.database, token)
    except DeviceRevoked as revoked:
        g.event_slug = revoked.event_slug
        # It erases what the present epoch has acknowledged: this must be the right one.
        if not revoked.purged:
            check_epoch()
        raise
    g.epoch, g.event_slug = device.epoch, device.event_slug
    if state.last_seen.due(device.id):
        try_to_mark_seen(state.database, device.id, now())
    return device


def _parse(model: type[B]) -> B:
    return parsed_as(model, request.get_data())


def parsed_as(model: type[B], body: str | bytes) -> B:
    """Parse a JSON text strictly.

    Raises:
        InvalidRequest: names the field.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as fault:
        raise InvalidRequest(_sentence(fault)) from None


def _sentence(fault: ValidationError) -> str:
    first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    more = f" (and {fault.error_count() - 1} more)" if fault.error_count() > 1 else ""
    return f"{where}: {first['msg']}{more}" if where else f"{first['msg']}{more}"
