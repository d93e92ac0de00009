"""The texts of the scan page's scripts, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from flask_babel import gettext as _

from checkin.domain.common.name_tables import as_data
from checkin.domain.gates.battery import LOW_BELOW_PERCENT
from checkin.domain.gates.idle_words import idle_sentences
from checkin.domain.people.flags import SIGNS
from checkin.domain.scanning.bus_words import bus_words
from checkin.domain.scanning.card_words import card_words
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.messages import pending_message, refusal_message
from checkin.domain.scanning.next_steps import act_sentences, between_gates
from checkin.domain.scanning.reasons import REASONS
from checkin.domain.scanning.rehearsal import Practice, practice_message, practice_verdict
from checkin.web.site.languages import offset_s
from checkin.words.catalogues import msgid, translated


def scan_words(language: str, timezones: Iterable[str]) -> dict[str, object]:
    """Return every sentence that the scan page's scripts show, and the tables they go by.

    Args:
        timezones: those of the events; a browser's own time zones may be years older than ours,
            so the page is told how far each is ahead of UTC, in seconds.
    """
    return {
        "offsets_s": {timezone: offset_s(timezone) for timezone in timezones},
        "reasons": reason_rows(language),
        "acts": act_sentences(language),
        "between_gates": between_gates(language),
        "signs": SIGNS,
        "name_tables": as_data(),
        "card": _card(language),
        "faults": _faults(),
        "desk": _desk(),
        "bus": bus_words(language),
        "camera": _camera(),
        "pairing": _pairing(),
        "status": _status(),
        "idle": idle_sentences(language),
        "practice": practice_rows(language),
        "low_battery_below": LOW_BELOW_PERCENT,
        "kiosk": _kiosk(),
    }


def reason_rows(language: str) -> list[dict[str, object]]:
    """Return the data on each reason for the page's scripts, the most serious reason first."""
    return [
        {
            "reason": row.reason,
            "forceable": row.forceable,
            "face": row.face,
            "next_step": row.next_step,
            "known_steps": [*row.known_steps],
            "refused": refusal_message(row.reason, language),
        }
        for row in REASONS
    ]


def practice_rows(language: str) -> list[dict[str, object]]:
    """Return the verdicts of the practice badges, in the order of their sheet."""
    now = datetime.now(UTC)
    verdicts = [practice_verdict(practice, now) for practice in Practice]
    return [
        {
            "status": one.status,
            "reason": one.reason,
            "message": practice_message(
                one.status, one.reason, language, Direction.ENTRY, over=False
            ),
        }
        for one in verdicts
    ]


def _card(language: str) -> dict[str, str]:
    return card_words(language) | {
        "pending_sentence": pending_message(language),
        "misread": _("Part of a code, or misread: show the badge again"),
        "slip": _("This code has a typing slip: check it and type it again"),
        "unconfirmed_sentence": _(
            "The server does not answer. Keep this person here: trying again."
        ),
    }


def _faults() -> dict[str, str]:
    return {
        "storage_full": _(
            "NOT saved: this device's storage is full. Free some space, then scan again."
        ),
        "storage_refused": _(
            "NOT saved: this browser stores nothing for this page (private window?). Open the page "
            "in a normal window, then scan again."
        ),
        "storage_lost": _(
            "NOT saved: the browser erased what this page kept. Reload the page, scan again and "
            "tell the organiser."
        ),
        "rejected": _("The server cannot take this scan ({detail}). It is set aside."),
        "list_refused": _(
            "The list received is not the event's ({detail}): it is ignored. Tell the organiser."
        ),
        "answered_by_another": _(
            "Something else answers in the server's place: check the network (sign-in page, proxy, "
            "another computer that has its address). Scan on: everything is kept here."
        ),
        "unexpected": _("Something failed ({detail}). Reload the page; scans are kept."),
    }


