"""The link that saves a badge in Google Wallet."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from badges.spec import BadgeError
from badges.wallet.google import SAVE, google_link, link_signer
from badges.wallet.ticket import Ticket
from tests.badges.specs import a_spec
from tests.badges.wallet.keys import ISSUER, a_key, a_service_account
from tests.badges.wallet.test_apple import TICKET

NOW = datetime(2025, 6, 2, tzinfo=UTC)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_in(ticket: Ticket) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a link's header and claims, once the signature was checked."""
    link = google_link(ticket, link_signer(a_service_account(), ISSUER), NOW)
    assert link.startswith(SAVE)
    header, claims, signature = link.removeprefix(SAVE).split(".")
    public = a_key("google").public_key()
    public.verify(decoded(signature), f"{header}.{claims}".encode(), PKCS1v15(), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(
            decoded(signature), f"{header}.{claims}x".encode(), PKCS1v15(), hashes.SHA256()
        )
    return json.loads(decoded(header)), json.loads(decoded(claims))


def test_the_token_is_signed_by_the_service_account() -> None:
    header, claims = claims_in(TICKET)

    payload = claims.pop("payload")
    assert header == {"alg": "RS256", "typ": "JWT", "kid": "0123456789abcdef"}
    assert claims == {
        "iss": "badges@example.iam.gserviceaccount.com",
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(NOW.timestamp()),
    }
    assert set(payload) == {"eventTicketClasses", "eventTicketObjects"}


def test_the_object_is_the_badge_of_its_event() -> None:
    payload = claims_in(TICKET)[1]["payload"]
    [event], [badge] = payload["eventTicketClasses"], payload["eventTicketObjects"]

    assert event == {
        "id": f"{ISSUER}.20250601080000-1",
        "issuerName": "Association Ibn Rochd",
        "reviewStatus": "UNDER_REVIEW",
        "eventName": {"defaultValue": {"language": "ar", "value": "اللقاء الجهوي"}},
        "dateTime": {"start": "2025-06-14T15:00:00+01:00"},
    }
    assert badge == {
        "id": f"{ISSUER}.0a1b2c",
        "classId": event["id"],
        "state": "ACTIVE",
        "barcode": {
            "type": "QR_CODE",
            "value": TICKET.spec.code,
            "alternateText": TICKET.spec.grouped_code,
        },
        "ticketHolderName": "محمد أيت بنحدو",
        "ticketNumber": "KHE-0001",
        "textModulesData": [{"id": "d", "header": "الوفد", "body": "الخميسات"}],
        "hexBackgroundColor": "#1f4e9e",
        "validTimeInterval": {"end": {"date": "2025-06-14T18:00:00+00:00"}},
    }


def test_a_sensitive_event_is_not_named() -> None:
    _, claims = claims_in(replace(TICKET, sensitive=True))

    said = json.dumps(claims, ensure_ascii=False)
    revealing = ("اللقاء الجهوي", "Rencontre", "Ibn Rochd", "المجلس")
    assert [word for word in revealing if word in said] == []


def test_a_link_of_long_names_is_short_enough_for_every_browser() -> None:
    long = a_spec(name="م" * 60, name_ar="م" * 60, delegation_ar="م" * 60, language="ar")

    link = google_link(replace(TICKET, spec=long), link_signer(a_service_account(), ISSUER), NOW)

    assert len(link) < 2400


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", a_service_account().replace(b"BEGIN", b"END")]
)
def test_a_file_that_is_no_service_account_is_refused(content: bytes) -> None:
    with pytest.raises(BadgeError, match="not the key of a service account"):
        link_signer(content, ISSUER)
