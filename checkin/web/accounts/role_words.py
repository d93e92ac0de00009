"""What roles are called, and what each may do."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.db.models import Role


def role_names() -> dict[str, str]:
    """Return the name of each role, the widest first."""
    return {
        Role.ADMINISTRATOR: _("Administrator"),
        Role.ORGANISER: _("Organiser"),
        Role.COORDINATOR: _("Coordinator"),
        Role.SUPERVISOR: _("Supervisor"),
        Role.VOLUNTEER: _("Volunteer"),
        Role.VIEWER: _("Viewer"),
    }


def role_notes() -> dict[str, str]:
    """Return what each role may do, in a few words."""
    return {
        Role.ADMINISTRATOR: _("everything, accounts too"),
        Role.ORGANISER: _("everything but accounts"),
        Role.COORDINATOR: _("their own delegation"),
        Role.SUPERVISOR: _("names, badges and overrides at the gates"),
        Role.VOLUNTEER: _("the list of events"),
        Role.VIEWER: _("the live board"),
    }
