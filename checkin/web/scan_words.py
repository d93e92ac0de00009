"""What the scan page's scripts say, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from checkin.domain.messages import verdict_message
from checkin.domain.verdicts import Direction, Reason, Status
from checkin.web.languages import offset_s


def scan_words(language: str, timezones: Iterable[str]) -> dict[str, object]:
    """Return every sentence that the scan page's scripts show.

    Args:
        timezones: those of the events; a browser's own time zones may be years older than ours,
            so the page is told how far each is ahead of UTC, in seconds.
    """
    return {
        "offsets_s": {timezone: offset_s(timezone) for timezone in timezones},
        "verdicts": _verdicts(language),
        "card": _card(),
        "camera": _camera(),
        "pairing": _pairing(),
        "status": _status(),
    }


def _verdicts(language: str) -> dict[str, str]:
    said = {reason.value: verdict_message(Status.ERROR, reason, language) for reason in Reason}
    said["entry"] = verdict_message(Status.OK, None, language)
    said["exit"] = verdict_message(Status.OK, None, language, Direction.EXIT)
    return said


def _card() -> dict[str, str]:
    return {
        "arrived": _("{arrived} arrived of {quota} places"),
        "first": _("First admitted at {time}, {gate}"),
        "not_ours": _("This QR code is not a badge of ours"),
        "slip": _("This code has a typing slip: check it and type it again"),
        "unconfirmed": _("Not confirmed"),
        "unconfirmed_more": _("The server does not answer. Keep this person here: trying again."),
        "failed": _("Not recorded"),
        "failed_more": _("The server refused the request: scan this badge again."),
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
        "station": _("Browser station"),
    }


def _status() -> dict[str, str]:
    return {
        "online": _("Online"),
        "waiting": _("{count} not confirmed"),
        "leave": _("Scans are not confirmed yet."),
        "forget": _("Forget this device? It must be paired again to scan."),
    }
