"""Make the verdict of a scan from the server's reply or from a fault."""

from __future__ import annotations

from typing import Any

from checkin.domain.scanning.messages import verdict_message
from checkin.domain.scanning.verdict import Status
from scanner.core.errors import ScannerError
from scanner.core.next_steps import step_told
from scanner.core.scan import Scan, Verdict
from scanner.words import say


def verdict_told(scan: Scan, reply: dict[str, Any], language: str) -> Verdict:
    """Return the verdict in the server's reply to a scan."""
    status, reason = str(reply["status"]), reply.get("reason")
    return Verdict(
        scan,
        status,
        reason,
        reply.get("message") or verdict_message(status, reason, language, scan.type),
        participant=reply.get("participant"),
        delegation=reply.get("delegation"),
        first_admission=reply.get("first_admission"),
        opens_at=reply.get("opens_at"),
        stop=reply.get("stop"),
        next_step=step_told(reply.get("next_step")),
        flags=tuple(reply.get("flags") or ()),
        rehearsal=reply.get("rehearsal") is True,
    )


def fault_verdict(scan: Scan, fault: ScannerError, language: str) -> Verdict:
    """Return the red verdict of a scan that could not be decided because of `fault`."""
    message = say(language, fault.code, **fault.details)
    return Verdict(scan, Status.ERROR, None, message, fault=(fault.code, fault.details))


def foreign_verdict(language: str) -> Verdict:
    """Return the red verdict of a code that is no badge of ours; nothing of it is kept."""
    return Verdict(Scan(code=""), Status.ERROR, None, say(language, "not_ours"), is_foreign=True)
