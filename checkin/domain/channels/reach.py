"""By which channel somebody is reached, and by which next where one has failed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """A way to bring somebody their badge."""

    EMAIL = "email"
    WHATSAPP = "whatsapp"
    SMS = "sms"


#: unless an organiser has said otherwise
USUAL_ORDER = (Channel.EMAIL, Channel.WHATSAPP, Channel.SMS)
#: the channels that reach a telephone
BY_TELEPHONE = (Channel.WHATSAPP, Channel.SMS)
#: Moroccan numbers that begin so are fixed lines, which take no messages
FIXED_LINES = "+2125"


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of how to reach somebody.

    Attributes:
        wants_none: they have said that they want no messages, by whatever channel.
    """

    email: str | None
    phone: str | None
    wants_none: bool = False

    def address_by(self, channel: Channel) -> str | None:
        """Return where a channel reaches them; None if it does not."""
        if self.wants_none:
            return None
        if channel is Channel.EMAIL:
            return self.email or None
        return self.phone if self.phone and not self.phone.startswith(FIXED_LINES) else None


@dataclass(frozen=True, slots=True)
class Way:
    """A channel, and where it reaches somebody."""

    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The channels of an event.

    Attributes:
        order: all channels, in the order in which they are tried.
        usable: those that are switched on; e-mail always is.
    """

    order: tuple[Channel, ...] = USUAL_ORDER
    usable: frozenset[Channel] = frozenset({Channel.EMAIL})

    @property
    def is_by_mail_alone(self) -> bool:
        """Whether nothing but e-mail is switched on."""
        return self.usable == {Channel.EMAIL}

    @property
    def by_telephone(self) -> bool:
        """Whether a channel is switched on that needs a telephone's number."""
        return not self.usable.isdisjoint(BY_TELEPHONE)

    @property
    def tried(self) -> tuple[Channel, ...]:
        """The channels that are switched on, in their order."""
        return tuple(one for one in self.order if one in self.usable)

    def first(self, contact: Contact) -> Way | None:
        """Return the first way to reach somebody; None if there is none."""
        return next(self._ways(self.order, contact), None)

    def after(self, channel: Channel, contact: Contact) -> Way | None:
        """Return the next way to reach somebody whom a channel has failed; None if none is left."""
        return next(self._ways(self.later_than(channel), contact), None)

    def later_than(self, channel: Channel) -> tuple[Channel, ...]:
        """Return the channels that are switched on and tried after this one."""
        later = self.order[self.order.index(channel) + 1 :]
        return tuple(one for one in later if one in self.usable)

    def _ways(self, channels: Iterable[Channel], contact: Contact) -> Iterator[Way]:
        for channel in channels:
            address = contact.address_by(channel)
            if channel in self.usable and address:
                yield Way(channel, address)
