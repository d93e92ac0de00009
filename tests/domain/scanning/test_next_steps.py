"""The next step of each refusal, and its act in every language."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from checkin.domain.common.contacts import dialled
from checkin.domain.scanning.messages import verdict_message
from checkin.domain.scanning.next_steps import (
    ACTS,
    GateName,
    NextStep,
    Step,
    StepFacts,
    act_message,
    act_sentences,
    moment_text,
    right_gates,
)
from checkin.domain.scanning.reasons import REASONS, Reason, step_for
from checkin.domain.scanning.timetable import Opening
from checkin.words.languages import LANGUAGES
from tests.support.servers.server_process import ROOT

VECTORS = json.loads((ROOT / "tests" / "vectors" / "next_steps.json").read_text("utf-8"))
GATES = {gate["id"]: GateName(**gate) for gate in VECTORS["gates"]}
GATE_3 = GATES[3]


def moment(text):
    return text and datetime.fromisoformat(text)


def typed(opening):
    return opening | ({"at": moment(opening["at"])} if "at" in opening else {})


def facts_of(case):
    limited, admitting = case.get("limited", []), case.get("admitting", [])
    known = {"phone": case.get("phone"), "replaced_at": moment(case.get("replaced_at"))}
    known["opening"] = Opening(**typed(case.get("opening", {})))
    gates = right_gates(list(GATES.values()), limited, admitting) if "limited" in case else ()
    return StepFacts(gates=gates, **known)


def step_in(told):
    gates = tuple(GATES[one] for one in told.get("gates", []))
    return Step(NextStep(told["act"]), gates, moment(told.get("at")), told.get("phone"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["reason"])
def test_a_step_is_the_best_that_the_facts_allow(case):
    assert step_for(case["reason"], facts_of(case)) == step_in(case["step"])


def test_every_reason_has_vectors_and_every_act_a_reason():
    told = {case["reason"] for case in VECTORS["cases"]}
    acts = {step for row in REASONS for step in (row.next_step, *row.known_steps)}

    assert (told, acts) == (set(Reason), set(NextStep))


def test_every_act_is_said_in_every_language():
    step = {"gates": (GATE_3,), "phone": "06 12 34 56 78"}
    for act in NextStep:
        said = {act_message(Step(act, **step), tag, time="14:02") for tag in LANGUAGES}
        named = {"{gates}": "Porte\u00a03", "{time}": "14:02", "{phone}": "06\u00a012"}
        wanted = [value for place, value in named.items() if place in ACTS[act]]
        assert len(said) == len(LANGUAGES)
        assert all(value in one for value in wanted for one in said)


def test_a_page_gets_the_acts_with_their_places_open():
    assert act_sentences("en") == ACTS
    assert act_sentences("fr")[NextStep.SUPERVISOR] == "appeler un superviseur"


def test_a_gate_is_named_in_both_scripts_the_readers_first():
    step = Step(NextStep.RIGHT_GATE, (GATE_3, GATES[2]))

    assert act_message(step, "en") == (
        "send to \u2068Porte\u00a03\u2069\u00a0· \u2068الباب\u00a03\u2069, \u2068Porte\u00a02\u2069"
    )
    gates = "\u2068الباب\u00a03\u2069\u00a0· \u2068Porte\u00a03\u2069، \u2068Porte\u00a02\u2069"
    # In no isolate of their own, which has no letter and would run from the left.
    assert act_message(step, "ar").endswith(f" {gates}")


def test_a_sentence_ends_with_what_is_known_of_the_step():
    act = act_message(Step(NextStep.REPLACED, at=datetime.now(UTC)), "en", time="14:02")

    assert verdict_message("error", "revoked", "en", act=act) == (
        "Badge revoked: send to the help desk (replaced at 14:02)"
    )


def test_a_moment_of_another_day_has_its_date():
    rabat, now = timezone(timedelta(hours=1)), datetime(2025, 6, 14, 14, tzinfo=UTC)

    assert moment_text(now, rabat, now) == "15:00"
    assert moment_text(now - timedelta(hours=16), rabat, now) == "13/06 23:00"


def test_a_telephone_is_written_as_people_dial_it():
    assert dialled("+212612345678") == "06 12 34 56 78"
    assert dialled("+33612345678") == "+33612345678"
