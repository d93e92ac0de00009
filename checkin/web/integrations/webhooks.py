"""The page of an event's webhooks: which addresses are told what, and what they answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.models import DeliveryState, WebhookDelivery, WhyDisabled
from checkin.domain.common.problems import InvalidValue
from checkin.domain.integrations.webhooks import LONGEST_NAME, TEST, WebhookKind, chosen_kinds
from checkin.domain.network.destinations import LONGEST_URL
from checkin.services.integrations.deliveries import start_delivering
from checkin.services.integrations.webhooks import (
    WebhookDetails,
    add_webhook,
    change_webhook,
    disable_webhook,
    enable_webhook,
    listed_webhooks,
    queue_test,
    remove_webhook,
    renew_secret,
    retry_failed,
    webhook_name,
)
from checkin.services.jobs.workers import is_any_alive
from checkin.services.network.outgoing import CallProblem, status_phrase
from checkin.web.site.state import database
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

#: how long the page waits for the answer to a test
_WAIT_S, _LOOK_EVERY_S = 3.0, 0.1
_WEBHOOK = "/events/<slug>/webhooks/<int:webhook_id>"


@bp.get("/events/<slug>/webhooks")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """List the webhooks, each with a form and its last messages, and a form to add one."""
    return _page(visit)


@bp.post("/events/<slug>/webhooks")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Add a webhook, and show its secret once."""
    said, problems = _said(), {}
    try:
        name = webhook_name(said["name"])
    except InvalidValue as fault:
        problems["name"] = problem_advice(fault.in_column("name"), visit.language)
    try:
        destination = visit.server.settings.caller.check(said["url"])
    except InvalidValue as fault:
        problems["url"] = problem_advice(fault.in_column("destination"), visit.language)
    if problems:
        return _page(visit, said=said, problems=problems), 400
    details = WebhookDetails(name, destination, _chosen(), _is_ticked("tells_names"))
    try:
        webhook, secret = visit.write(
            lambda v: add_webhook(v.session, v.event, details, v.keys, **v.who)
        )
    except InvalidValue as fault:
        problems["url"] = problem_advice(fault.in_column("destination"), visit.language)
        return _page(visit, said=said, problems=problems), 400
    return _page(visit, new_secret=(webhook.id, secret))


@bp.post(_WEBHOOK)
@visited_by(STAFF)
def change(visit: EventVisit, webhook_id: int) -> Answer:
    """Change what a webhook is called and told."""
    try:
        name = webhook_name(request.form.get("name", ""))
    except InvalidValue as fault:
        problem = problem_advice(fault.in_column("name"), visit.language)
        return _page(visit, said=_said(), problems={"name": problem}, form=webhook_id), 400
    visit.write(
        lambda v: change_webhook(
            v.session,
            v.event,
            webhook_id,
            name=name,
            kinds=_chosen(),
            tells_names=_is_ticked("tells_names"),
            **v.who,
        )
    )
    flash(_("Saved."))
    return _back(visit)


@bp.post(f"{_WEBHOOK}/secret")
@visited_by(STAFF)
def secret(visit: EventVisit, webhook_id: int) -> Answer:
    """Make a new secret, and show it once."""
    new = visit.write(lambda v: renew_secret(v.session, v.event, webhook_id, v.keys, **v.who))
    return _page(visit, new_secret=(webhook_id, new))


@bp.post(f"{_WEBHOOK}/test")
@visited_by(STAFF)
def test(visit: EventVisit, webhook_id: int) -> Answer:
    """Send a message that tells nothing, and wait a moment for the answer."""

    def queue(v: EventVisit) -> int:
        number = queue_test(v.session, v.event, webhook_id, **v.who).id
        start_delivering(v.session, v.keys, v.event.id, v.now)
        return number

    number = visit.write(queue)
    visit.server.wake_worker()
    flash(_test_words(_wait_for(visit, number)))
    return _back(visit)


@bp.post(f"{_WEBHOOK}/retry")
@visited_by(STAFF)
def retry(visit: EventVisit, webhook_id: int) -> Answer:
    """Send again what was given up."""

    def again(v: EventVisit) -> int:
        count = retry_failed(v.session, v.event, webhook_id, **v.who)
        start_delivering(v.session, v.keys, v.event.id, v.now)
        return count

    count = visit.write(again)
    visit.server.wake_worker()
    flash(_("Messages that are sent again: %(count)s.", count=count))
    return _back(visit)


@bp.post(f"{_WEBHOOK}/disable")
@visited_by(STAFF)
def disable(visit: EventVisit, webhook_id: int) -> Answer:
    """Tell a webhook nothing more."""
    return _done(visit, disable_webhook, webhook_id)


@bp.post(f"{_WEBHOOK}/enable")
@visited_by(STAFF)
def enable(visit: EventVisit, webhook_id: int) -> Answer:
    """Tell a webhook again what happens."""
    return _done(visit, enable_webhook, webhook_id)


