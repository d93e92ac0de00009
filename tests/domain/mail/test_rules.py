"""The rule table of mail servers' answers."""

from __future__ import annotations

import pytest

from checkin.domain.mail.rules import Fate, Step, fate_of


def test_every_step_has_a_fate_for_every_kind_of_fault():
    table = {step: [fate_of(step, code) for code in (451, 550, None)] for step in Step}

    halted, later, failed, unknown = Fate.HALTED, Fate.LATER, Fate.FAILED, Fate.UNKNOWN
    assert table == {
        Step.CONNECT: [halted, halted, halted],
        Step.TLS: [halted, halted, halted],
        Step.SIGN_IN: [halted, halted, halted],
        Step.SENDER: [later, halted, later],
        Step.RECIPIENT: [later, failed, later],
        Step.DATA: [later, failed, later],
        Step.TEXT: [later, failed, unknown],
    }


@pytest.mark.parametrize(
    ("step", "code", "fate"),
    [
        (Step.TEXT, 250, Fate.SENT),
        (Step.TEXT, 354, Fate.UNKNOWN),
        (Step.SENDER, 552, Fate.FAILED),
        (Step.RECIPIENT, 552, Fate.LATER),
        (Step.RECIPIENT, 421, Fate.LATER),
    ],
)
def test_some_codes_say_something_of_their_own(step, code, fate):
    assert fate_of(step, code) is fate
