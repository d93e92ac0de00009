"""Decide and store the address at which people and other machines reach this server.

The setting decides (environment, `.env`, the page), else where the server listens. Code that writes
an address for somebody else to open uses `PublicAddress.for_others`, which refuses an address that
only this machine understands.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.common.problems import FieldProblem, Problem
from checkin.domain.network.addresses import public_url, sender_address
from checkin.domain.network.contradictions import contradiction
from checkin.domain.network.public_address import (
    BASE_URL,
    LAN_ADDRESS,
    LISTENING,
    MAIL_FROM,
    AddressSource,
    Given,
    Listening,
    PublicAddress,
    SenderAddress,
    chosen_lan_address,
    decide_address,
    decide_sender,
    listening_of,
)
from checkin.services.common.activity import note
from checkin.services.common.installation_settings import keep_setting, kept_settings
from checkin.services.network.interfaces import likely_lan_addresses, own_addresses

__all__ = [
    "AddressSource",
    "Given",
    "Listening",
    "PublicAddress",
    "SenderAddress",
    "address_warning",
    "choose_lan_address",
    "keep_base_url",
    "keep_sender",
    "lan_choices",
    "public_address",
    "sender_of_mail",
    "where_it_answers",
    "write_listening",
]


def public_address(session: Session, given: Given | None) -> PublicAddress:
    """Return the address at which people and other machines reach this server.

    Args:
        given: what the environment or `.env` says: `Settings.given("base_url")`.
    """
    return decide_address(given, kept_settings(session), likely_lan_addresses())


def address_warning(session: Session, url: str, *, is_behind_proxy: bool) -> Problem | None:
    """Return a warning if the public address contradicts what this server does, else None.

    Args:
        url: the URL of `public_address`.
        is_behind_proxy: trusted proxies are set.
    """
    kept = kept_settings(session)
    listening = listening_of(kept[LISTENING]) if LISTENING in kept else None
    own = [*likely_lan_addresses(), *own_addresses()]
    return contradiction(url, listening, own, is_behind_proxy=is_behind_proxy)


def where_it_answers(session: Session) -> str:
    """Return the address at which the server listens, whatever the settings say."""
    kept = {name: text for name, text in kept_settings(session).items() if name != BASE_URL}
    return decide_address(None, kept, likely_lan_addresses()).url


def sender_of_mail(session: Session, given: Given | None, *, is_sent: bool) -> SenderAddress:
    """Return the address from which e-mails are sent.

    Args:
        given: what the environment or `.env` says: `Settings.given("mail_from")`.
        is_sent: e-mails go to a mail server, and not into files.
    """
    return decide_sender(given, kept_settings(session), is_sent=is_sent)


def lan_choices(session: Session) -> dict[str, str]:
    """Return the server's addresses on the network by IP address, the chosen one first.

    Empty where the server listens on one address only.
    """
    kept, lan = kept_settings(session), likely_lan_addresses()
    listening = listening_of(kept.get(LISTENING))
    if not listening.is_everywhere:
        return {}
    chosen = chosen_lan_address(kept, lan)
    reached = sorted(listening.reached(lan), key=lambda one: one != chosen)
    return {str(one): listening.at(str(one)) for one in reached}


def write_listening(session: Session, listening: Listening) -> None:
    """Store where the server listens, for all other processes and commands."""
    keep_setting(session, LISTENING, listening.text)


def keep_base_url(
    session: Session, text: str, *, now: datetime, operator_id: int | None = None
) -> None:
    """Store the address that people use; "" goes back to where the server listens.

    Raises:
        InvalidValue: it is not a URL, or only this machine understands it.
    """
    url = public_url(text) if text.strip() else None
    if url is not None and (problem := PublicAddress(url, AddressSource.PAGE).problem):
        raise FieldProblem(problem.column, problem.code, problem.value)
    keep_setting(session, BASE_URL, url)
    note(session, None, "installation.address", now, operator_id=operator_id, address=url or "")


def choose_lan_address(
    session: Session, text: str, *, now: datetime, operator_id: int | None = None
) -> None:
    """Choose one of the machine's network addresses, replacing an address set on the page.

    Raises:
        InvalidValue: the machine has no such address.
    """
    own = [str(one) for one in likely_lan_addresses()]
    if text not in own:
        raise FieldProblem(BASE_URL, "not_this_machines_address", text, *own)
    keep_setting(session, LAN_ADDRESS, text)
    keep_setting(session, BASE_URL, None)
    note(session, None, "installation.lan_address", now, operator_id=operator_id, address=text)


def keep_sender(
    session: Session, text: str, *, now: datetime, operator_id: int | None = None
) -> None:
    """Store the sender of e-mails; "" deletes it.

    Raises:
        InvalidValue: it is not a sender's address, or only this machine understands it.
    """
    sender = sender_address(text) if text.strip() else None
    if sender is not None and SenderAddress(sender, AddressSource.PAGE, True).is_only_here:
        raise FieldProblem(MAIL_FROM, "sender_only_here", sender)
    keep_setting(session, MAIL_FROM, sender)
    note(session, None, "installation.sender", now, operator_id=operator_id, sender=sender or "")
