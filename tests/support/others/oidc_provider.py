"""A provider of sign-ins (OpenID Connect) on this machine, which errs or cheats as it is told."""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from tests.support.others.other_servers import Handler, Heard, OtherServer, other_server

CLIENT, SECRET = "marhaba", "un secret: à garder"
#: made once: a key takes longer than a test
RSA, EC = RSAKey.generate_key(2048), ECKey.generate_key("P-256")


@dataclass
class OidcProvider:
    """What the provider knows, and how it lies.

    Attributes:
        person: whom it signs in, as claims.
        lie: changes the claims of an ID token before they are signed.
        description: what its description says otherwise.
        algorithm: how it signs: RS256, ES256, HS256 (with the client's secret) or none.
        in_token: whether the ID token tells the e-mail; else only `userinfo` does.
        status: what the token endpoint answers, if not 200.
        refuses: the error that it sends browsers back with.
    """

    server: OtherServer
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001",
            "email": "Organiser@Example.org",
            "email_verified": True,
        }
    )
    lie: Callable[[dict[str, Any]], object] = lambda _claims: None
    description: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    in_token: bool = True
    status: int = 200
    refuses: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    keys: KeySet = field(default_factory=lambda: KeySet([RSA, EC]))

    @property
    def issuer(self) -> str:
        return self.server.url

    def come_back(self, address: str) -> str:
        """Do what a browser does there, and return the path at which it comes back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{self.issuer}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        back = urlsplit(asked["redirect_uri"])
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        answer = {"error": self.refuses} if self.refuses else {"code": code}
        return f"{back.path}?{urlencode({**answer, 'state': asked['state']})}"

    def answer(self, reply: Handler, heard: Heard) -> None:
        path = urlsplit(heard.path).path
        if path == "/.well-known/openid-configuration":
            self._say(reply, self._description())
        elif path == "/keys":
            self._say(reply, self.keys.as_dict(private=False))
        elif path == "/token":
            self._exchange(reply, heard)
        elif (
            path == "/people"
            and heard.headers["authorization"].removeprefix("Bearer ") in self.tokens
        ):
            self._say(reply, self.person)
        else:
            self._say(reply, {"error": "not_found"}, 404)

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/people",
            "jwks_uri": f"{self.issuer}/keys",
            **self.description,
        }

    def _exchange(self, reply: Handler, heard: Heard) -> None:
        sent = {name: values[0] for name, values in parse_qs(heard.body.decode()).items()}
        asked = self.codes.pop(sent.get("code", ""), None)  # each is taken once
        if self.status != 200:
            return self._say(reply, {"error": "server_error"}, self.status)
        if self._client(heard, sent) != (CLIENT, SECRET):
            return self._say(reply, {"error": "invalid_client"}, 401)
        challenge = create_s256_code_challenge(sent.get("code_verifier", ""))
        if (
            asked is None
            or asked["redirect_uri"] != sent.get("redirect_uri")
            or asked["code_challenge"] != challenge
        ):
            return self._say(reply, {"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe(8)
        self.tokens.add(access)
        token = {"access_token": access, "token_type": "Bearer", "id_token": self._signed(asked)}
        return self._say(reply, token)

    def _signed(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **(self.person if self.in_token else {"sub": self.person["sub"]}),
        }
        self.lie(claims)
        if self.algorithm == "none":
            parts = [{"alg": "none", "typ": "JWT"}, claims]
            return ".".join([*(_base64(json.dumps(one).encode()) for one in parts), ""])
        key: Any = {"RS256": RSA, "ES256": EC}.get(self.algorithm)
        if key is None:
            key = OctKey.import_key(RSA.as_pem(private=False), {"kid": RSA.kid})
        header = {"alg": self.algorithm, "kid": key.kid}
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])

    @staticmethod
    def _client(heard: Heard, sent: dict[str, str]) -> tuple[str, str]:
        if basic := heard.headers.get("authorization", "").removeprefix("Basic "):
            name, _colon, secret = base64.b64decode(basic).decode().partition(":")
            return unquote_plus(name), unquote_plus(secret)
        return sent.get("client_id", ""), sent.get("client_secret", "")

    @staticmethod
    def _say(reply: Handler, told: Any, status: int = 200) -> None:
        reply.answer(status, json.dumps(told).encode(), Content_Type="application/json")


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def oidc_provider(tls: ssl.SSLContext | None = None) -> Iterator[OidcProvider]:
    """Run a provider while the block lasts."""
    made: list[OidcProvider] = []

    def answer(reply: Handler, heard: Heard) -> None:
        made[0].answer(reply, heard)

    with other_server(answer, tls) as server:
        made.append(OidcProvider(server))
        yield made[0]
