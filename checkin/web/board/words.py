"""The texts of the board in the page's language, for its template and its script."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from checkin.domain.board.unusual import Unusual
from checkin.domain.scanning.messages import refusal_message
from checkin.domain.scanning.reasons import REASONS


def board_words(language: str) -> dict[str, Any]:
    """Return the sentences that both the board's template and its script fill in."""
    return {
        "state": state_words(),
        "forecast": _forecast(),
        "hall": _hall(),
        "arrived_of": _("Arrived: {arrived} of {registered} registered"),
        "others": _others(),
        "reasons": {row.reason: refusal_message(row.reason, language) for row in REASONS},
        "minutes": _("{count} min"),
        "seconds": _("{count} s"),
        "overridden": _("Let in by supervisors: {count}"),
        "help_since": _("since {time}"),
        "hub_online": _("● Hub {hub}: in touch · to come: {count}"),
        "hub_away": _("▲ Hub {hub}: no contact since {time} · to come: {count}"),
        "help_take": _("I am going there"),
        "unusual_head": _("Unusual: look where these devices are, and revoke one that is lost"),
        "unusual": {
            Unusual.REFS: _("{device} ({gate}) uploads scans faster than anybody can scan"),
            Unusual.SEARCHES: _(
                "{device} ({gate}) searches for names. Shown in ten minutes and not let in: {count}"
            ),
        },
        "conflicts": _("Conflicts that wait for a decision: {count}"),
    }


def state_words() -> dict[str, str]:
    """Return how the figures of a page come, or that they do not."""
    return {
        "live": _("Live"),
        "polling": _("Updated every 5 seconds"),
        "stale": _("Not updated since {time}"),
        "never": _("Not updated: the server does not answer"),
        "signed_out": _("Signed out: reload the page"),
    }


def _forecast() -> dict[str, str]:
    return {
        "all_in": _("Everybody who registered is in."),
        "expected": _(
            "At this pace ({pace} a minute) the rest are in at about {at}, "
            "between {earliest} and {latest}, if all of them come."
        ),
        "too_few": _(
            "{pace} a minute in the last 5 minutes: not enough to say when the rest are in."
        ),
    }


def _others() -> list[tuple[str, str]]:
    """Return what is said of those who have come in otherwise, each with the figure's name."""
    return [
        ("arrived_reserve", _("on the reserve list: {count}")),
        ("arrived_canceled", _("registration canceled: {count}")),
        ("without_place", _("let in without a place of the quota: {count}")),
    ]


def _hall() -> dict[str, str]:
    return {
        "0": _("There is room in the hall."),
        "80": _("The hall is filling."),
        "90": _("The hall is nearly full."),
        "100": _("The hall is full."),
    }
