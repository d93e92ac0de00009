"""Phone numbers and e-mail addresses in the one form that is stored, compared and dialled."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from checkin.domain.common.problems import InvalidValue

_DIGITS = {ord(zero) + value: str(value) for zero in "٠۰" for value in range(10)}
_PHONE_NOISE = dict.fromkeys(
    map(ord, " \t\r\n\u00a0\u202f\u2009-‐‑‒–.()/_'\u200e\u200f\u061c\u200b\u202a\u202c\u202d\ufeff")
)
_TYPED_PHONE = str.maketrans(_DIGITS | _PHONE_NOISE)
# Every 05, 06 and 07 number of ten digits: the regulator opens ranges faster than tables follow.
_MOROCCAN = re.compile(r"(?:(?:\+|00)?2120?|0?)([567]\d{8})")
_PLUS_AND_DIGITS = re.compile(r"\+?\d{4,17}")
_WHOLE_NUMBER = re.compile(r"(\d+)[.,]0+")
_SCIENTIFIC = re.compile(r"(\d)[.,]?(\d*)[eE]\+?(\d{1,2})")
# A spreadsheet shows six significant digits in scientific notation: the others are lost.
_ROUNDED_DIGITS = 6

_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_RESERVED_DOMAINS = (".test", ".local", ".localhost", ".invalid", ".onion", ".arpa")
_EMAIL_NOISE = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u200b\ufeff\u00a0"))


def _undo_spreadsheet_number(text: str) -> str:
    """Return the digits that a spreadsheet turned into 612345678.0 or 6.12345678E8."""
    whole = _WHOLE_NUMBER.fullmatch(text)
    if whole:
        return whole[1]
    scientific = _SCIENTIFIC.fullmatch(text)
    if not scientific:
        return text
    digits = scientific[1] + scientific[2]
    if len(digits) <= min(_ROUNDED_DIGITS, int(scientific[3])):
        raise InvalidValue("rounded_phone", text)
    return str(int(Decimal(text.replace(",", "."))))


def _international(typed: str, written: str, region: str) -> str:
    # Late: the library's tables cost 100 ms that a list of Moroccan numbers never needs.
    import phonenumbers

    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException as problem:
        raise InvalidValue("invalid_phone", written) from problem
    if not phonenumbers.is_valid_number(number):
        raise InvalidValue("invalid_phone", written)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normalise_phone(text: str, region: str = "MA") -> str:
    """Return ``text`` as an E.164 number ("+212612345678").

    Args:
        text: as typed: with spaces, dots, Arabic digits, 06…, 00212…, +212(0)6…, +33…, or as
            a spreadsheet spoiled it: 612345678, 612345678.0, 6.12345678E8.
        region: the country of numbers written without a country code, ISO 3166.

    Raises:
        InvalidValue: ``invalid_phone``, or ``rounded_phone`` (6.12E+08: digits are lost).
    """
    typed = _undo_spreadsheet_number(text.translate(_DIGITS).strip())
    typed = typed.translate(_TYPED_PHONE)
    moroccan = _MOROCCAN.fullmatch(typed)
    if moroccan and (region == "MA" or typed.startswith(("+212", "00212"))):
        return "+212" + moroccan[1]
    if not _PLUS_AND_DIGITS.fullmatch(typed):
        raise InvalidValue("invalid_phone", text)
    if typed.startswith("00"):
        typed = "+" + typed[2:]
    return _international(typed, text, region)


def dialled(phone: str) -> str:
    """Return an E.164 number as people in Morocco dial it; of another country as it is."""
    if not phone.startswith("+212"):
        return phone
    national = "0" + phone.removeprefix("+212")
    return " ".join(national[at : at + 2] for at in range(0, len(national), 2))


def _is_plain(address: str) -> bool:
    local, _, domain = address.partition("@")
    return (
        len(local) <= 64
        and len(address) <= 254
        and _PLAIN_EMAIL.fullmatch(address) is not None
        and "--" not in domain
        and not address.endswith(_RESERVED_DOMAINS)
    )


def normalise_email(text: str) -> str:
    """Return ``text`` as a lower-case address; nothing is looked up on the network.

    Some servers tell Amina@ from amina@; no two people do, and matching needs one form. A domain
    may have letters of any script: it is kept as people write it, and `deliverable` gives it to
    mail servers as they know it. A mailbox may not: few servers take such a message (RFC 6531).

    Raises:
        InvalidValue: ``invalid_email``, ``accented_email`` or ``foreign_email``.
    """
    address = text.translate(_EMAIL_NOISE).strip().removeprefix("mailto:").lower()
    if _is_plain(address):
        return address
    # Late: few addresses come this far.
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError as problem:
        raise InvalidValue("invalid_email", text) from problem
    if not valid.local_part.isascii():
        raise _other_letters(text, valid.local_part, valid.domain)
    return unicodedata.normalize("NFC", valid.normalized.lower())


def _other_letters(text: str, mailbox: str, domain: str) -> InvalidValue:
    decomposed = unicodedata.normalize("NFKD", mailbox)
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    if plain.isascii():
        return InvalidValue("accented_email", text, f"{plain}@{domain}")
    return InvalidValue("foreign_email", text)


def deliverable(address: str) -> str:
    """Return an address as mail servers know it: its domain as DNS has it (RFC 5891).

    An address that nobody can write to is returned as it is.
    """
    if address.isascii():
        return address
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return address
    return valid.ascii_email or address
