"""What pages say of the channels beside e-mail: their names, and why one was stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from checkin.domain.channels.answers import ChannelFault
from checkin.domain.channels.gateways import Stop
from checkin.domain.channels.reach import Channel


def channel_word(channel: Channel | str) -> str:
    """Return the name of a channel."""
    words = {Channel.EMAIL: _("E-mail"), Channel.WHATSAPP: "WhatsApp", Channel.SMS: "SMS"}
    return str(words[Channel(channel)])


def channels_words(channels: Iterable[Channel]) -> str:
    """Return the names of channels, in the order in which they are tried."""
    return str(_(", ")).join(map(channel_word, channels))


def stop_sentences(stops: Mapping[Channel, Stop]) -> list[tuple[str, str]]:
    """Return of each channel that was stopped what is wrong and what to do, and its answer."""
    return [
        (
            _("%(channel)s was stopped.", channel=channel_word(channel))
            + " "
            + channel_fault_sentence(stop.fault),
            stop.answer,
        )
        for channel, stop in stops.items()
    ]


def channel_fault_sentence(fault: ChannelFault) -> str:
    """Return why a gateway takes nothing, and what to do about it."""
    sentences = {
        ChannelFault.REFUSED: _(
            "The gateway refuses the token or the password: it is wrong, has expired, or may not "
            "send messages. Make a new one there and save it here."
        ),
        ChannelFault.ADDRESS: _(
            "The gateway does not know the address or the number that messages are to come from. "
            "Compare both with what it shows."
        ),
        ChannelFault.TEMPLATE: _(
            "WhatsApp does not take the template. Compare its name, its languages and its "
            "variables with Meta's console, and look whether it is approved."
        ),
        ChannelFault.ACCOUNT: _(
            "The account at the gateway is blocked, or has no money left. Its own pages say more."
        ),
        ChannelFault.CERTIFICATE: _(
            "The gateway's certificate does not prove that it is the machine of that name. Ask "
            "whoever runs it."
        ),
        ChannelFault.SECRET: _(
            "The token or the password was kept with another master key. Type it again."
        ),
    }
    return str(sentences[fault])
