"""Uploaded lists while they are corrected: kept encrypted, for a short time, for one browser.

The key is a random secret that only the uploader's cookie holds; the database holds its hash. So a
draft can be read only with both the cookie and the database, and signing out makes it unreadable
for good. It is deleted once it was imported or discarded, and an old one at the next upload by
anybody.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, ImportDraft
from checkin.domain.common.problems import Problem
from checkin.domain.people.importing import Row
from checkin.errors import NotFound
from checkin.services.spreadsheets.reading import Table

#: since the last change
LIFETIME = timedelta(hours=2)
_NONCE_BYTES = 12


def keep_draft(
    session: Session, delegation: Delegation, operator_id: int, table: Table, now: datetime
) -> str:
    """Keep an uploaded list, delete old drafts, and return the secret that decrypts it."""
    forget_old_drafts(session, now)
    secret = secrets.token_urlsafe(32)
    session.add(
        ImportDraft(
            id=_id(secret),
            event_id=delegation.event_id,
            delegation_id=delegation.id,
            operator_id=operator_id,
            sealed=_seal(secret, table),
            changed_at=now,
        )
    )
    return secret


def draft_of(
    session: Session, secret: str, delegation: Delegation, operator_id: int, now: datetime
) -> Table:
    """Return an uploaded list that was kept as a draft.

    Raises:
        NotFound: the draft was imported, discarded or is too old, or it belongs to another
            delegation or operator.
    """
    return _open(secret, _draft(session, secret, delegation, operator_id, now).sealed)


def rewrite_draft(
    session: Session,
    secret: str,
    rows: list[Row],
    delegation: Delegation,
    operator_id: int,
    now: datetime,
) -> Table:
    """Replace the rows of a draft, and return the whole list.

    Raises:
        NotFound: see `draft_of`.
    """
    draft = _draft(session, secret, delegation, operator_id, now)
    table = replace(_open(secret, draft.sealed), rows=rows)
    draft.sealed, draft.changed_at = _seal(secret, table), now
    return table


def forget_draft(session: Session, secret: str) -> None:
    """Delete a draft."""
    session.execute(delete(ImportDraft).where(ImportDraft.id == _id(secret)))


def forget_old_drafts(session: Session, now: datetime) -> None:
    """Delete the drafts that nobody has changed for `LIFETIME`."""
    session.execute(delete(ImportDraft).where(ImportDraft.changed_at < now - LIFETIME))


def _draft(
    session: Session, secret: str, delegation: Delegation, operator_id: int, now: datetime
) -> ImportDraft:
    draft = session.get(ImportDraft, _id(secret))
    if (
        draft is None
        or draft.changed_at < now - LIFETIME
        or (draft.delegation_id, draft.operator_id) != (delegation.id, operator_id)
    ):
        raise NotFound("this list is no longer kept: upload it again")
    return draft


def _id(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _key(secret: str) -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"marhaba v1 import draft")
    return AESGCM(derived.derive(secret.encode()))


def _seal(secret: str, table: Table) -> bytes:
    rows = [
        (row.number, row.cells, [(p.column, p.code, p.value, p.hints) for p in row.problems])
        for row in table.rows
    ]
    kept = {
        "headers": table.headers,
        "rows": rows,
        "unknown_columns": table.unknown_columns,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
    }
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = zlib.compress(json.dumps(kept).encode(), level=1)
    return nonce + _key(secret).encrypt(nonce, plain, _id(secret))


def _open(secret: str, sealed: bytes) -> Table:
    plain = _key(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _id(secret))
    kept = json.loads(zlib.decompress(plain))
    rows = [
        Row(number, cells, tuple(Problem(c, code, v, tuple(h)) for c, code, v, h in problems))
        for number, cells, problems in kept["rows"]
    ]
    return Table(
        tuple(kept["headers"]),
        rows,
        tuple(kept["unknown_columns"]),
        kept["encoding"],
        kept["delimiter"],
    )
