"""A browser with a webcam, for the time of a test."""

from __future__ import annotations

import pytest

from tests.browser.gates.webcam import Chromium


@pytest.fixture
def chromium(tmp_path_factory):
    with Chromium(tmp_path_factory.mktemp("webcams")) as chromium:
        yield chromium
