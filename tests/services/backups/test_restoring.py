"""A backup of either database is put back as it was."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Participant
from checkin.errors import InvalidRequest
from checkin.services.backups.archives import check_backup, write_backup
from checkin.services.backups.restoring import put_back
from tests.support import factories
from tests.support.factories import NOW


def people(database):
    with database.read() as session:
        return session.scalar(select(func.count(Participant.id)))


def test_a_backup_is_written_while_others_use_the_database_and_put_back(database, event, tmp_path):
    factories.badges(database, event, 20)
    file = tmp_path / "copy.zip"
    with database.read() as reading:
        reading.execute(select(Participant.id)).all()
        manifest = write_backup(database, file, now=NOW)
    factories.badges(database, event, 5)

    put_back(database, file)

    assert check_backup(file) == manifest
    assert people(database) == 20
    factories.badges(database, event, 1)
    assert people(database) == 21


def test_a_backup_of_the_other_database_is_refused(sqlite_database, postgres_database, tmp_path):
    file = tmp_path / "copy.zip"
    write_backup(sqlite_database, file, now=NOW)

    with pytest.raises(InvalidRequest, match="is of sqlite"):
        put_back(postgres_database, file)
