"""What pages say of an event's readiness: each check in words, and where one sets it right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from checkin.domain.events.readiness import Check, Light, ReadinessFacts, lights_of
from checkin.services.events.visibility import house_timezone
from checkin.services.lifecycle.readiness import readiness_of
from checkin.web.mail.sending_state import sending_now
from checkin.web.site.addressing.addresses import this_address
from checkin.web.site.addressing.outgoing import public_address
from checkin.web.site.languages import local_moment, number
from checkin.web.site.visits import EventVisit


@dataclass(frozen=True, slots=True)
class Link:
    """A page on which something is done: its endpoint, and the words of the link.

    Attributes:
        is_of_event: the page is one of the event's, whose name stands in its address.
    """

    endpoint: str
    words: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_of_event: bool = True


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check as a page shows it.

    Attributes:
        found: how it is.
        advice: what to do; "" where all is good.
    """

    check: Check
    light: Light
    title: str
    found: str
    advice: str = ""
    links: tuple[Link, ...] = ()


def facts_of(visit: EventVisit) -> ReadinessFacts:
    """Return what is known of the visit's event before its doors open."""
    return readiness_of(
        visit.session,
        visit.event,
        address=public_address(),
        home=visit.server.settings.home,
        to_files=sending_now(visit).is_to_files,
        now=visit.now,
    )


def check_rows(visit: EventVisit, facts: ReadinessFacts) -> list[CheckRow]:
    """Return the rows of all checks, in their order."""
    lights = lights_of(facts, visit.now)
    return [_ROWS[check](visit, facts, light) for check, light in lights.items()]


def light_words() -> dict[str, str]:
    """Return the word for each light, which stands beside its symbol."""
    return {Light.GOOD: _("good"), Light.LOOK: _("to look at"), Light.ACT: _("to be done")}


#: the symbol of each light, and the end of its class in the style sheet
SIGNS = {Light.GOOD: ("✓", "ok"), Light.LOOK: ("▲", "warn"), Light.ACT: ("✗", "bad")}


def _people(_visit: EventVisit, facts: ReadinessFacts, light: Light) -> CheckRow:
    found = _("Registered: %(count)s", count=number(facts.registered))
    if light is Light.GOOD:
        return CheckRow(Check.PEOPLE, light, _("People"), found, links=(_delegations(),))
    advice = _(
        "Nobody is registered yet. Upload one list for the whole event, choose a delegation to "
        "upload its own, or register people one by one."
    )
    whole = Link("event_importing.show", _("Import participants"))
    new = Link("participants.new", _("Register one person"))
    return CheckRow(Check.PEOPLE, light, _("People"), found, advice, (whole, _delegations(), new))


def _contacts(_visit: EventVisit, facts: ReadinessFacts, light: Light) -> CheckRow:
    title = _("People who can be reached")
    if not facts.registered:
        return CheckRow(Check.CONTACTS, light, title, _("Nobody is registered yet."))
    found = _("With neither e-mail nor phone: %(count)s", count=number(facts.without_contact))
    if light is Light.GOOD:
        return CheckRow(Check.CONTACTS, light, title, found)
    advice = _(
        "Ask their coordinators for a phone or an e-mail, or print their badges for the "
        "delegation to hand out."
    )
    link = Link("participants.index", _("Participants"))
    return CheckRow(Check.CONTACTS, light, title, found, advice, (link,))


def _address(visit: EventVisit, facts: ReadinessFacts, light: Light) -> CheckRow:
    title, link = _("The server's address"), (Link("first_steps.show", _("Open it"), _ADDRESS),)
    if light is Light.ACT:
        found = _("Only this machine understands the address.")
        advice = _("Set the address at which gates, phones and the links of e-mails reach it.")
        return CheckRow(Check.ADDRESS, light, title, found, advice, link)
    if facts.opened_at is None:
        found = _("No other device has opened it yet.")
        advice = _("Scan the QR of this step with your phone, on the network people will use.")
        return CheckRow(Check.ADDRESS, light, title, found, advice, link)
    when = _moment(visit, facts.opened_at)
    return CheckRow(
        Check.ADDRESS, light, title, _("Opened from another device: %(when)s", when=when)
    )


def _badges(visit: EventVisit, facts: ReadinessFacts, light: Light) -> CheckRow:
    title = _("Badges")
    if not facts.registered:
        return CheckRow(Check.BADGES, light, title, _("Nobody is registered yet."))
    found = _(
        "Sent or printed: %(sent)s · waiting to be sent: %(waiting)s · to be reached otherwise: "
        "%(unreached)s",
        sent=number(facts.badges_sent),
        waiting=number(facts.badges_waiting),
        unreached=number(facts.badges_unreached),
    )
    advice = ""
    before: tuple[Link, ...] = ()
    if light is not Light.GOOD and sending_now(visit).is_to_files:
        advice = _("E-mails become files on the server: no mail server is set.")
        before = (_mail_settings(),)
    elif facts.badges_waiting:
        advice = _("Send the badges that wait.")
    elif facts.badges_unreached:
        advice = _("Print these badges, or have the coordinators hand them on.")
    links = (
        *before,
        Link("delivery.index", _("Delivery")),
        Link("event_badges.show", _("Badges to print")),
    )
    return CheckRow(Check.BADGES, light, title, found, advice, links)