@bp.post(f"{_WEBHOOK}/remove")
@visited_by(STAFF)
def remove(visit: EventVisit, webhook_id: int) -> Answer:
    """Delete a webhook."""
    return _done(visit, remove_webhook, webhook_id)


def kind_words() -> dict[str, str]:
    """Return what each kind of message tells, in the reader's language."""
    return {
        WebhookKind.ARRIVED: _("Somebody has arrived"),
        WebhookKind.ANNULLED: _("The scan of an arrival was undone"),
        WebhookKind.REGISTERED: _("Somebody was registered"),
        WebhookKind.CANCELED: _("A registration was canceled"),
        WebhookKind.STOPPED: _("All entries were stopped"),
        WebhookKind.RESUMED: _("The gates let people in again"),
        TEST: _("A test"),
    }


def _done(visit: EventVisit, work: Callable[..., None], webhook_id: int) -> Answer:
    visit.write(lambda v: work(v.session, v.event, webhook_id, **v.who))
    visit.server.devices.forget()  # whether scans tell of arrivals
    flash(_("Saved."))
    return _back(visit)


def _back(visit: EventVisit) -> Answer:
    return redirect(visit.address("webhooks.show"), 303)


def _said() -> dict[str, str]:
    return {"name": request.form.get("name", ""), "url": request.form.get("url", "")}


def _chosen() -> frozenset[WebhookKind]:
    return chosen_kinds(request.form.getlist("kind"))


def _is_ticked(name: str) -> bool:
    return request.form.get(name) == "yes"


def _wait_for(visit: EventVisit, number: int) -> WebhookDelivery | None:
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        with database().read() as session:
            delivery = session.get(WebhookDelivery, number)
            if delivery is None or delivery.answered_at is not None:
                return delivery
            if not is_any_alive(session, visit.now):
                return None
        time.sleep(_LOOK_EVERY_S)
    return None


def _test_words(delivery: WebhookDelivery | None) -> str:
    if delivery is None:
        return str(_("The test is on its way; look at this page again in a moment."))
    if delivery.state == DeliveryState.DELIVERED:
        return str(_("The test has arrived: %(answer)s.", answer=_answer_words(delivery)))
    return str(_("The test has not arrived: %(answer)s.", answer=_answer_words(delivery)))


def _answer_words(delivery: WebhookDelivery) -> str:
    """Return what was answered to the last attempt."""
    if delivery.status is not None:
        return status_phrase(delivery.status)
    words: dict[str, str] = {
        CallProblem.UNREACHABLE: _("nobody answers at this address"),
        CallProblem.SLOW: _("no answer in time"),
        CallProblem.CERTIFICATE: _("its certificate is not valid for this address"),
        CallProblem.NOT_HTTP: _("what answers there is no web server"),
        CallProblem.REDIRECTS: _("the address leads elsewhere"),
        "unreadable": _(
            "the address was kept with another key: delete the webhook and add it again"
        ),
        "destination_unknown": _("nobody is known by this name"),
        "destination_inside": _("the address leads to a private network by now"),
    }
    return str(words.get(delivery.answer or "", _("it may not be called")))


def _state_words() -> dict[str, tuple[str, str]]:
    """Return the mark and the words of each state of a message."""
    return {
        DeliveryState.QUEUED: ("mark-warn", "◷ " + _("waits for the next try")),
        DeliveryState.SENDING: ("", "◷ " + _("on its way")),
        DeliveryState.DELIVERED: ("mark-ok", "✓ " + _("delivered to the program")),
        DeliveryState.FAILED: ("mark-bad", "✗ " + _("given up")),
    }


def _disabled_words() -> dict[str, str]:
    return {
        WhyDisabled.PERSON: _("Disabled: it is told nothing."),
        WhyDisabled.FAILING: _(
            "Disabled, because nothing has arrived for a day. Have the receiver mended, send a "
            "test, and enable it again: what waits is sent then."
        ),
        WhyDisabled.GONE: _(
            "Disabled, because the receiver has answered that it wants to hear no more (410)."
        ),
    }


def _page(
    visit: EventVisit,
    *,
    said: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    form: int = 0,
    new_secret: tuple[int, str] | None = None,
) -> str:
    words: dict[str, Any] = kind_words()
    refused = said is not None and not form
    return visit.show(
        "integrations/webhooks.html",
        webhooks=listed_webhooks(visit.session, visit.event, visit.keys),
        kinds=[(kind, words[kind]) for kind in WebhookKind],
        kind_words=words,
        state_words=_state_words(),
        disabled_words=_disabled_words(),
        answer_words=_answer_words,
        new_secret=new_secret,
        said=said or {},
        problems=problems or {},
        form=form,
        refused=refused,
        chosen=_chosen() if refused else frozenset(),
        tells_names=refused and _is_ticked("tells_names"),
        longest_url=LONGEST_URL,
        longest_name=LONGEST_NAME,
    )
