"""The automatic copies: one an hour, fewer the older they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from checkin.services.backups.copies import Copy, copies_in, copy_if_due, superfluous

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_copy_is_made_when_the_newest_is_an_hour_old(database, tmp_path):
    made = [copy_if_due(database, tmp_path, NOW + HOUR * hours) for hours in (0, 0.9, 1, 1.5)]

    assert [one is not None for one in made] == [True, False, True, False]
    assert [copy.at for copy in copies_in(tmp_path)] == [NOW + HOUR, NOW]


def test_all_of_two_days_and_one_a_day_of_two_weeks_are_kept():
    copies = [Copy(Path(f"{hour}"), NOW - HOUR * hour, 1) for hour in range(24 * 30)]

    gone = {copy.file for copy in superfluous(copies, NOW)}
    kept = [copy for copy in copies if copy.file not in gone]

    assert [NOW - copy.at for copy in kept[:49]] == [HOUR * hour for hour in range(49)]
    days = [copy.at.date() for copy in kept[49:]]
    assert len(days) == len(set(days)) == 14
    assert NOW - kept[-1].at <= timedelta(days=16)


def test_what_a_crash_has_left_is_removed(database, tmp_path):
    left = tmp_path / "backups" / ".backup-x"
    left.mkdir(parents=True)

    copy_if_due(database, tmp_path, NOW)

    assert not left.exists()
