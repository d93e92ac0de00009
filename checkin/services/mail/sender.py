"""Who sends the messages, and how fast."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from checkin.services.common.keys import Keys

#: Gmail calls whoever once sent close to 5,000 messages in 24 hours a bulk sender, for good, and
#: asks more of them (one-click unsubscribing, a DMARC policy): a fifth less keeps clear of that,
#: retries included. https://support.google.com/a/answer/14229414
PER_DAY = 4000
DOMAIN_SPACING_MS = 50


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of an installation's messages.

    Args:
        address: the From header, ``Name <address>``.
        base_url: where this server is reached, for links in messages.
        bounces_to: a mailbox for reports of what could not be delivered, whose server delivers
            ``name+anything@domain`` to ``name``; without one they go to `address`.
        per_day: messages in any 24 hours, those of all events together.
        domain_spacing_ms: between two messages to the same domain, whoever sends them.
    """

    address: str
    base_url: str
    bounces_to: str = ""
    per_day: int = PER_DAY
    domain_spacing_ms: int = 0

    @property
    def domain_spacing(self) -> timedelta:
        """The time between two messages to the same domain."""
        return timedelta(milliseconds=self.domain_spacing_ms)

    @property
    def domain(self) -> str:
        """The domain of the From address, for Message-IDs."""
        return domain_of(parseaddr(self.address)[1]) or "localhost"

    def envelope(self, keys: Keys, message_id: int) -> str:
        """Return the address that mail servers report to, which names the message (VERP)."""
        if not self.bounces_to:
            return parseaddr(self.address)[1]
        name, _, domain = self.bounces_to.rpartition("@")
        return f"{name}+{message_id}-{bounce_mark(keys, message_id)}@{domain}"


def bounce_mark(keys: Keys, message_id: int) -> str:
    """Return what only we can write after a message's number, so that nobody fakes a bounce."""
    return hmac.new(keys.bounces, str(message_id).encode(), "sha256").hexdigest()[:12]


def domain_of(address: str) -> str:
    """Return an address's domain in small letters, "" where there is none."""
    return address.rpartition("@")[2].lower()
