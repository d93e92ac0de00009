"""Find the link of a navigation that leads to the current page."""

from __future__ import annotations

from flask import request

#: behind each link of an event's navigation: whole blueprints, or single endpoints
_EVENT = {
    "board.show": {"board", "flagged"},
    "participants.index": {"participants", "bulk", "badges", "merging", "to_check"},
    "delegations.index": {
        *("delegations", "importing", "delegation_badges", "delegation_link", "buses"),
        *("event_badges", "jobs", "outreach", "calls"),
    },
    "delivery.index": {"delivery", "announcements"},
    "devices.show": {"devices", "gates", "hubs"},
    "conflicts.index": {"conflicts"},
    "settings.edit": {
        *(
            "first_steps",
            "readiness",
            "copying",
            "settings",
            "categories",
            "flags",
            "quotas",
            "message_texts",
        ),
        *(
            "look",
            "rehearsal",
            "records",
            "legal",
            "opening_times",
            "webhooks",
            "read_tokens",
            "sheet",
        ),
    },
}
_SETTINGS = {
    "first_steps.resume": {"first_steps"},
    "readiness.show": {"readiness"},
    "settings.edit": {"settings", "copying"},
    "opening_times.show": {"opening_times"},
    "categories.show": {"categories"},
    "flags.show": {"flags"},
    "quotas.show": {"quotas"},
    "message_texts.edit": {"message_texts"},
    "look.edit": {"look"},
    "devices.show": {"devices", "gates"},
    "hubs.show": {"hubs"},
    "rehearsal.show": {"rehearsal"},
    "webhooks.show": {"webhooks", "read_tokens", "sheet"},
    "legal.show": {"legal"},
    "records.export": {"records.export"},
    "records.purge": {"records.purge", "records.erase"},
}
_BEHIND = {"event": _EVENT, "settings": _SETTINGS}


def leads_here(navigation: str, link: str) -> bool:
    """Say whether a link of a navigation ("event", "settings") leads to the current page."""
    shown = request.endpoint or ""
    return not _BEHIND[navigation][link].isdisjoint({shown, shown.partition(".")[0]})
