"""A mail server, and the settings of a server that sends by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from checkin.settings import Settings
from tests.services.mail.mail_server import MailServer, mail_server
from tests.support.factories import BASE_URL, MASTER_KEY


@pytest.fixture
def smtp(tmp_path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "taken", kept="headers") as server:
        yield server


@pytest.fixture
def settings(database_url, tmp_path, smtp) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=MASTER_KEY.hex(),
        base_url=BASE_URL,
        mail_url=smtp.url,
        mail_from="badges@example.org",
        mail_domain_spacing_ms=0,
    )