def _gates(_visit: EventVisit, facts: ReadinessFacts, light: Light) -> CheckRow:
    title, link = _("Gates"), (Link("devices.show", _("Gates and devices")),)
    if not facts.devices:
        advice = _("Pair a laptop or a phone for each gate.")
        return CheckRow(Check.GATES, light, title, _("No device is paired."), advice, link)
    found = _(
        "Devices paired: %(devices)s · online now: %(online)s",
        devices=number(facts.devices),
        online=number(facts.online),
    )
    if light is Light.GOOD:
        return CheckRow(Check.GATES, light, title, found, links=link)
    if facts.unanswered:
        advice = _(
            "A paired device has never answered: open its page or its program again, or pair it "
            "anew."
        )
    elif facts.empty_gates:
        gates = _(", ").join(facts.empty_gates)
        advice = _("Gates without a device: %(gates)s", gates=gates)
    else:
        advice = _("On the day, open the scan page or the scanner on each device.")
    return CheckRow(Check.GATES, light, title, found, advice, link)


def _lists(_visit: EventVisit, facts: ReadinessFacts, light: Light) -> CheckRow:
    title = _("The gates' lists")
    if not facts.answered:
        return CheckRow(Check.LISTS, light, title, _("No device has answered yet."))
    found = _(
        "Devices whose list is older than half an hour: %(count)s", count=number(facts.stale_lists)
    )
    if light is Light.GOOD:
        return CheckRow(Check.LISTS, light, title, found)
    advice = _("Each device takes the newest list by itself while it is open and online.")
    link = Link("devices.show", _("Gates and devices"))
    return CheckRow(Check.LISTS, light, title, found, advice, (link,))


def _rehearsal(_visit: EventVisit, facts: ReadinessFacts, light: Light) -> CheckRow:
    title, link = _("Rehearsal"), (Link("rehearsal.show", _("Rehearsal")),)
    if facts.rehearsing:
        found, advice = _("It is on now."), _("End it before the doors open.")
        return CheckRow(Check.REHEARSAL, light, title, found, advice, link)
    if facts.rehearsed:
        return CheckRow(Check.REHEARSAL, light, title, _("The gates have rehearsed."))
    advice = _("Let every volunteer read the practice badges at their own gate.")
    return CheckRow(Check.REHEARSAL, light, title, _("Nobody has rehearsed."), advice, link)


def _pins(_visit: EventVisit, _facts: ReadinessFacts, light: Light) -> CheckRow:
    title = _("A supervisor's PIN")
    if light is Light.GOOD:
        return CheckRow(Check.PINS, light, title, _("Somebody has one."))
    advice = _("Without one nobody can let in an exception at a gate.")
    link = Link("pins.index", _("Make PINs"), is_of_event=False)
    return CheckRow(Check.PINS, light, title, _("Nobody has one."), advice, (link,))


def _backup(visit: EventVisit, facts: ReadinessFacts, light: Light) -> CheckRow:
    title = _("Backup")
    if facts.backup_at is None:
        found = _("This server knows of no backup.")
    else:
        when = _moment(visit, facts.backup_at)
        found = _("The newest backup: %(when)s", when=when)
    link = Link("backup.show", _("Backup"), is_of_event=False)
    if light is Light.GOOD:
        return CheckRow(Check.BACKUP, light, title, found, links=(link,))
    advice = _(
        "It should be younger than a day. Make one now; a copy made by hand is not seen here."
    )
    return CheckRow(Check.BACKUP, light, title, found, advice, (link,))


def _moment(visit: EventVisit, moment: datetime) -> str:
    """Return a moment in words, isolated from the direction of what is around it."""
    return f"\u2068{local_moment(moment, house_timezone(visit.session))}\u2069"


def _delegations() -> Link:
    return Link("delegations.index", _("Delegations"))


def _mail_settings() -> Link:
    back = {"back": this_address()}
    return Link("mail_settings.show", _("E-mail settings"), back, is_of_event=False)


_ADDRESS = {"step": "address"}
_ROWS: Mapping[Check, Callable[[EventVisit, ReadinessFacts, Light], CheckRow]] = {
    Check.PEOPLE: _people,
    Check.CONTACTS: _contacts,
    Check.ADDRESS: _address,
    Check.BADGES: _badges,
    Check.GATES: _gates,
    Check.LISTS: _lists,
    Check.REHEARSAL: _rehearsal,
    Check.PINS: _pins,
    Check.BACKUP: _backup,
}
