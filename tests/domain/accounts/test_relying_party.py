"""At which addresses browsers make and use passkeys."""

from __future__ import annotations

import pytest

from checkin.domain.accounts.relying_party import relying_party


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://marhaba.example.org/", "marhaba.example.org"),
        ("https://marhaba.local:8443/", "marhaba.local"),
        ("http://localhost:8000/", "localhost"),
        ("http://marhaba.example.org/", None),
        ("https://192.168.1.20:8443/", None),
        ("https://[fe80::1]/", None),
        ("http://127.0.0.1:8000/", None),
        ("https:///", None),
    ],
)
def test_passkeys_are_offered_for_a_name_over_https_and_for_localhost(url, host):
    party = relying_party(url)

    assert (party.host if party else None) == host
    assert party is None or party.origin + "/" == url
