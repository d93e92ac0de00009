"""Parse bounces: mail servers' reports of messages that they could not deliver.

Forms read: delivery status notifications (RFC 3464: Postfix, Exchange, Gmail, Exim and others)
and qmail's own (https://cr.yp.to/proto/qsbmf.txt). Everything else is not a bounce.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

_OUR_ENVELOPE = re.compile(r"\+(\d{1,12})-([0-9a-f]{12})@", re.ASCII)
_MESSAGE_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_QMAIL_GREETING = re.compile(r"^Hi\. (This is|I'm) the\b", re.MULTILINE)
_QMAIL_PARAGRAPH = re.compile(r"^<([^<>\s]+@[^<>\s]+)>:\s*\n(.+)", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_COPY = "--- Below this line is a copy of the message."


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report of a message that will not arrive.

    Attributes:
        message_id: the Message-ID of the bounced message, if the report contains it.
        marked: the message's id and mark from the address that the report was sent to (VERP).
        words: the reason that the other server gave, on one line.
    """

    message_id: str | None
    marked: tuple[int, str] | None
    words: str


def read_bounce(raw: bytes) -> Bounce | None:
    """Parse a report; return None for anything that is not a final failure.

    Delays are not final; answers of absent people, and reports of success, are no failures.
    """
    # Headers stay texts: the library's reading of addresses has faults of its own.
    report = email.message_from_bytes(raw, policy=email.policy.compat32)
    words = _words_of_status(report)
    if words is None:
        words = _words_of_qmail(report)
    if words is None:
        return None
    return Bounce(_message_id(report), _marked(report), " ".join(words.split())[:300])


def _words_of_status(report: Message) -> str | None:
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in _blocks(part):
                if str(block.get("Action", "")).strip().lower() == "failed":
                    return _of_block(block)
    return None


def _blocks(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))


def _of_block(block: Message) -> str:
    status, diagnostic = str(block.get("Status", "")), str(block.get("Diagnostic-Code", ""))
    words = diagnostic.partition(";")[2].strip() or diagnostic.strip()
    return words if status in words else f"{status} {words}"


def _words_of_qmail(report: Message) -> str | None:
    text = _plain_text(report)
    if not _QMAIL_GREETING.search(text):
        return None
    paragraph = _QMAIL_PARAGRAPH.search(text.partition(_COPY)[0])
    if paragraph is None:
        return None
    status = _STATUS.search(paragraph[2])
    # qmail does not report delays, but some of its children do.
    return None if status and status[1].startswith("4") else paragraph[2].split("\n\n")[0]


def _plain_text(report: Message) -> str:
    if report.get_content_type() != "text/plain":
        return ""
    # What is looked for is ASCII; the charset that a report claims may not even exist.
    content = report.get_payload(decode=True)
    text = content.decode(errors="replace") if isinstance(content, bytes) else ""
    return text.replace("\r\n", "\n")


def _message_id(report: Message) -> str | None:
    for part in report.walk():
        kind, payload = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list):
            for inner in payload:
                if isinstance(inner, Message) and inner["Message-ID"]:
                    return str(inner["Message-ID"]).strip()
        if kind == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return _first_id(content.decode(errors="replace"))
    return _first_id(_plain_text(report).partition(_COPY)[2])


def _first_id(text: str) -> str | None:
    found = _MESSAGE_ID.search(text)
    return found[1] if found else None


def _marked(report: Message) -> tuple[int, str] | None:
    # The mailbox's own server writes these; To is what the reporting server wrote.
    for name in ("X-Original-To", "Delivered-To", "Envelope-To", "To"):
        for value in report.get_all(name, []):
            if found := _OUR_ENVELOPE.search(str(value)):
                return int(found[1]), found[2]
    return None
