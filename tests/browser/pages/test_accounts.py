"""The first sign-in of an administrator, and a passkey, in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkin.db.models import Role
from checkin.services.accounts.operators import add_operator
from tests.browser.accessibility import serious_findings
from tests.browser.first_sign_in import EMAIL, OWN_PASSWORD, first_sign_in
from tests.support import factories

pytestmark = pytest.mark.browser

#: what a laptop with a fingerprint reader is to the browser
READER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
#: somebody closes the browser's question
_DECLINES = """() => {
  navigator.credentials.get = () => Promise.reject(new DOMException("", "NotAllowedError"));
}"""


@pytest.fixture
def first_password(database) -> str:
    account = {"email": EMAIL, "name": "Administrateur", "role": Role.ADMINISTRATOR}
    now = datetime.now(UTC)
    return factories.write(database, lambda s: add_operator(s, **account, now=now).password)


@pytest.fixture
def page(server, context):
    """A page at the name of the server, in a browser with a fingerprint reader."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": READER})
    page.goto(f"{server.url}/?lang=fr")
    return page


def test_an_administrator_signs_in_for_the_first_time_and_later_with_a_passkey(
    server, page, first_password
):
    home = server.url + "/"
    first_sign_in(page, first_password)
    page.wait_for_url(home)

    page.goto(f"{home}account/second-factor")
    page.click("#passkey button")
    page.wait_for_selector("td:has-text('localhost')")
    assert serious_findings(page) == []

    page.click(".top form[action='/logout'] button")
    page.fill("#email", EMAIL)
    page.fill("#password", OWN_PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector("#passkey button")
    assert serious_findings(page) == []

    page.evaluate(_DECLINES)
    page.click("#passkey button")
    page.wait_for_selector("#passkey-problem:visible")

    page.reload()
    page.click("#passkey button")
    page.wait_for_url(home)
