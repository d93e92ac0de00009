"""A provider of sign-ins (OpenID Connect): what is written of it, and what it says of people.

The provider says who somebody is; whether they have an account here is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checkin.domain.common.forms import Form
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.network.destinations import written_address

#: the names of the form's fields
ISSUER, CLIENT_ID, SECRET, NAME = "issuer", "client_id", "secret", "button"
_WELL_KNOWN = "/.well-known/openid-configuration"
_LONGEST, _LONGEST_NAME = 500, 60
#: of ASCII letters, OpenID Connect Core 1.0, section 2
_LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that people may sign in with.

    Attributes:
        issuer: its address, letter by letter as it writes it itself.
        client_id: what it knows this server by.
        name: what the button on the sign-in page says.
    """

    issuer: str
    client_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the form says; without a provider, nobody signs in with one any more.

    Attributes:
        secret: "" where the one that is kept stays, or where there is none.
    """

    provider: Provider | None
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as a provider has signed it.

    Attributes:
        subject: their number there, which never becomes anybody else's.
        email: as the provider writes it; "" where it tells none.
        is_verified: whether the provider has seen that it is theirs.
    """

    issuer: str
    subject: str
    email: str
    is_verified: bool


def read_provider_form(
    raw: Mapping[str, str], before: Provider | None, *, has_secret: bool
) -> Written | list[Problem]:
    """Return what a form says, or everything that is wrong with it.

    Args:
        has_secret: one is kept for the issuer and the client of `before`.
    """
    if not raw.get(ISSUER, "").strip():
        return Written(None)
    form = Form(raw)
    issuer = form.read(ISSUER, _issuer)
    client_id = form.read(CLIENT_ID, lambda text: _line(text, "missing_client", _LONGEST))
    name = form.read(NAME, lambda text: _line(text, "missing_button", _LONGEST_NAME))
    secret = raw.get(SECRET, "").strip()
    if not secret.isprintable() or len(secret) > _LONGEST:
        form.problems.append(Problem(SECRET, "secret_signs"))
    if form.problems:
        return form.problems
    is_same = before is not None and (before.issuer, before.client_id) == (issuer, client_id)
    if has_secret and not secret and not is_same:
        # A secret is sent to no other provider than the one for which it was pasted.
        return [Problem(SECRET, "provider_secret_again")]
    return Written(Provider(str(issuer), str(client_id), str(name)), secret)


def identity_in(issuer: str, claims: Mapping[str, Any]) -> Identity | None:
    """Return whom the claims of a checked ID token are about; None where they name nobody.

    Some providers write `email_verified` as a text.
    """
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        return None
    verified = claims.get("email_verified")
    return Identity(
        issuer,
        subject,
        email if isinstance(email, str) else "",
        verified is True or verified == "true",
    )


def _issuer(text: str) -> str:
    if len(text) > _LONGEST:
        raise InvalidValue("destination_long", text, str(_LONGEST))
    # Whoever copies the address of the description means the issuer.
    text = text.removesuffix(_WELL_KNOWN)
    written_address(text)
    if "?" in text or "#" in text:
        raise InvalidValue("destination_written", text)
    return text


def _line(text: str, missing: str, longest: int) -> str:
    if not text:
        raise InvalidValue(missing, text)
    if len(text) > longest:
        raise InvalidValue("too_long", text, str(longest))
    if not text.isprintable():
        raise InvalidValue("control_characters", text)
    return text
