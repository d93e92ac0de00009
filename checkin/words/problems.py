"""The sentences of problems of a cell or field, which say what to do about them.

Its translations are in the catalogue `import`. ``{value}`` is what was written; ``{hints}`` the
limit, the nearest names, the row or the person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from checkin.words.catalogues import msgid, say
from checkin.words.lettering import printed_otherwise
from checkin.words.moments import as_read

COLUMN_NAMES = {
    "name": msgid("Name"),
    "name_ar": msgid("Arabic name"),
    "delegation": msgid("Delegation"),
    "category": msgid("Category"),
    "email": msgid("E-mail"),
    "phone": msgid("Phone"),
    "language": msgid("Language"),
    "note": msgid("Note"),
    "flags": msgid("Flags"),
    "no_mail": msgid("No e-mail"),
    "allow_duplicate": msgid("Allow duplicate"),
    "bus": msgid("Bus"),
    "bus_leader": msgid("Bus leader"),
    "leader": msgid("Leader"),
    "leader_phone": msgid("Leader's phone"),
    "seats": msgid("Seats"),
    "quota": msgid("Places"),
    "kept": msgid("Places kept for gates without network"),
    "coordinator_phone": msgid("Phone of its coordinators"),
    "row": msgid("Row"),
    "base_url": msgid("Server's address"),
    "mail_from": msgid("Sender of e-mails"),
    "destination": msgid("Address to call"),
    "channel_order": msgid("First, second, third"),
    "whatsapp_base": msgid("Address"),
    "whatsapp_version": msgid("Version"),
    "whatsapp_number_id": msgid("Phone number ID"),
    "whatsapp_token": msgid("Access token"),
    "whatsapp_template": msgid("Name of the template"),
    "whatsapp_languages": msgid("Languages of the template"),
    "sms_url": msgid("Address to which messages are posted"),
    "sms_number_field": msgid("Field for the number"),
    "sms_text_field": msgid("Field for the text"),
    "sms_user": msgid("User name"),
    "sms_secret": msgid("Token or password"),
}

SENTENCES = {
    "missing_name": msgid("no name; write the name in Latin or Arabic letters."),
    "has_account": msgid("{value} has an account already; open it in the list."),
    "coordinators_only": msgid(
        "a coordinator, and only a coordinator, belongs to one delegation; choose one "
        "for this role, none for the others."
    ),
    "missing_bus": msgid("no name; give the bus a name or a number."),
    "invalid_seats": msgid("{value} is not a number of seats; write a number from 1 to {hints}."),
    "missing_contact": msgid("no way to reach you; write a phone number or an e-mail address."),
    "missing_delegation": msgid("no delegation; write one, or choose one for the whole file."),
    "missing_category": msgid("no category; choose one."),
    "would_change": msgid("{hints} is registered already; say whether this row may change them."),
    "too_long": msgid("{value} is too long; characters at most: {hints}."),
    "control_characters": msgid("{value} contains control characters; type this text again."),
    "bidi_override": msgid(
        "{value} contains marks that change its reading order; type this text again."
    ),
    "no_letters": msgid("{value} has no letter; check that the columns are not shifted."),
    "formula": msgid("{value} is a formula; replace it by its text (paste values)."),
    "invalid_phone": msgid(
        "{value} is not a phone number; write a single one, such as 0612345678 or +33612345678."
    ),
    "rounded_phone": msgid(
        "{value} lost digits in the file; format the column as text and type the number again."
    ),
    "invalid_email": msgid(
        "{value} is not an address; write it like name@domain.ma, or leave it empty."
    ),
    "accented_email": msgid(
        "{value} has letters before the @ that most mail servers do not take; write the address as "
        "its owner gives it, perhaps {hints}."
    ),
    "foreign_email": msgid(
        "{value} has letters before the @ that most mail servers do not take; write another "
        "address of this person, or leave it empty."
    ),
    "likely_mistyped": msgid(
        "{value}: did you mean {hints}? Correct it, or confirm that it is right as it is."
    ),
    "unknown_language": msgid("{value} is not one of our languages; write one of: {hints}."),
    "unknown_flag": msgid(
        "{value} is no flag of this event; correct it or define the flag. Nearest: {hints}."
    ),
    "no_flags": msgid(
        "{value}: this event has no flags yet; define it first, under Settings, Flags."
    ),
    "too_many_flags": msgid(
        "{value}: too many flags. Read at a gate at most: {hints}; leave some out."
    ),
    "flag_with_separator": msgid("{value} has a comma or a semicolon; those part several flags."),
    "flag_used": msgid("{value} is still written with people ({hints}); take it from them first."),
    "unknown_answer": msgid("{value} is not an answer; write yes or no."),
    "unknown_delegation": msgid(
        "{value} does not exist; correct the name or create the delegation. Nearest: {hints}."
    ),
    "unknown_category": msgid(
        "{value} does not exist; correct the name or create the category. Nearest: {hints}."
    ),
    "unknown_bus": msgid(
        "{value} is no bus of this delegation; correct it or add the bus on the page “Buses”. "
        "Nearest: {hints}."
    ),
    "full_bus": msgid(
        "{value} has no free seat; write another bus, or give this one more seats on the page "
        "“Buses”."
    ),
    "leader_without_bus": msgid(
        "no bus, but a mark in the column “bus leader”; write which bus this person leads."
    ),
    "extra_cells": msgid("{value} is beyond the last column; there may be one separator too many."),
    "already_registered": msgid("{hints}: registered already, nothing to change."),
    "merged": msgid("{hints}: registered already, and the record was merged into another one."),
    "canceled": msgid("{hints} was canceled; register them again on their page if needed."),
    "repeated_in_file": msgid("{value} is already in row {hints}."),
    "same_name_in_file": msgid(
        "{value} is already in row {hints} with other data; keep one row, or write yes "
        "in the column “allow duplicate” if they are two people."
    ),
    "spelt_like_registered": msgid(
        "{value} may be {hints}, registered already in another spelling; write the name as it is "
        "there, or write yes in the column “allow duplicate” if they are two people."
    ),
    "spelt_like_in_file": msgid(
        "{value} may be the person of row {hints} in another spelling; keep one row, or write yes "
        "in the column “allow duplicate” if they are two people."
    ),
    "taken": msgid(
        "{value} already belongs to {hints}; correct it, or write yes in the column "
        "“allow duplicate” if they are two people."
    ),
    "other_delegation": msgid(
        "{value} is not {hints}; this list registers for {hints} only. Empty the cell, "
        "or send this row to the other delegation's coordinator."
    ),
    "taken_in_file": msgid(
        "{value} is already in row {hints}; correct it, or write yes in the column "
        "“allow duplicate” if they are two people."
    ),
    "missing_text": msgid("nothing is written; fill this field in."),
    "invalid_slug": msgid(
        "{value} cannot be part of an address; write 1 to 50 small letters, digits or "
        "hyphens, like rabat-2025."
    ),
    "slug_taken": msgid("{value} is already another event's short name; choose another one."),
    "invalid_time_zone": msgid("{value} is not a time zone; write one like Africa/Casablanca."),
    "invalid_moment": msgid("{value} is not a date and a time; write them like 2025-06-14 15:00."),
    "invalid_map_point": msgid(
        "{value} is no point on the map; write latitude and longitude in degrees, like "
        "34.0009, -6.8466, or leave it empty."
    ),
    "ends_too_early": msgid(
        "the end ({value}) is not after the beginning ({hints}); correct one of them."
    ),
    "doors_close_too_early": msgid(
        "the doors close ({value}) before they open ({hints}); correct one of the times."
    ),
    "doors_never_open": msgid("the doors close and never open; write when they open, too."),
    "days_overlap": msgid(
        "this day begins ({value}) before the one before it has ended ({hints}); correct one of "
        "the times."
    ),
    "not_within_its_day": msgid(
        "{value} does not fit the event's days; correct them on the page “Days and hours” first."
    ),
    "nearer_to_another_day": msgid(
        "{value} is nearer to another day, on which people would be counted; correct the time."
    ),
    "day_has_scans": msgid(
        "badges were scanned on day {value}: it stays, so that the figures stay right. Its times "
        "can be changed."
    ),
    "invalid_number": msgid("{value} will not do; write a whole number ({hints})."),
    "unknown_choice": msgid("{value} is not one of the choices; choose from the list."),
    "capacity_below_people": msgid(
        "{value} is fewer than the people who are in the hall, or may still be let in by "
        "gates without the network: {hints}. Write {hints} or more, or confirm it."
    ),
    "name_taken": msgid("{value} is there already ({hints}); choose another name."),
    "category_used": msgid("{value} is still in use ({hints}); change that first, then delete it."),
    "last_category": msgid("{value} is the only category; add another one before you delete it."),
    "quota_below_places": msgid(
        "{value} is too few. Places taken: {hints}. Write so many or more, or cancel "
        "registrations first."
    ),
    "no_place_for_arrival": msgid(
        "this person has arrived, and {value} has no free place for them (places: {hints}); "
        "raise its quota, or cancel somebody there first."
    ),
    "delegation_has_people": msgid(
        "{value} still has people, canceled ones included: {hints}; move them to another "
        "delegation first, or cancel them and keep the delegation with fewer places."
    ),
    "delegation_has_applications": msgid(
        "{value} still has requests that wait: {hints}; decide them first."
    ),
    "delegation_has_arrivals": msgid(
        "arrivals are counted with {value}: {hints}; it stays, so that the figures stay right."
    ),
    "delegation_has_coordinators": msgid(
        "{value} still has coordinators: {hints}; give their accounts another delegation or "
        "another role first."
    ),
    "repeated_delegation": msgid("{value} is already in row {hints}; keep one of the two rows."),
    "url_only_here": msgid(
        "only this machine understands {value}, so nothing leaves with it; set the "
        "address that others use (CHECKIN_BASE_URL)."
    ),
    "sender_only_here": msgid(
        "only this machine understands {value}, so no e-mail leaves; set an address that "
        "answers can reach (CHECKIN_MAIL_FROM)."
    ),
    "url_scheme": msgid(
        "{value} begins neither with http:// nor with https://; write the whole address, "
        "like https://marhaba.example.org."
    ),
    "url_spaces": msgid("{value} has a space in it; an address has none."),
    "url_password": msgid(
        "a name or a password (before @) has no place in an address that everybody gets; "
        "take it out."
    ),
    "url_query": msgid("{value} goes on with ?… or #…; stop before it."),
    "url_host": msgid(
        "{value} holds no name and no IP address of a machine; write, for example, "
        "https://marhaba.example.org or http://192.168.1.20:8000."
    ),
    "url_port": msgid("the port of {value} is not a number from 1 to 65535."),
    "url_own_path": msgid(
        "{value} ends with a page of Marhaba's own; stop before it, or give the server "
        "another path, like https://marhaba.example.org/marhaba."
    ),
    "url_path": msgid(
        "the path of {value} will not do; put only plain letters, digits and - . _ ~ "
        "between single slashes."
    ),
    "invalid_mail_host": msgid(
        "{value} is no name of a server; write it like smtp.example.org, without http:// and "
        "without a port."
    ),
    "password_signs": msgid("this password is too long, or contains signs that nobody can type."),
    "missing_secret": msgid("nothing is typed; the gateway gives it to you on its own pages."),
    "secret_again": msgid(
        "the address, the number or the user name is another one; type the secret that belongs "
        "to it."
    ),
    "invalid_number_id": msgid(
        "{value} is no phone number ID; copy its digits from Meta's console (WhatsApp, API Setup)."
    ),
    "invalid_template": msgid(
        "{value} is no name of a template; it has small Latin letters, digits and _ only."
    ),
    "invalid_language_code": msgid(
        "{value} is no language code of a template; write them like fr ar en_US."
    ),
    "invalid_version": msgid("{value} is no version of the Cloud API; write it like v23.0."),
    "invalid_field": msgid(
        "{value} is no name of a field; copy it from the gateway's documentation."
    ),
    "same_field": msgid("two fields have the same name; each needs its own."),
    "password_without_user": msgid(
        "there is a password, but no user name; write with which name one signs in."
    ),
    "password_in_plain_text": msgid(
        "without TLS everybody on the way could read the password; choose another encryption, or "
        "leave user name and password empty."
    ),
    "password_again": msgid(
        "the server or the user name is another one; type the password that belongs to it."
    ),
    "missing_client": msgid("no client ID; copy it from the provider's page of this client."),
    "missing_button": msgid("no name; write how people know the provider."),
    "secret_signs": msgid("this secret is too long, or contains signs that nobody can type."),
    "provider_secret_again": msgid(
        "the issuer or the client is another one; paste the secret that belongs to it."
    ),
    "missing_password": msgid(
        "no password; type the one that belongs to the user name, or leave both empty."
    ),
    "invalid_sender": msgid(
        "{value} is no sender; write Name <address@example.org>, or the address alone."
    ),
    "url_not_here": msgid(
        "this machine has {hints}, not {value}; set an address that it has, or name the "
        "proxy in front of the server (CHECKIN_TRUSTED_PROXIES)."
    ),
    "url_no_network": msgid(
        "this machine does not have {value}, nor any other address on a network; connect "
        "it, or name the proxy in front of the server (CHECKIN_TRUSTED_PROXIES)."
    ),
    "url_answers_elsewhere": msgid(
        "the server answers at {hints}, not at {value}; set the first of them, or name "
        "the proxy in front of the server (CHECKIN_TRUSTED_PROXIES)."
    ),
    "too_many_webhooks": msgid(
        "the event has {hints} webhooks already; delete one that nobody needs first."
    ),
    "too_many_tokens": msgid("the event has had {hints} tokens already; it gets no more."),
    "nothing_chosen": msgid("nothing is chosen; choose what the token may read."),
    "destination_long": msgid("{value} is too long. Characters of an address at most: {hints}."),
    "destination_written": msgid(
        "{value} is no address that can be called; copy the whole address, like "
        "https://example.org/path."
    ),
    "destination_password": msgid(
        "a name or a password (before @) has no place in this address; take it out."
    ),
    "destination_not_https": msgid(
        "{value} does not begin with https://, so others could read along; ask whoever gave it "
        "to you for one that does."
    ),
    "destination_unknown": msgid(
        "no machine is known by the name {value}; look for a slip, or try again later."
    ),
    "destination_inside": msgid(
        "{value} leads to this server or to a private network, which is not called; an "
        "administrator can permit it (CHECKIN_OUTGOING_ALLOWED)."
    ),
    "not_this_machines_address": msgid(
        "{value} is no network address of this machine; choose one of: {hints}."
    ),
}

_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Problem(Protocol):
    """A problem of a cell or field, which `checkin.domain.common.problems` makes."""

    @property
    def column(self) -> str:
        """The column, a key of `COLUMN_NAMES`."""

    @property
    def code(self) -> str:
        """The problem's code, a key of `SENTENCES`."""

    @property
    def value(self) -> str:
        """The text that was written."""

    @property
    def hints(self) -> Sequence[str]:
        """The details for the sentence."""


