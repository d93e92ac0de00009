"""The texts of the scan page's scripts, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.messages import pending_message, refusal_message, verdict_message
from checkin.domain.scanning.reasons import REASONS
from checkin.domain.scanning.verdict import Status
from checkin.web.site.languages import offset_s


def scan_words(language: str, timezones: Iterable[str]) -> dict[str, object]:
    """Return every sentence that the scan page's scripts show.

    Args:
        timezones: those of the events; a browser's own time zones may be years older than ours,
            so the page is told how far each is ahead of UTC, in seconds.
    """
    return {
        "offsets_s": {timezone: offset_s(timezone) for timezone in timezones},
        "reasons": reason_rows(language),
        "verdicts": _verdicts(language),
        "card": _card(),
        "faults": _faults(),
        "desk": _desk(),
        "camera": _camera(),
        "pairing": _pairing(),
        "status": _status(),
    }


def reason_rows(language: str) -> list[dict[str, object]]:
    """Return the data on each reason for the page's scripts, the most serious reason first."""
    return [
        {
            "reason": row.reason,
            "forceable": row.forceable,
            "face": row.face,
            "refused": refusal_message(row.reason, language),
        }
        for row in REASONS
    ]


def _verdicts(language: str) -> dict[str, str]:
    return {
        "entry": verdict_message(Status.OK, None, language),
        "exit": verdict_message(Status.OK, None, language, Direction.EXIT),
        "pending": pending_message(language),
    }


def _card() -> dict[str, str]:
    return {
        "arrived": _("{arrived} arrived of {quota} places"),
        "arrived_over": _("{arrived} arrived of {quota} places, with overrides"),
        "first": _("First admitted at {time}, {gate}"),
        "not_ours": _("This QR code is not a badge of ours"),
        "again": _("Part of a code, or misread: show the badge again"),
        "slip": _("This code has a typing slip: check it and type it again"),
        "unchecked": _("Not confirmed: the server does not answer. The scan is kept."),
        "offline": _("Decided without the network"),
        "unconfirmed": _("Not confirmed"),
        "unconfirmed_more": _("The server does not answer. Keep this person here: trying again."),
        "failed": _("Not recorded"),
        "rehearsal": _("REHEARSAL: nothing is counted"),
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
        "unexpected": _("Something failed ({detail}). Reload the page; scans are kept."),
    }


def _desk() -> dict[str, object]:
    return {
        "annulled": _("Last scan annulled"),
        "annul_refused": _("Annulment refused: call a supervisor"),
        "annul_offline": _("Cannot annul while offline"),
        "nothing_to_annul": _("Nothing to annul"),
        "nothing_to_override": _("Scan the refused badge first"),
        "needs_server": _("Not possible offline: the server does not answer"),
        "walk_in_kept": _(
            "No lent place left here: kept, NOT let in. Once the network is back, press again. "
            "Else a gate online."
        ),
        "walk_in_offline": _(
            "Without the network this gate lets in only on the places that it was lent."
        ),
        "three_letters": _("Type at least three letters of the name"),
        "found": _("Found: {count}"),
        "found_nobody": _("Nobody of this name. Try another spelling."),
        "possible_duplicate": _(
            "Somebody of this name is registered. Press again to register anyway."
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
            "canceled": _("cancelled"),
        },
        "blocked": _("blocked"),
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
        "no_list": _("No list yet"),
        "list_stale": _("This gate's list is older than 30 minutes: check the network"),
        "clock": _("Clock off by {skew} s"),
        "clock_off": _("This device's clock is more than a minute off: times are corrected"),
        "admitted": _("Admitted here: {count}"),
        "uploaded": _("Waiting scans sent: {count}"),
        "contradicted": _(
            "People let in offline whom the server objects to: {count}. Tell the organiser."
        ),
        "rehearsal": _("REHEARSAL: practice badges count nothing; real badges count as always"),
        "erased": _(
            "The browser erased what this page had kept: scans may be lost. Tell the organiser."
        ),
        "forget": _("Leave this gate? The device must be paired again to scan."),
    }
