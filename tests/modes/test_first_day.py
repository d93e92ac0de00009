"""One story in every way in which people run Marhaba."""

from __future__ import annotations

import pytest

from tests.modes.behind_nginx import behind_nginx
from tests.modes.installed_wheel import installed_wheel
from tests.modes.laptop import laptop_over_http, laptop_over_tls
from tests.modes.story import first_day

pytestmark = pytest.mark.browser

MODES = {
    "laptop-http": laptop_over_http,
    "laptop-tls": laptop_over_tls,
    "nginx": behind_nginx,
    "wheel": installed_wheel,
}
#: those whose parts of the program are there
READY = ["laptop-http"]


@pytest.mark.parametrize("mode", [pytest.param(MODES[one], id=one) for one in READY], indirect=True)
def test_the_first_day_from_nothing_to_the_list_of_arrivals(mode, chromium):
    first_day(mode, chromium)
