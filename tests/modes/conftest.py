"""A browser with a webcam, a mail server, and the mode that is tried."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.browser.webcam import Chromium
from tests.modes.mode import Place
from tests.services.mail_server import mail_server


@pytest.fixture(scope="session")
def installed_chromium(tmp_path_factory):
    with Chromium(tmp_path_factory.mktemp("webcams")) as chromium:
        yield chromium


@pytest.fixture
def chromium(installed_chromium):
    yield installed_chromium
    installed_chromium.tidy()


@pytest.fixture
def mode(request, tmp_path, chromium):
    """An installation of the kind that the test asks for; what it started ends with the test."""
    with mail_server(tmp_path / "mail") as mail, ExitStack() as until_the_end:
        place = Place(tmp_path, mail, until_the_end, request.getfixturevalue)
        mode = request.param(place)
        until_the_end.callback(mode.stop)
        yield mode