class PlannedRow(Protocol):
    """A row of a list with its problems and remarks."""

    @property
    def row_number(self) -> int:
        """The row's number in the file."""

    @property
    def why(self) -> Sequence[Problem]:
        """The row's problems and remarks."""


def shown(text: str, length: int = 60) -> str:
    """Return ``text`` cut to ``length``, safe inside a sentence of either direction."""
    safe = _UNSHOWABLE.sub("\ufffd", text)
    if len(safe) > length:
        safe = safe[:length] + "…"
    # First-strong isolate: an Arabic name does not turn the French words around it.
    return f"\u2068{safe}\u2069"


def column_name(column: str, language: str) -> str:
    """Return what a column is called in a language."""
    return say("import", language, COLUMN_NAMES[column])


def problem_sentence(problem: Problem, language: str) -> str:
    """Return what is wrong with which column and what to do; see `say` for the language."""
    column = column_name(problem.column, language)
    advice = problem_advice(problem, language)
    return say("import", language, "{column}: {advice}", column=column, advice=advice)


def problem_advice(problem: Problem, language: str) -> str:
    """Return the sentence without the column's name, for a field that is labelled already."""
    values = [shown(as_read(text, language)) for text in (problem.value, *problem.hints)]
    hints = say("import", language, ", ").join(values[1:])
    sentence = SENTENCES[problem.code]
    return say("import", language, sentence, value=values[0], hints=hints)


def row_sentences(row: PlannedRow, language: str) -> list[str]:
    """Return each reason with the number of its row and the name of its column."""
    name = column_name("row", language)
    return [f"{name} {row.row_number} · {problem_sentence(one, language)}" for one in row.why]


#: of a person's name that no badge can write as it is; the person is registered all the same
_PRINTED_AS = msgid("{value} is printed as {drawn}: the badges' fonts lack some of its letters.")


def printed_note(name: str | None, language: str) -> str | None:
    """Return what is told of a name that is printed otherwise than it is written; None: nothing."""
    if not (drawn := printed_otherwise(name or "")):
        return None
    return say("import", language, _PRINTED_AS, value=shown(name or ""), drawn=shown(drawn))


def printed_notes(cells: Mapping[str, str], language: str) -> list[str]:
    """Return what is told of the names in a row of a list."""
    notes = (printed_note(cells.get(column), language) for column in ("name", "name_ar"))
    return [note for note in notes if note]
