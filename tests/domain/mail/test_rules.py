"""The rule table of mail servers' answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkin.domain.mail.rules import WAITS, Fate, Step, fate_of


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


def test_a_message_that_is_refused_for_now_waits_as_the_guide_to_e_mail_says():
    assert [wait / timedelta(minutes=1) for wait in WAITS] == [1, 5, 15, 60, 240, 720]


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.TEXT])
def test_that_a_step_was_taken_is_no_outcome(step):
    with pytest.raises(ValueError, match="is no end"):
        fate_of(step, 250)


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
