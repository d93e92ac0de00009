"""What a device is told of people within its budget, or with a supervisor's PIN."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from flask import request

from checkin.db.engine import in_transaction
from checkin.domain.scanning.messages import budget_message
from checkin.errors import SearchBudget
from checkin.protocol.headers import SUPERVISOR_PIN
from checkin.services.gates.searching import UsedUp, show_scanned_person, was_shown
from checkin.services.limits.limits import whole_minutes
from checkin.web.api.contract import current_device, language, now
from checkin.web.api.supervisors import supervisor_of
from checkin.web.site.state import marhaba

T = TypeVar("T")


def within_budget(ask: Callable[[int | None], T | UsedUp]) -> T:
    """Return the answer to what costs a device of its budget; a PIN in the header gives it anew.

    Args:
        ask: asks, given the id of the supervisor who lets the device be shown as many again.

    Raises:
        SearchBudget: the budget is used up, and no PIN was given.
    """
    answer, pin = ask(None), request.headers.get(SUPERVISOR_PIN)
    if isinstance(answer, UsedUp) and pin is not None:
        answer = ask(supervisor_of(pin))
    if isinstance(answer, UsedUp):
        raise _budget_fault(answer)
    return answer


def may_be_named(participant_id: int) -> bool:
    """Say whether this device may be told who a person is whom it names by their number.

    A search has shown it the person, and it may search now: what a help desk says that it has shown
    without the network tells it no name while the doors are closed.
    """
    return current_device().searching.refusal(now()) is None and is_shown(participant_id)


def is_shown(participant_id: int) -> bool:
    """Say whether a search has shown this device the person within the last hour."""
    with marhaba().database.read() as session:
        return was_shown(session, current_device(), participant_id, now())


def show_scanned(participant_id: int) -> None:
    """Count a person as shown whom the device names without having searched for them.

    Else whoever has a device's token would read out everybody by counting up the ids.

    Raises:
        SearchNotAllowed, SearchClosed, SearchBudget: the device may not be shown them.
    """
    if not is_shown(participant_id):
        within_budget(partial(_show, participant_id))


def _show(participant_id: int, granted_by: int | None) -> UsedUp | None:
    work = partial(
        show_scanned_person,
        device=current_device(),
        participant_id=participant_id,
        now=now(),
        granted_by=granted_by,
    )
    return in_transaction(marhaba().database, work)


def _budget_fault(used_up: UsedUp) -> SearchBudget:
    wait_s = used_up.wait.total_seconds()
    sentence = budget_message(whole_minutes(wait_s), language())
    return SearchBudget(sentence, wait_s=wait_s)
