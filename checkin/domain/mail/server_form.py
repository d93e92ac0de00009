"""Read the form of the mail server: what is written, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from checkin.domain.common.forms import Form
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.events.details import whole_number
from checkin.domain.mail.server import USUAL_PORTS, Encryption, MailServer, MailSettings
from checkin.domain.network.addresses import host_name
from checkin.domain.network.public_address import RULING

#: the names of the form's fields
HOST, PORT, ENCRYPTION, USER, PASSWORD = "host", "port", "encryption", "user", "password"
PER_MINUTE, PER_DAY = "per_minute", "per_day"
_HIGHEST_PORT = 65_535
_LONGEST = 200
_MOST_A_MINUTE, _MOST_A_DAY = 6_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """What a form says.

    Attributes:
        server: None for files. Its password is "" where the one that is kept stays.
        per_minute, per_day: None where nothing is written.
    """

    server: MailServer | None
    per_minute: int | None
    per_day: int | None


def read_mail_form(
    raw: Mapping[str, str], before: MailSettings, *, has_password: bool
) -> Written | list[Problem]:
    """Return what a form says, or everything that is wrong with it.

    What the environment or `.env` sets is not asked for, and stays as it is.

    Args:
        has_password: one is kept for the server and the user of `before`.
    """
    form = Form(raw)
    server = before.server if before.source in RULING else _server(form, raw, before, has_password)
    per_minute = form.read(PER_MINUTE, _up_to(_MOST_A_MINUTE))
    per_day = form.read(PER_DAY, _up_to(_MOST_A_DAY))
    return form.problems or Written(server, per_minute, per_day)


def _server(
    form: Form, raw: Mapping[str, str], before: MailSettings, has_password: bool
) -> MailServer | None:
    if not raw.get(HOST, "").strip():
        return None
    host, encryption = form.read(HOST, mail_host), _encryption(form, before)
    port, user = form.read(PORT, any_port), form.read(USER, plain_text)
    password = typed_password(form, raw)
    if form.problems:
        return None
    server = MailServer(host, port or USUAL_PORTS[encryption], user, password, encryption)
    form.problems.extend(_contradictions(server, before.server, has_password))
    return server


def _contradictions(
    server: MailServer, before: MailServer | None, has_password: bool
) -> list[Problem]:
    if not server.user:
        return [Problem(USER, "password_without_user")] if server.password else []
    if server.encryption is Encryption.REFUSED:
        return [Problem(ENCRYPTION, "password_in_plain_text")]
    is_same = before is not None and (before.host, before.user) == (server.host, server.user)
    if server.password or (has_password and is_same):
        return []
    # A password is sent to no other server than the one for which it was typed.
    return [Problem(PASSWORD, "password_again" if has_password else "missing_password")]


def _encryption(form: Form, before: MailSettings) -> Encryption:
    if before.ruled_tls is not None:
        return Encryption(before.ruled_tls)
    found = form.read(ENCRYPTION, _chosen)
    return found if isinstance(found, Encryption) else Encryption.REQUIRED


def _chosen(text: str) -> Encryption:
    if text not in set(Encryption):
        raise InvalidValue("unknown_choice", text)
    return Encryption(text)


def typed_password(form: Form, raw: Mapping[str, str]) -> str:
    """Return the password of a form as it was typed; one that nobody can type is a problem of it.

    What stands in a password is never told again, so that the problem does not hold it.
    """
    password = raw.get(PASSWORD, "")
    if any(not sign.isprintable() for sign in password) or len(password) > _LONGEST:
        form.problems.append(Problem(PASSWORD, "password_signs"))
    return password


def mail_host(text: str) -> str:
    """Read the name or address of a machine.

    Raises:
        InvalidValue: it is none.
    """
    if len(text) > _LONGEST or (host := host_name(text)) is None:
        raise InvalidValue("invalid_mail_host", text)
    return host


def plain_text(text: str) -> str:
    """Read a short text of one line.

    Raises:
        InvalidValue: it is too long, or has signs that nobody sees.
    """
    if len(text) > _LONGEST:
        raise InvalidValue("too_long", text, str(_LONGEST))
    if not text.isprintable():
        raise InvalidValue("control_characters", text)
    return text


def any_port(text: str) -> int | None:
    """Read a port; nothing written is None.

    Raises:
        InvalidValue: it is none.
    """
    return _up_to(_HIGHEST_PORT)(text)


def _up_to(most: int) -> Callable[[str], int | None]:
    """Return the reader of a whole number from 1 to `most`; nothing written is None."""
    return lambda text: whole_number(text, 1, most) if text else None
