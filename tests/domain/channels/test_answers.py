"""What the answers of gateways mean: for one message, for the channel, and for how long."""

from __future__ import annotations

import json

import pytest

from checkin.domain.channels.answers import RESTS_S, ChannelFault, of_sms, of_whatsapp
from checkin.domain.mail.rules import Fate


def refused(code: int, status: int = 400, **more: object):
    error = {"message": "(#1) no", "type": "OAuthException", "code": code, **more}
    return of_whatsapp(status, json.dumps({"error": error}).encode())


def test_whatsapp_has_taken_what_it_gives_an_id():
    handed = of_whatsapp(200, b'{"messages": [{"id": "wamid.HBg"}]}')

    assert (handed.fate, handed.answer) == (Fate.SENT, "wamid.HBg")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"messages": []}', b'{"messages": [1]}'])
def test_an_answer_that_is_none_of_whatsapp_s_leaves_open_whether_it_was_taken(body):
    assert of_whatsapp(200, body).fate is Fate.UNKNOWN


@pytest.mark.parametrize("code", [131026, 131009, 131030, 131049, 131050, 131021, 100])
def test_a_number_that_whatsapp_cannot_reach_is_final_for_this_channel(code):
    assert (refused(code).fate, refused(code).fault) == (Fate.FAILED, None)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (190, ChannelFault.REFUSED),
        (10, ChannelFault.REFUSED),
        (200, ChannelFault.REFUSED),
        (131005, ChannelFault.REFUSED),
        (133010, ChannelFault.ADDRESS),
        (132001, ChannelFault.TEMPLATE),
        (132015, ChannelFault.TEMPLATE),
        (131042, ChannelFault.ACCOUNT),
        (368, ChannelFault.ACCOUNT),
    ],
)
def test_what_every_message_would_meet_stops_whatsapp(code, fault):
    assert (refused(code, 401).fate, refused(code, 401).fault) == (Fate.HALTED, fault)


def test_a_number_id_that_meta_does_not_know_stops_whatsapp():
    assert refused(100, error_subcode=33).fault is ChannelFault.ADDRESS


@pytest.mark.parametrize("code", [130429, 80007, 4, 131048])
def test_not_so_fast_lets_whatsapp_rest(code):
    assert (refused(code).fate, refused(code).rest_s) == (Fate.LATER, RESTS_S)


def test_too_many_to_one_number_keeps_back_nobody_else():
    for status in (400, 429):
        handed = refused(131056, status)
        assert (handed.fate, handed.rest_s) == (Fate.LATER, 0)


@pytest.mark.parametrize(
    "handed", [of_whatsapp(503, b"bad gateway"), refused(131000, 500), refused(131016, 400)]
)
def test_a_fault_of_whatsapp_s_is_tried_again(handed):
    assert (handed.fate, handed.fault) == (Fate.LATER, None)


@pytest.mark.parametrize(
    ("status", "fate", "fault"),
    [
        (200, Fate.SENT, None),
        (202, Fate.SENT, None),
        (302, Fate.HALTED, ChannelFault.ADDRESS),
        (400, Fate.FAILED, None),
        (401, Fate.HALTED, ChannelFault.REFUSED),
        (402, Fate.HALTED, ChannelFault.ACCOUNT),
        (403, Fate.HALTED, ChannelFault.REFUSED),
        (404, Fate.HALTED, ChannelFault.ADDRESS),
        (408, Fate.LATER, None),
        (422, Fate.FAILED, None),
        (429, Fate.LATER, None),
        (500, Fate.LATER, None),
        (503, Fate.LATER, None),
    ],
)
def test_an_sms_gateway_is_understood_by_its_status(status, fate, fault):
    handed = of_sms(status, b"said")

    assert (handed.fate, handed.fault, handed.answer) == (fate, fault, f"{status} said")


@pytest.mark.parametrize(
    ("header", "rest_s"), [("7", 7), ("", RESTS_S), ("tomorrow", RESTS_S), ("999999", 3600)]
)
def test_a_gateway_says_how_long_to_wait(header, rest_s):
    assert of_sms(429, b"", header).rest_s == rest_s
