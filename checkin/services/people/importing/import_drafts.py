"""Uploaded lists while they are read, corrected and registered: kept encrypted, for a short time.

The key is a random secret that only the uploader's cookie holds, and a job about the list as long
as it lasts; the database holds its hash. So a draft can be read only with both the cookie and the
database, and signing out makes it unreadable for good. It is deleted once it was registered or
discarded, and an old one at the next upload by anybody.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.models import ImportDraft
from checkin.domain.people.importing.sheets import SheetChoices, choices_of
from checkin.errors import NotFound
from checkin.services.common.purged import refuse_purged
from checkin.services.people.importing.import_standing import ImportStanding
from checkin.services.spreadsheets.reading import Table, Workbook
from checkin.services.spreadsheets.table_json import (
    table_as_json,
    table_of,
    workbook_as_json,
    workbook_of,
)

#: since the last change
LIFETIME = timedelta(hours=2)
#: rows of a list that is uploaded; longer ones are for the command line
MAX_ROWS = 20_000
_NONCE_BYTES = 12
_FILE, _TABLE, _SOURCE = "file", "table", "source"


@dataclass(frozen=True, slots=True)
class Uploader:
    """Whose draft it is: nobody else opens it, whatever they know."""

    operator_id: int
    event_id: int
    #: None: the list is of the whole event
    delegation_id: int | None


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it was sent, not read yet."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A draft with the secret that decrypts it."""

    kept: ImportDraft
    secret: str

    @property
    def standing(self) -> ImportStanding | None:
        """How far it is registered; None before that is begun."""
        return None if self.kept.standing is None else ImportStanding.of(self.kept.standing)

    def file(self) -> UploadedFile:
        """Return the file of a draft that was not read yet."""
        name, _end, content = unseal(self.secret, _FILE, self.kept.sealed).partition(b"\0")
        return UploadedFile(name.decode(), content)

    def source(self) -> tuple[Workbook, SheetChoices]:
        """Return the sheets of a file as they were written, and how they are read."""
        kept = json.loads(zlib.decompress(unseal(self.secret, _SOURCE, self.kept.source or b"")))
        return workbook_of(kept["workbook"]), choices_of(kept["choices"])

    def table(self) -> Table:
        """Return the list of a draft that was read."""
        return table_of(json.loads(zlib.decompress(unseal(self.secret, _TABLE, self.kept.sealed))))


def keep_upload(session: Session, uploader: Uploader, file: UploadedFile, now: datetime) -> str:
    """Keep an uploaded file, delete old drafts, and return the secret that decrypts it.

    Raises:
        EventPurged: the event takes nobody any more.
    """
    refuse_purged(session, uploader.event_id)
    forget_old_drafts(session, now)
    secret = secrets.token_urlsafe(32)
    content = file.name.replace("\0", "").encode(errors="replace") + b"\0" + file.content
    session.add(
        ImportDraft(
            id=draft_id(secret),
            event_id=uploader.event_id,
            delegation_id=uploader.delegation_id,
            operator_id=uploader.operator_id,
            sealed=seal(secret, _FILE, content),
            changed_at=now,
        )
    )
    session.flush()
    return secret


def opened_draft(
    session: Session, secret: str, uploader: Uploader, now: datetime, *, to_change: bool = False
) -> OpenedDraft:
    """Return a draft.

    Args:
        to_change: hold its row until the end of the transaction.

    Raises:
        NotFound: the draft was registered, discarded or is too old, or it is somebody else's.
    """
    wanted = select(ImportDraft).where(
        ImportDraft.id == draft_id(secret),
        ImportDraft.changed_at >= now - LIFETIME,
        ImportDraft.delegation_id.is_not_distinct_from(uploader.delegation_id),
        ImportDraft.event_id == uploader.event_id,
        ImportDraft.operator_id == uploader.operator_id,
    )
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    draft = session.scalars(wanted).first()
    if draft is None:
        raise NotFound("this list is no longer kept: upload it again")
    return OpenedDraft(draft, secret)


def forget_draft(session: Session, secret: str) -> None:
    """Delete a draft."""
    session.execute(delete(ImportDraft).where(ImportDraft.id == draft_id(secret)))


def forget_old_drafts(session: Session, now: datetime) -> None:
    """Delete the drafts that nobody has changed for `LIFETIME`."""
    session.execute(delete(ImportDraft).where(ImportDraft.changed_at < now - LIFETIME))


def draft_id(secret: str) -> bytes:
    """Return the id of the draft that a secret decrypts."""
    return hashlib.sha256(secret.encode()).digest()


def sealed_table(secret: str, table: Table) -> bytes:
    """Return a list as a draft keeps it."""
    plain = zlib.compress(json.dumps(table_as_json(table)).encode(), level=1)
    return seal(secret, _TABLE, plain)


def sealed_source(secret: str, workbook: Workbook, choices: SheetChoices) -> bytes:
    """Return the sheets of a file and how they are read as a draft keeps them."""
    kept = {"workbook": workbook_as_json(workbook), "choices": choices.as_json()}
    return seal(secret, _SOURCE, zlib.compress(json.dumps(kept).encode(), level=1))


def seal(secret: str, place: str, content: bytes) -> bytes:
    """Encrypt a part of a draft.

    Args:
        place: which part it is; it is decrypted as that part only.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _key(secret).encrypt(nonce, content, place.encode())


def unseal(secret: str, place: str, sealed: bytes) -> bytes:
    """Decrypt a part of a draft.

    Raises:
        InvalidTag: it is not this part, or of another draft.
    """
    return _key(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())


def _key(secret: str) -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"marhaba v1 import draft")
    return AESGCM(derived.derive(secret.encode()))