def _desk() -> dict[str, object]:
    return {
        "annulled": _("The scan of {name} was undone"),
        "annul_refused": _("The scan of {name} was not undone: call a supervisor"),
        "annul_offline": _("The scan of {name} was not undone: the server does not answer"),
        "nothing_to_annul": _("Nothing to undo"),
        "nothing_to_override": _("Scan the refused badge first"),
        "needs_server": _("Not possible offline: the server does not answer"),
        "search_offline": _(
            "Searching needs the network. Send whoever has no badge, bus leaders too, to the help "
            "desk, or type the code under the QR (T)."
        ),
        "walk_in_kept": _(
            "No offline place left here: kept, NOT let in. Once the network is back, press again. "
            "Else a gate online."
        ),
        "walk_in_offline": _("Offline, this gate lets in only on its offline places."),
        "three_letters": _("Type at least three letters of the name"),
        "found": _("Found: {count}. Choose who is let in."),
        "found_for_badge": _("Found: {count}. Choose whose badge is printed."),
        "found_more": _("Shown: {count}. More of this name: {more}. Type more of it."),
        "search_title": _("Search for a participant"),
        "badge_title": _("Print a new badge"),
        "badge_offline": _(
            "A new badge needs the server. Find the person and let them in without a badge."
        ),
        "badge_replaced": _(
            "New badge for {name}: printed, without an e-mail. The old one is refused from now on."
        ),
        "badge_replaced_told": _(
            "New badge for {name}: printed, and sent to them, too. The old one is refused from now "
            "on."
        ),
        "badge_replaced_unreached": _(
            "New badge for {name}: printed. No e-mail can reach them. The old one is refused from "
            "now on."
        ),
        "pin_for_badge": _("A supervisor types their PIN for the new badge"),
        "no_help_desk": _(
            "This device is no help desk: an organiser makes it one on the page “Devices”."
        ),
        "desk_locked": _(
            "The list of people is locked until the server has answered once. Type the code under "
            "the QR (T)."
        ),
        "desk_budget": _(
            "This help desk has shown as many people offline as it may in an hour. Wait {minutes} "
            "min."
        ),
        "search_budget": _(
            "This device was shown as many people as it may be in an hour. Wait {minutes} min, "
            "or let a supervisor type their PIN."
        ),
        "search_not_allowed": _("This device may not search for names: ask an organiser."),
        "search_closed": _("Names are searched only while the doors are open: ask an organiser."),
        "found_nobody": _("Nobody of this name. Try another spelling."),
        "possible_duplicate": _(
            "Do you mean somebody who is registered? Choose who is let in. Another person: press "
            "“Register” once more."
        ),
        "too_often": _(
            "Too many tries on this device. Wait {minutes} min, or send the person to another gate."
        ),
        "no_pins": _(
            "Nobody has a PIN yet, so nobody can override. An organiser makes supervisors' PINs "
            "on the page “PINs for overrides”."
        ),
        "pin_refused": _("PIN refused: ask the supervisor to type it"),
        "rejected": _("The server does not take this request ({detail})"),
        "standings": {
            "confirmed": _("confirmed"),
            "reserve": _("reserve list"),
            "canceled": _("canceled"),
        },
        "blocked": _("blocked"),
        "phone_ending": _("tel. …{digits}"),
        "came_at": _("came in at {time}"),
        "pin_for_person": _(
            "Without a badge only a supervisor lets in: let one type their PIN, then Enter."
        ),
        "unanswered": _(
            "No answer from the server: keep this person here, then choose them once more."
        ),
    }


def _kiosk() -> dict[str, str]:
    return {key: in_both_scripts(said) for key, said in _TO_VISITORS.items()}


def in_both_scripts(said: str) -> str:
    """Return a sentence to visitors, whose language nobody knows: French, and below Arabic."""
    return "\n".join(translated("pages", language, said) for language in ("fr", "ar"))


#: what a gate without a volunteer says
_TO_VISITORS = {
    "welcome": msgid("Welcome"),
    "sorry": msgid("Please go to the help desk"),
    "help_desk": msgid("Somebody there will help you."),
    "closed": msgid("The doors are closed"),
    "come_again": msgid("Please come back then."),
    "opens_at": msgid("Opens at {time}"),
    "wait": msgid("One moment, please"),
    "wait_step": msgid("Your badge is being checked."),
    "show": msgid("Show your badge to the camera"),
    "help": msgid("I need help"),
    "help_called": msgid("Your call has been sent. Please stay here."),
    "help_coming": msgid("Somebody is coming."),
    "help_offline": msgid("The call could not be sent: please go to the help desk."),
}


def _camera() -> dict[str, str]:
    return {
        "insecure": _(
            "Browsers open cameras only over https:// or on localhost. Open this page at an "
            "https address; until then type codes or use a hand scanner."
        ),
        "denied": _(
            "The camera is not allowed. Press the camera or lock sign beside the address, allow "
            "the camera, then press “Try again”."
        ),
        "missing": _("No camera was found. Plug one in, then press “Try again”."),
        "busy": _(
            "Another program uses the camera. Close it (video call, other tab), then press "
            "“Try again”."
        ),
        "failed": _("The camera stopped. Unplug it and plug it in, then press “Try again”."),
        "decoder": _("The reader of codes could not start. Reload the page."),
        "numbered": _("Camera {number}"),
    }


def _pairing() -> dict[str, str]:
    return {
        "pairing": _("Pairing…"),
        "wrong": _("This pairing code is wrong, used or too old: ask an organiser for a new one."),
        "revoked": _("This device is no longer paired. Ask an organiser for a new code."),
        "limited": _("Too many attempts. Wait a minute and try again."),
        "network": _("The server does not answer. Check the network and try again."),
        "storage": _(
            "This browser keeps nothing for this page (private window?): it must be paired again "
            "after a reload."
        ),
        "unsent": _("Scans not sent yet, kept in this browser: {count}."),
        "station": _("Browser station"),
    }


def _status() -> dict[str, str]:
    return {
        "online": _("Online"),
        "offline": _("Offline"),
        "waiting": _("Waiting: {count}"),
        "aside": _("Set aside: {count}"),
        "list_age": _("List: {minutes} min"),
        "list_comes": _("List loading: {done} of {of}"),
        "no_list": _("No list yet"),
        "list_stale": _("This gate's list is older than 30 minutes: check the network"),
        "clock": _("Clock off by {skew} s"),
        "clock_off": _("This device's clock is more than a minute off: times are corrected"),
        "admitted": _("Entries here: {count}"),
        "uploaded": _("Waiting scans sent: {count}"),
        "offered": _(
            "The server's records were put back: scans that it had before were sent again: {count}"
        ),
        "unknown": _(
            "The server's records were put back, and it does not know this gate any more. Scan on: "
            "everything is kept here. The organiser takes this gate back on the Devices page."
        ),
        "sent_again": _("Scans set aside that are sent again: {count}"),
        "contradicted": _(
            "People let in offline whom the server objects to: {count}. Tell the organiser."
        ),
        "rehearsal": _("REHEARSAL: practice badges are not counted, real ones are"),
        "erased": _(
            "The browser erased what this page had kept: scans may be lost. Tell the organiser."
        ),
        "forget": _("Leave this gate? The device must be paired again to scan."),
    }
