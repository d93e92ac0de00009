"""One story in every way in which people run Marhaba."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.modes.behind_nginx import behind_nginx
from tests.modes.installed_wheel import installed_wheel
from tests.modes.laptop import laptop_over_http, laptop_over_tls
from tests.modes.mode import Place
from tests.modes.story import first_day
from tests.modes.venue import can_be_apart, run_apart
from tests.services.mail.mail_server import mail_server

pytestmark = pytest.mark.browser

MODES = {
    "laptop-http": laptop_over_http,
    "laptop-tls": laptop_over_tls,
    "nginx": behind_nginx,
    "wheel": installed_wheel,
}


#: over http the same laptop is tried by the installed wheel, too, over TLS by
#: tests/browser/test_tls_day.py and tests/test_gates_over_tls.py, and nginx by `test_nodes`
ONLY_IN_PROOFS = {"laptop-http", "laptop-tls", "nginx"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.proof] * (name in ONLY_IN_PROOFS)) for name in MODES],
)
def test_the_first_day_from_nothing_to_the_list_of_arrivals(name, request, tmp_path):
    if can_be_apart():
        run_apart(request.node.nodeid, tmp_path / "apart")
        return
    chromium = request.getfixturevalue("chromium")
    with mail_server(tmp_path / "mail") as mail, ExitStack() as until_the_end:
        mode = MODES[name](Place(tmp_path, mail, until_the_end, request.getfixturevalue))
        until_the_end.callback(mode.stop)
        first_day(mode, chromium)
