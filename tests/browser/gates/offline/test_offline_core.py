"""The offline core of the scan page in a real Chromium decides and reads as Python does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checkin.domain.scanning.reasons import Reason
from checkin.protocol.codes import format_code, looks_like_ours, normalise_code, parse_code
from checkin.protocol.gate_list import badge_tag
from scanner.core.scan import Kind, Scan, Verdict
from tests.browser.gates.stations import ref_of
from tests.scanner.offline.lists import a_list, content
from tests.support import factories

pytestmark = pytest.mark.browser

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "admission.json").read_text("utf-8"))
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def page(chromium, server):
    page = chromium.start().new_page()
    page.goto(f"{server.url}/scan")
    return page


def test_every_vector_is_decided_as_in_python(page):
    told = page.evaluate(
        """async ({defaults, cases}) => {
          const { decide, FACTS, POLICY } = await import("/static/js/offline/admission.js");
          const { reasons } = await import("/static/js/scan/words.js");
          const moment = (text) => (text === null ? null : Date.parse(text));
          const policyOf = (given) => {
            const policy = {...defaults.policy, ...given};
            for (const name of ["opens_at", "closes_at", "reserve_from"])
              policy[name] = moment(policy[name]);
            policy.hours = policy.hours.map((one) => (
              {...one, opens_at: moment(one.opens_at), closes_at: moment(one.closes_at)}));
            return policy;
          };
          return {
            defaults: {facts: FACTS, policy: POLICY},
            verdicts: cases.map(({facts, at, policy}) =>
              decide({...defaults.facts, ...facts}, moment(at), policyOf(policy), reasons)),
          };
        }""",
        {"defaults": VECTORS["defaults"], "cases": VECTORS["cases"]},
    )

    named = dict(zip([case["name"] for case in VECTORS["cases"]], told["verdicts"], strict=True))
    assert named == {case["name"]: case["verdict"] for case in VECTORS["cases"]}
    assert told["defaults"] == VECTORS["defaults"]


def test_codes_are_parsed_as_in_python(page):
    tokens = [bytes([number]) * 15 + bytes([255 - number]) for number in range(0, 256, 4)]
    codes = [format_code(token) for token in tokens]
    texts = [*codes, "", "M", codes[0].lower(), codes[0] + "0", "N" + codes[0][1:], codes[1][:9]]
    for number, code in enumerate(codes):
        at = number % 29
        texts += [code[:at] + letter + code[at + 1 :] for letter in LETTERS]
        texts.append(code[:at] + code[at : at + 2][::-1] + code[at + 2 :])

    told = page.evaluate(
        """async texts => {
          const codes = await import("/static/js/offline/badge-code.js");
          return texts.map(text => [
            codes.parseCode(text) && [...codes.parseCode(text)],
            codes.isBadgeCode(text), codes.looksLikeOurs(text), codes.normaliseCode(text)]);
        }""",
        texts,
    )

    parsed = [parse_code(text) for text in texts]
    assert told == [
        [token and list(token), token is not None, looks_like_ours(text), normalise_code(text)]
        for text, token in zip(texts, parsed, strict=True)
    ]
    assert sum(token is not None for token in parsed) > 100


def test_entries_open_only_with_their_badge_and_tags_are_pythons(page):
    codes = [format_code(bytes([number]) * 16) for number in (1, 2)]
    body = a_list([(codes[0], content(1)), (codes[1], content(2))])

    told = page.evaluate(
        """async ([codes, entries]) => {
          const { parseCode } = await import("/static/js/offline/badge-code.js");
          const list = await import("/static/js/offline/list/gate-list.js");
          const { badgeRef, badgeTag, openEntry } = list;
          const [mine, other] = codes.map(parseCode);
          const torn = {...entries[0], sealed: entries[0].sealed.slice(0, -2) + "AA"};
          return {
            tags: [badgeTag(mine), badgeTag(other)],
            refs: [badgeRef(mine), badgeRef(other)],
            mine: await openEntry(mine, entries[0]),
            others: await openEntry(mine, entries[1]),
            torn: await openEntry(mine, torn),
          };
        }""",
        [codes, body["entries"]],
    )

    assert told == {
        "tags": [badge_tag(parse_code(code)) for code in codes],
        "refs": [ref_of(code) for code in codes],
        "mine": content(1),
        "others": None,
        "torn": None,
    }


CODE = format_code(bytes(range(16)))


def changed(body, **more):
    return {**body, **more}


NO_LIST = {"event": "", "publicKey": "", "cursor": 0}
PLAIN = a_list()
#: what is held, what arrives, what is said against it
LISTS = [
    ({}, PLAIN, None),
    ({}, a_list([(CODE, content(name='é "ل" \\ \n'))], [CODE], name="\u2028é"), None),
    ({}, {}, "unreadable"),
    ({}, changed(PLAIN, tombstones=None), "unreadable"),
    ({}, changed(PLAIN, signature=a_list(cursor=2)["signature"]), "forged"),
    ({}, changed(PLAIN, signature="%%%"), "forged"),
    ({}, changed(PLAIN, entries=[{"tag": "a", "sealed": "b"}]), "forged"),
    ({"publicKey": "another"}, PLAIN, "other_key"),
    ({"event": "elsewhere"}, PLAIN, "other_event"),
    ({"cursor": 5}, a_list(cursor=4), "older"),
    ({"cursor": 5}, a_list(cursor=7, since=5), None),
    ({"cursor": 5}, a_list(cursor=7, since=6), "gap"),
    ({"cursor": 5}, a_list(cursor=7), None),
]


def test_lists_are_taken_or_not_as_in_python(page):
    told = page.evaluate(
        """async cases => {
          const { objection, received } = await import("/static/js/offline/list/list-checks.js");
          return Promise.all(cases.map(([held, body]) => objection(held, received(body))));
        }""",
        [[NO_LIST | held, body] for held, body, _ in LISTS],
    )

    assert told == [against for _, _, against in LISTS]


def test_a_list_of_the_server_is_genuine(page, server, database, event, delegation):
    factories.badges(database, event, 30, delegation=delegation)
    token = factories.a_new_device(database, event).token

    told = page.evaluate(
        """async token => {
          const { objection, received } = await import("/static/js/offline/list/list-checks.js");
          const headers = {Authorization: `Bearer ${token}`};
          const answer = await fetch("/api/v1/gate-list", {headers});
          const list = received(await answer.json());
          const held = {event: "", publicKey: "", cursor: 0};
          return [list.entries.length, await objection(held, list)];
        }""",
        token,
    )

    assert told == [30, None]


def test_the_clock_corrects_and_a_jump_begins_a_frame_of_its_own(page):
    told = page.evaluate(
        """async () => {
          const { DeviceClock } = await import("/static/js/offline/clock.js");
          let [wall, steady] = [1_000_000_000_000, 0];
          const pass = (ms) => ((wall += ms), (steady += ms));
          const clock = new DeviceClock({wall: () => wall, steady: () => steady, keptSkew: 500});
          const said = [clock.corrected(wall) - wall];
          clock.note(wall - 90_000, wall, 200);
          said.push(clock.corrected(wall) - wall, clock.isOff());
          const frame = clock.frame;
          pass(60_000);
          const before = clock.serverNow();
          said.push(clock.frame === frame);
          wall -= 3_600_000; // somebody sets the clock back
          said.push(clock.serverNow() - before, clock.frame === frame, clock.skew);
          said.push(clock.isBelievable()); // by how much it was set back is known here
          return said;
        }"""
    )

    assert told == [-500, -90_000, True, True, 0, False, None, True]


def test_every_verdict_has_the_face_that_it_has_in_the_window(page):
    shown = [
        {"status": status, "reason": reason, "offline": offline}
        for offline in (False, True)
        for status, reason in [("ok", None), *[("error", str(one)) for one in Reason]]
    ]

    told = page.evaluate(
        """async (shown) => {
          const { kindOf } = await import("/static/js/offline/scan.js");
          const { rowOf } = await import("/static/js/scan/words.js");
          return shown.map((verdict) => kindOf(verdict, rowOf(verdict.reason)));
        }""",
        shown,
    )

    names = {Kind.ADMITTED: "ok"}  # what the page calls it
    by_window = [Verdict(Scan(code=""), message="", **one).kind for one in shown]
    assert told == [names.get(kind, str(kind)) for kind in by_window]
    assert told[1 + list(Reason).index(Reason.CHECKOUT_REQUIRED)] == "already"


def test_a_page_without_all_reasons_lets_nobody_in_by_the_rest_of_the_rules(page):
    """A browser may have kept the page of one version and the scripts of another."""
    told = page.evaluate(
        """async code => {
          const { reasons } = await import("/static/js/scan/words.js");
          const { OfflineGate } = await import("/static/js/offline/decisions.js");
          const { newScan } = await import("/static/js/offline/scan.js");
          const handed = [[], reasons.slice(1), [...reasons.slice(1), {reason: "of_tomorrow"}]];
          const answers = handed.map((rows) => {
            const gate = new OfflineGate({}, {lease: () => ({walkInKey: "k"})}, {}, {}, rows);
            return gate.answer(newScan(code, "entry", "typed", 0)).then(
              ({verdict, decided}) => [verdict.unconfirmed, decided, gate.walkInKey]);
          });
          return Promise.all(answers);
        }""",
        CODE,
    )

    assert told == [[True, None, ""]] * 3
