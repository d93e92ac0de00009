"""Speak OpenID Connect with the provider of sign-ins: authorization code flow with PKCE.

Authlib writes the requests and knows the rules of ID tokens, joserfc checks signatures; what is
called, is called by `Caller`, which keeps within the public internet, in time and size.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote_plus

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from checkin.domain.accounts.provider import Identity, Provider, identity_in
from checkin.domain.network.destinations import DestinationRefused
from checkin.errors import MarhabaError
from checkin.services.common.turns import Turns
from checkin.services.network.outgoing import Answer, Bounds, Caller, CallFailed

#: what signs ID tokens, each with the kind of its keys; never "none", nor a secret of both sides
ALGORITHMS = {"RS256": "RSA", "ES256": "EC"}
SCOPE = "openid email profile"
#: what some providers tell only where they are asked for it
_WHOSE_EMAIL = {"email", "email_verified"}
#: how far the clocks of both may differ
_LEEWAY_S = 60
_BOUNDS = Bounds(total_s=8.0, most_bytes=256 * 2**10)
#: a provider that does not answer must not hold the threads that answer scans
TURNS = Turns(4, waiting=12, patience_s=8)


class ProviderProblem(StrEnum):
    """Why a provider has not said who somebody is."""

    #: it was not reached, or answered what nobody can use; the detail says which `CallProblem`
    CALL = "call"
    #: its description is not what OpenID Connect asks for
    DESCRIPTION = "description"
    #: it calls itself otherwise than it was written here; the detail is how
    ISSUER = "issuer"
    #: it, or whoever stood there, has refused; the detail is its code
    REFUSED = "refused"
    #: what it signed is not for this sign-in, not of now, or not signed by it
    TOKEN = "token"  # noqa: S105 - the name of a problem


class ProviderFault(MarhabaError):
    """The provider has not said who somebody is; `detail` is for logs and for administrators."""

    code = "provider_fault"

    def __init__(self, problem: ProviderProblem, detail: str = "") -> None:
        super().__init__(detail or problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Description:
    """What a provider says of itself.

    Attributes:
        authorize, token, keys, people: addresses; the last one is "" where it has none.
        auth_method: how it wants to be given the secret.
        names_itself: whether each of its answers by the browser says whose it is (RFC 9207).
    """

    issuer: str
    authorize: str
    token: str
    keys: str
    people: str
    auth_method: str
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun: what its answer has to fit.

    Attributes:
        state: what the browser brings back.
        nonce: what the provider signs.
        verifier: what proves that whoever brings the code has begun (PKCE).
    """

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)


@dataclass(frozen=True, slots=True)
class Client:
    """This server, as a provider knows it.

    Attributes:
        back_to: the address at which the provider sends browsers back.
    """

    provider: Provider
    secret: str = field(repr=False)
    back_to: str


def describe(caller: Caller, issuer: str) -> Description:
    """Ask a provider to describe itself (OpenID Connect Discovery 1.0).

    Raises:
        ProviderFault: it did not, or calls itself otherwise.
    """
    told = _json(_asked(caller, get_well_known_url(issuer, external=True)))
    named = told.get("issuer")
    if named != issuer:
        raise ProviderFault(ProviderProblem.ISSUER, named if isinstance(named, str) else "")
    found = [told.get(f"{name}_endpoint") for name in ("authorization", "token", "userinfo")]
    authorize, token, people, keys = *found, told.get("jwks_uri")
    if not (isinstance(authorize, str) and isinstance(token, str) and isinstance(keys, str)):
        raise ProviderFault(ProviderProblem.DESCRIPTION, "an address is missing")
    try:
        caller.check(authorize)
    except DestinationRefused as fault:
        raise ProviderFault(ProviderProblem.CALL, fault.reason) from fault
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    by_post = "client_secret_post" in methods
    return Description(
        issuer,
        authorize,
        token,
        keys,
        people if isinstance(people, str) else "",
        "client_secret_post" if by_post else "client_secret_basic",
        told.get("authorization_response_iss_parameter_supported") is True,
    )


def signing_keys(caller: Caller, description: Description) -> KeySet:
    """Return a provider's public keys that may sign ID tokens.

    Raises:
        ProviderFault: it did not tell them, or has none of a kind that is taken.
    """
    told = _json(_asked(caller, description.keys)).get("keys")
    keys = [_key(one) for one in told or [] if isinstance(one, dict)]
    usable: list[Key] = [key for key in keys if key is not None]
    if not usable:
        raise ProviderFault(ProviderProblem.DESCRIPTION, "no key for RS256 or ES256")
    return KeySet(usable)


def address_to_sign_in(
    description: Description, client: Client, begun: Begun, *, language: str
) -> str:
    """Return the address at which a browser asks the provider who somebody is."""
    address: str = prepare_grant_uri(
        description.authorize,
        client.provider.client_id,
        "code",
        redirect_uri=client.back_to,
        scope=SCOPE,
        state=begun.state,
        nonce=begun.nonce,
        code_challenge=create_s256_code_challenge(begun.verifier),
        code_challenge_method="S256",
        ui_locales=language,
    )
    return address


