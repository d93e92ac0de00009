"""WhatsApp and SMS as a page sets them: kept, with secrets that are sealed for one place alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from checkin.domain.channels.answers import Handed
from checkin.domain.channels.gateway_form import ADDRESSES, WrittenChannels, read_channels_form
from checkin.domain.channels.gateways import (
    CHANNEL_ORDER,
    SECRET,
    STOP,
    ChannelSettings,
    SignIn,
    decide_channels,
    order_text,
)
from checkin.domain.channels.reach import BY_TELEPHONE, Channel
from checkin.domain.common.forms import FormRefused
from checkin.domain.common.problems import InvalidValue
from checkin.domain.mail.rules import Fate
from checkin.services.common.activity import note
from checkin.services.common.installation_settings import (
    keep_secret,
    keep_setting,
    kept_secret,
    kept_settings,
)
from checkin.services.common.keys import Keys


def channel_settings(session: Session) -> ChannelSettings:
    """Return what is set of all channels, without the secrets."""
    return decide_channels(kept_settings(session))


def channels_with_secret(session: Session) -> frozenset[Channel]:
    """Return the channels for which a secret is kept."""
    kept = kept_settings(session)
    return frozenset(one for one in BY_TELEPHONE if SECRET[one] in kept)


def secret_of(
    session: Session, keys: Keys, settings: ChannelSettings, channel: Channel
) -> str | None:
    """Return a channel's token or password; "" where it has none, None if it cannot be opened."""
    if channel is Channel.SMS and settings.sms.sign_in == SignIn.NONE:
        return ""
    return kept_secret(session, keys, SECRET[channel], _place(settings, channel))


def checked_form(
    settings: ChannelSettings,
    has_secret: frozenset[Channel],
    form: Mapping[str, str],
    check: Callable[[str], object],
) -> WrittenChannels:
    """Read the form, and look whether its addresses may be called; the network may be slow.

    Args:
        settings, has_secret: what is kept now.
        check: `Caller.check`; asked about a channel that is switched on.

    Raises:
        FormRefused: with a problem for each field that will not do.
    """
    written = read_channels_form(form, settings, has_secret)
    if not isinstance(written, WrittenChannels):
        raise FormRefused(written)
    problems = []
    urls = {Channel.WHATSAPP: written.whatsapp.url, Channel.SMS: written.sms.url}
    is_on = {Channel.WHATSAPP: written.whatsapp.on, Channel.SMS: written.sms.on}
    for channel in BY_TELEPHONE:
        if not is_on[channel]:
            continue
        try:
            check(urls[channel])
        except InvalidValue as refused:
            problems.append(refused.in_column(ADDRESSES[channel]))
    if problems:
        raise FormRefused(problems)
    return written


def keep_channels(
    session: Session,
    keys: Keys,
    written: WrittenChannels,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> None:
    """Keep what the form says; a channel that was stopped goes on with it.

    A secret that is left empty stays, for the same gateway and the same user.
    """
    before = channel_settings(session)
    keep_setting(session, CHANNEL_ORDER, order_text(written.order, sensitive=written.sensitive))
    keep_setting(session, Channel.WHATSAPP, written.whatsapp.text)
    keep_setting(session, Channel.SMS, written.sms.text)
    after = channel_settings(session)
    for channel in BY_TELEPHONE:
        typed = written.secrets[channel]
        if typed:
            keep_secret(session, keys, SECRET[channel], _place(after, channel), typed)
        elif _place(before, channel) != _place(after, channel):
            keep_setting(session, SECRET[channel], None)
        keep_setting(session, STOP[channel], None)
    note(
        session,
        None,
        "installation.channels",
        now,
        operator_id=operator_id,
        channels=", ".join(one for one in after.order if one in after.on),
    )


def note_trial(
    session: Session, channel: Channel, handed: Handed, *, now: datetime, operator_id: int | None
) -> None:
    """Record that a message was tried, and let a channel go on that has taken it."""
    if handed.fate is Fate.SENT:
        keep_setting(session, STOP[channel], None)
    told: dict[str, Any] = {"channel": str(channel)}
    if handed.fault:
        told["fault"] = str(handed.fault)
    note(session, None, "installation.channel_test", now, operator_id=operator_id, **told)


def _place(settings: ChannelSettings, channel: Channel) -> str:
    return settings.whatsapp.place if channel is Channel.WHATSAPP else settings.sms.place
