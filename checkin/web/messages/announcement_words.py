"""What pages say of announcements: what they tell, in which state they are, how many they reach."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.db.models import AnnouncementAbout, AnnouncementState


def about_words() -> dict[str, str]:
    """Return what an announcement tells, for those that have no subject of their own."""
    return {
        AnnouncementAbout.CHANGE: _("Day, hour or place changed"),
        AnnouncementAbout.LIST: _("What a list has changed for people"),
        AnnouncementAbout.WRITTEN: _("Message"),
    }


def state_words() -> dict[str, str]:
    """Return the word for each state."""
    return {
        AnnouncementState.DRAFT: _("Not sent: waits for your decision"),
        AnnouncementState.DROPPED: _("Nobody is told"),
        AnnouncementState.QUEUEING: _("Being prepared"),
        AnnouncementState.QUEUED: _("Sent, or leaving"),
        AnnouncementState.CANCELED: _("Sending ended"),
    }