def identity_behind(
    caller: Caller,
    client: Client,
    begun: Begun,
    answer: Mapping[str, str],
    now: datetime,
) -> Identity:
    """Exchange what a browser has brought back for whom the provider says it is.

    Args:
        answer: the query of the address at which the browser came back.

    Raises:
        ProviderFault: it says so of nobody, or not as it must.
    """
    issuer = client.provider.issuer
    if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
        raise ProviderFault(ProviderProblem.TOKEN, "state")
    if "iss" in answer and answer["iss"] != issuer:
        raise ProviderFault(ProviderProblem.ISSUER, answer["iss"])
    if "error" in answer or "code" not in answer:
        raise ProviderFault(ProviderProblem.REFUSED, answer.get("error", "no code")[:60])
    description = describe(caller, issuer)
    if description.names_itself and "iss" not in answer:
        raise ProviderFault(ProviderProblem.ISSUER, "")
    tokens = _exchanged(caller, description, client, begun, answer["code"])
    claims = _checked(
        tokens,
        signing_keys(caller, description),
        client.provider,
        begun.nonce,
        int(now.timestamp()),
    )
    found = identity_in(issuer, claims)
    if found is not None and description.people and not claims.keys() >= _WHOSE_EMAIL:
        found = identity_in(issuer, _told_of_them(caller, description, tokens, found.subject))
    if found is None:
        raise ProviderFault(ProviderProblem.TOKEN, "sub")
    return found


def _exchanged(
    caller: Caller, description: Description, client: Client, begun: Begun, code: str
) -> dict[str, Any]:
    body = prepare_token_request(
        "authorization_code", code=code, redirect_uri=client.back_to, code_verifier=begun.verifier
    )
    method = description.auth_method if client.secret else "none"
    name, secret = client.provider.client_id, client.secret
    if method == "client_secret_basic":  # RFC 6749, section 2.3.1
        name, secret = quote_plus(name), quote_plus(secret)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    address, headers, body = ClientAuth(name, secret, method).prepare(
        "POST", description.token, headers, body
    )
    return _json(_asked(caller, address, body.encode(), headers))


def _checked(
    tokens: Mapping[str, Any], keys: KeySet, provider: Provider, nonce: str, now: int
) -> dict[str, Any]:
    """Return the claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""
    written = tokens.get("id_token")
    if not isinstance(written, str):
        raise ProviderFault(ProviderProblem.TOKEN, "id_token")
    try:
        token = jwt.decode(written, keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            params={
                "nonce": nonce,
                "client_id": provider.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=now, leeway=_LEEWAY_S)
    except (JoseError, ValueError, TypeError, KeyError) as fault:
        told = getattr(fault, "claim", None) or type(fault).__name__
        raise ProviderFault(ProviderProblem.TOKEN, str(told)) from fault
    return dict(claims)


def _told_of_them(
    caller: Caller, description: Description, tokens: Mapping[str, Any], subject: str
) -> dict[str, Any]:
    """Return what the provider tells of somebody apart from the ID token, such as their e-mail."""
    headers = {"Authorization": f"Bearer {tokens.get('access_token')}"}
    told = _json(_asked(caller, description.people, headers=headers))
    if told.get("sub") != subject:
        raise ProviderFault(ProviderProblem.TOKEN, "sub")
    return told


def _asked(
    caller: Caller, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    try:
        method = "GET" if body is None else "POST"
        return caller.call(method, url, body, headers=headers, bounds=_BOUNDS)
    except DestinationRefused as fault:
        raise ProviderFault(ProviderProblem.CALL, fault.reason) from fault
    except CallFailed as fault:
        raise ProviderFault(ProviderProblem.CALL, fault.problem) from fault


def _json(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not answer.is_success:
        code = told.get("error") if isinstance(told, dict) else None
        detail = code if isinstance(code, str) else str(answer.status)
        raise ProviderFault(ProviderProblem.REFUSED, detail[:60])
    if not isinstance(told, dict):
        raise ProviderFault(ProviderProblem.DESCRIPTION, "no JSON")
    return told


def _key(told: dict[str, Any]) -> RSAKey | ECKey | None:
    """Return a public key that may sign; None for keys of other kinds and uses."""
    if told.get("use", "sig") != "sig" or told.get("alg", "RS256") not in (*ALGORITHMS, None):
        return None
    public = {name: value for name, value in told.items() if name not in ("d", "k", "oth")}
    try:
        if told.get("kty") == "RSA":
            return RSAKey.import_key(public)
        if told.get("kty") == "EC" and told.get("crv") == "P-256":
            return ECKey.import_key(public)
    except (JoseError, ValueError, TypeError):
        return None
    return None
