"""The names of the parts of a purge's receipt, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.services.lifecycle.purge import Receipt


def receipt_lines(receipt: Receipt) -> list[tuple[str, int]]:
    """Return how much of each kind was erased, without kinds of which there was none."""
    names = _names()
    rows = [(names.get(table, table), count) for table, count in receipt.rows.items() if count]
    return [*rows, (_("Files of badges and messages"), receipt.files)]


def _names() -> dict[str, str]:
    return {
        "bus_passenger": _("Seats in buses"),
        "bus": _("Buses"),
        "import_draft": _("Uploaded lists"),
        "job": _("Jobs and what they made"),
        "application": _("Requests by link"),
        "consent": _("Consents"),
        "self_registration": _("Links for registering oneself"),
        "message": _("Messages"),
        "badge_print": _("Prints at a desk"),
        "conflict": _("Conflicts"),
        "admission": _("Entries"),
        "scan": _("Scans"),
        "lease_place": _("Places lent to devices"),
        "lease": _("Loans to devices"),
        "badge": _("Badges"),
        "activity": _("Lines of the activity log"),
        "pairing": _("Pairing codes"),
        "participant": _("Participants"),
    }
