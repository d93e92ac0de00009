"""The export as a file: people for a spreadsheet, or everything for a program."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TextIO

from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.services.export.people import COLUMNS, participant_rows
from checkin.services.export.whole import write_whole
from checkin.services.spreadsheets.writing import write_csv, write_xlsx

#: writes an event into a file and returns how many participants it has
Writer = Callable[[Session, Event, IO[bytes], datetime], int]


def _csv(session: Session, event: Event, file: IO[bytes], _now: datetime) -> int:
    # The byte order mark tells spreadsheets that this is UTF-8.
    with _as_text(file, "utf-8-sig") as text:
        return write_csv(text, COLUMNS, participant_rows(session, event))


def _xlsx(session: Session, event: Event, file: IO[bytes], _now: datetime) -> int:
    return write_xlsx(file, COLUMNS, participant_rows(session, event))


def _json(session: Session, event: Event, file: IO[bytes], now: datetime) -> int:
    with _as_text(file, "utf-8") as text:
        return write_whole(session, event, text, now=now)["participants"]


@contextmanager
def _as_text(file: IO[bytes], encoding: str) -> Iterator[TextIO]:
    text = io.TextIOWrapper(file, encoding, newline="")
    yield text
    text.flush()
    text.detach()  # else the file would be closed with it


#: by the ending of the file's name
WRITERS: dict[str, Writer] = {"csv": _csv, "xlsx": _xlsx, "json": _json}
