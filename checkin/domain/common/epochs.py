"""Why a database has the epoch that it has."""

from __future__ import annotations

from enum import StrEnum


class EpochCause(StrEnum):
    """Why an epoch began.

    FIRST: the database was made, or brought up to this version. RESTORED: a backup was put back by
    the command. BEHIND: a device had seen more than the database holds, so it was put back by
    something else. HEARD: no epoch of this database; a device told of it, and was answered by one
    that began because of that.
    """

    FIRST = "first"
    RESTORED = "restored"
    BEHIND = "behind"
    HEARD = "heard"
