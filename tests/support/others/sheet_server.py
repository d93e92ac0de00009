"""A server of somebody else that answers a sheet as CSV, or whatever it is told."""

from __future__ import annotations

import csv
import hashlib
import io
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.others.other_servers import Handler, Heard, OtherServer, other_server

HEADINGS = ("Nom", "Délégation", "Catégorie", "Téléphone")
ALI = ("Ali Bennani", "Khémisset", "Membre", "0612345601")
SARA = ("Sara Idrissi", "Khémisset", "Membre", "0612345602")
OMAR = ("Omar Tazi", "Khémisset", "Membre", "0612345603")


@dataclass
class SheetServer:
    """What the sheet is, and how it is answered.

    Attributes:
        rows: under the headings.
        status, content_type, body: instead of the sheet, where they are given.
        tells_version: whether it has an ETag, and answers 304 to whoever has it.
    """

    server: OtherServer
    rows: list[Sequence[str]] = field(default_factory=list)
    headings: Sequence[str] = HEADINGS
    status: int = 200
    content_type: str = "text/csv; charset=utf-8"
    body: bytes | None = None
    tells_version: bool = True
    answered: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.server.url}/d/e/a-secret/pub?output=csv"

    @property
    def content(self) -> bytes:
        if self.body is not None:
            return self.body
        file = io.StringIO()
        csv.writer(file).writerows([self.headings, *self.rows])
        return file.getvalue().encode()

    def answer(self, reply: Handler, heard: Heard) -> None:
        content = self.content
        tag = f'"{hashlib.sha256(content).hexdigest()[:12]}"'
        version = {"ETag": tag} if self.tells_version else {}
        is_known = self.tells_version and heard.headers.get("if-none-match") == tag
        status = 304 if is_known and self.status == 200 else self.status
        self.answered.append(status)
        if status == 304:
            reply.answer(304, **version)
        else:
            reply.answer(status, content, Content_Type=self.content_type, **version)


@contextmanager
def sheet_server(tls: ssl.SSLContext | None = None) -> Iterator[SheetServer]:
    """Run a server of a sheet while the block lasts."""
    made: list[SheetServer] = []

    def answer(reply: Handler, heard: Heard) -> None:
        made[0].answer(reply, heard)

    with other_server(answer, tls) as server:
        made.append(SheetServer(server))
        yield made[0]
