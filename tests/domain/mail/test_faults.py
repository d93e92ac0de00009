"""What is wrong with a mail server, by the step at which it happened and what it answered."""

from __future__ import annotations

import pytest

from checkin.domain.mail.faults import MailFault, fault_of
from checkin.domain.mail.rules import Step


@pytest.mark.parametrize(
    ("step", "code", "fault"),
    [
        (Step.TLS, None, MailFault.TLS),
        (Step.SENDER, None, MailFault.UNREACHED),
        (Step.SENDER, 451, MailFault.NOT_NOW),
        # a server that lets nobody sign in now has most often heard a wrong password
        (Step.SIGN_IN, 454, MailFault.SIGN_IN),
        (Step.SIGN_IN, 535, MailFault.SIGN_IN),
        (Step.TLS, 554, MailFault.TLS),
        (Step.SENDER, 550, MailFault.SENDER),
        (Step.RECIPIENT, 550, MailFault.RECIPIENT),
        (Step.DATA, 554, MailFault.MESSAGE),
        (Step.TEXT, 554, MailFault.MESSAGE),
    ],
)
def test_a_fault_is_of_the_step_unless_the_server_takes_nothing_now(step, code, fault):
    assert fault_of(step, code) is fault


def test_a_refusal_at_any_other_step_is_a_refusal():
    others = set(Step) - {
        *(Step.TLS, Step.SIGN_IN, Step.SENDER),
        *(Step.RECIPIENT, Step.DATA, Step.TEXT),
    }

    assert {fault_of(step, 554) for step in others} == {MailFault.REFUSED}
