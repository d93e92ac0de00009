"""The names of the parts of a purge's receipt, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from checkin.services.lifecycle.purge import Receipt
from checkin.services.lifecycle.retention import BACKUP_TAKEN, Copy, Keepable


def receipt_lines(receipt: Receipt) -> list[tuple[str, int]]:
    """Return how much of each kind was erased, without kinds of which there was none."""
    names = _names()
    rows = [(names.get(table, table), count) for table, count in receipt.rows.items() if count]
    backups = [(_("Automatic backups"), receipt.backups)] if receipt.backups else []
    return [*rows, (_("Files of badges and messages"), receipt.files), *backups]


def kept_lines(receipt: Receipt) -> list[str]:
    """Return what was kept because somebody chose so."""
    names = keepable_names()
    return [names[one] for one in receipt.kept]


def keepable_names() -> dict[Keepable, str]:
    """Return what a purge erases unless it is told to keep it, in the order of the form."""
    return {
        Keepable.GATE_NAMES: _("Names of gates"),
        Keepable.STOP_MESSAGES: _("Messages of stops"),
        Keepable.COORDINATORS: _("Accounts of coordinators"),
    }


def copy_lines(receipt: Receipt, now: datetime) -> list[str]:
    """Return the copies that people took out before, with their age."""
    return [
        _(
            "%(what)s of %(day)s (days since then: %(days)s)",
            what=_what(copy),
            day=f"{copy.at:%Y-%m-%d}",
            days=(now - copy.at).days,
        )
        for copy in receipt.copies
    ]


def log_sentence(receipt: Receipt) -> str:
    """Return what is still to be done about the database's own files; "" where nothing is."""
    if receipt.log_is_clean:
        return ""
    if receipt.log_is_clean is None:
        return str(_("The erasure was cut off. It is finished when the server starts again."))
    return str(
        _(
            "Erased names still lie in the database's write-ahead log. Tell the administrator: "
            "“Back up” in the manual “Running Marhaba” says what to do."
        )
    )


def _what(copy: Copy) -> str:
    if copy.kind == BACKUP_TAKEN:
        return str(_("Backup"))
    name = _("Exported file")
    return f"{name} {copy.form.upper()}".strip()


def _names() -> dict[str, str]:
    return {
        "bus_passenger": _("Seats in buses"),
        "bus": _("Buses"),
        "bus_leader": _("Leaders of buses"),
        "import_draft": _("Uploaded lists"),
        "category_wish": _("Categories that coordinators have asked for"),
        "list_heading": _("Headings of lists"),
        "import_run": _("Registered lists"),
        "imported_row": _("Rows of registered lists"),
        "job": _("Jobs and what they made"),
        "application": _("Requests by link"),
        "consent": _("Consents"),
        "self_registration": _("Links for registering oneself"),
        "webhook_delivery": _("Messages to webhooks"),
        "webhook": _("Webhooks"),
        "read_token": _("Read tokens"),
        "sheet_source": _("Address of a sheet"),
        "sheet_person": _("People of a sheet at an address"),
        "sheet_decision": _("Rows of a sheet that waited for somebody"),
        "outreach": _("Badges sent by phone, and calls"),
        "badge_request": _("Requests for a lost badge"),
        "message": _("Messages"),
        "announcement": _("Messages to many"),
        "announcement_person": _("Recipients of messages to many"),
        "announcement_text": _("Texts of messages to many"),
        "badge_print": _("Prints at a help desk"),
        "conflict": _("Conflicts"),
        "duplicate": _("Possible duplicates"),
        "merged_record": _("Merged records"),
        "shown_person": _("People shown by searches at gates"),
        "help_call": _("Calls for help"),
        "walk_in": _("Registrations at gates"),
        "flag": _("Flags"),
        "admission": _("Entries"),
        "scan": _("Scans"),
        "lease_place": _("Offline places used by devices"),
        "lease": _("Offline places given to devices"),
        "gate_list_segment": _("Pieces of the gate list"),
        "gate_list_pass": _("Writings of the gate list"),
        "badge": _("Badges"),
        "activity": _("Lines of the activity log"),
        "pairing": _("Pairing codes"),
        "returning_device": _("Devices that ask to come back"),
        "hub_pairing": _("Pairing codes of hubs"),
        "hub_device": _("Devices paired at hubs"),
        "hub_scan": _("Scans that hubs have"),
        "gate": _("Names of gates"),
        "entry_stop": _("Messages of stops"),
        "operator": _("Accounts of coordinators"),
        "participant": _("Participants"),
    }
