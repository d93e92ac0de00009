"""Which actions are security events, and what the security log says of them.

It names accounts, devices and events by their numbers and addresses by their network, and says
nothing that anybody has typed: docs/security-log.md describes the lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

#: actions of the activity log that are security events
ACTIONS = frozenset({"event.export", "event.purge", "scan.pin_failed"})
#: and all whose names begin so
KINDS = ("operator.", "operators.", "device.", "installation.", "webhook.", "token.")
#: what happens without an entry of the activity log
TOKEN_READ = "token.read"  # noqa: S105 - the name of an event
BUDGET_EXCEEDED = "budget.exceeded"
REQUEST_REFUSED = "request.refused"
FORM_REFUSED = "form.refused"
#: what may be said; of an entry's details all else is left out
FACTS = (
    *("event_id", "operator", "device", "account", "role", "network", "format", "devices"),
    *("rule", "status", "method", "endpoint", "cause", "webhook", "token"),
)
_PLAIN = re.compile(r"[A-Za-z0-9_.:/-]+")


def is_security_event(action: str) -> bool:
    """Say whether an action of the activity log is a security event."""
    return action in ACTIONS or action.startswith(KINDS)


def security_line(name: str, facts: Mapping[str, object]) -> str:
    """Return the line of a security event: pairs of a name and a value, without personal data.

    A value that is no plain word is quoted as JSON, so that none can look like another pair.
    """
    said = {"event": name} | {fact: facts[fact] for fact in FACTS if facts.get(fact) is not None}
    return " ".join(f"{fact}={_written(value)}" for fact, value in said.items())


def _written(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
