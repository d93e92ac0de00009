"""Setting up from nothing, and doing it again."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from pathlib import Path

import pytest
from sqlalchemy import update

from checkin.db.models import Device, Event
from checkin.protocol.codes import parse_code
from tests.cli.conftest import Run
from tests.support.databases.databases import opened
from tests.support.factories import write
from tests.support.others.redis_server import RedisServer

_CODE = re.compile(r"^  ([a-z2-7]{4}(?:-[a-z2-7]{4}){5})$", re.M)


def codes_of(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("badges", "codes", "--csv", "-").out)))


def test_init_makes_a_key_and_tells_the_first_password_and_recovery_codes_once(
    run: Run, home: Path
) -> None:
    first, again = run("init"), run("init")

    assert "password (shown this once): " in first.out
    assert len(set(_CODE.findall(first.out))) == 10
    assert "and for an authenticator app." in first.out
    assert "password" not in again.out
    assert not _CODE.search(again.out)
    assert stat.S_IMODE((home / "master.key").stat().st_mode) == 0o600


def test_init_speaks_of_no_app_where_none_is_asked_for(run: Run, monkeypatch) -> None:
    monkeypatch.setenv("CHECKIN_SECOND_FACTOR", "optional")

    assert "of your own, within seven days.\n" in run("init").out


def test_commands_before_init_say_what_to_do(run: Run) -> None:
    ran = run("badges", "codes", "--csv", "-")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: the database is not set up: run `python -m checkin init` first\n"


def test_a_mistyped_setting_is_named_with_the_right_one(run: Run, monkeypatch) -> None:
    monkeypatch.setenv("CHECKIN_DATABASE_ULR", "sqlite:///x.db")

    ran = run("init")

    assert ran.code == 1
    assert "CHECKIN_DATABASE_ULR is not a setting; did you mean CHECKIN_DATABASE_URL?" in ran.err


def test_the_demo_has_people_of_every_standing_and_codes_that_parse(demo: Run) -> None:
    codes = codes_of(demo)

    assert list(codes[0]) == [
        "participant_id",
        "delegation",
        "category",
        "status",
        "name",
        "code",
    ]
    assert {line["status"] for line in codes} == {"confirmed", "reserve", "canceled"}
    assert sum(line["status"] == "confirmed" for line in codes) >= 50
    assert all(parse_code(line["code"]) for line in codes)
    assert len({line["code"] for line in codes}) == 60


def test_the_same_seed_invents_the_same_people(run: Run, tmp_path: Path, monkeypatch) -> None:
    def people(home: str, seed: int) -> list[tuple[str, ...]]:
        monkeypatch.setenv("CHECKIN_HOME", str(tmp_path / home))
        assert run("demo", "--participants", 40, "--seed", seed).code == 0
        return [tuple(line.values())[:-1] for line in codes_of(run)]

    one, same, other = people("a", 7), people("b", 7), people("c", 8)

    assert one == same
    assert one != other


def test_the_demo_loaded_again_keeps_its_data(demo: Run) -> None:
    before = codes_of(demo)

    ran = demo("demo", "--participants", 500, "--json")

    assert json.loads(ran.out) == {"event": "rabat-2025", "participants": 60, "new": False}
    assert codes_of(demo) == before


def test_a_device_is_added_with_its_gate(demo: Run) -> None:
    added = json.loads(demo("device", "add", "--gate", "Porte 9", "--json").out)

    assert set(added) == {"device_id", "device_token", "gate"}
    assert added["gate"] == "Porte 9"


@pytest.mark.parametrize("may_search", [True, False])
def test_a_device_that_is_added_may_search_as_the_event_says(
    demo: Run, home: Path, may_search: bool
) -> None:
    with opened(f"sqlite:///{home / 'marhaba.db'}") as database:
        said = update(Event).values(gates_may_search=may_search)
        write(database, lambda session: session.execute(said))
        added = json.loads(demo("device", "add", "--gate", "Porte 9", "--json").out)
        with database.read() as session:
            device = session.get_one(Device, added["device_id"])

    assert device.may_search is may_search


def test_a_gate_that_is_made_by_a_slip_is_told_with_the_known_ones(demo: Run) -> None:
    known, new = (demo("device", "pair", "--gate", gate) for gate in ("porte 1", "Prote 1"))

    assert (known.code, known.err, new.code) == (0, "", 0)
    assert "no gate is called 'Prote 1'; gates: Porte 1, Porte 2, Porte 3, Tribune" in new.err
    assert new.out.startswith("pairing code for Prote 1: ")


def test_an_event_of_ones_own_takes_delegations_and_an_import(run: Run, tmp_path: Path) -> None:
    run("init")
    assert (
        run(
            *("event", "add", "congres", "--name", "Congrès", "--venue", "Salle", "--starts"),
            "2026-12-05 15:00",
        ).code
        == 0
    )
    assert run("delegation", "add", "Khémisset", 1).code == 0
    people = tmp_path / "people.csv"
    people.write_text("Nom;Délégation\nAmina Tazi;khemisset\nOmar Alaoui;KHÉMISSET\n", "utf-8")

    ran = run("import", people, "--json")
    moved = run("delegation", "quota", "Khémisset", 2)

    assert json.loads(ran.out)["counts"] == {"add": 2, "change": 0, "skip": 0, "refuse": 0}
    assert "confirmed from the reserve list: 1" in moved.out


@pytest.fixture
def waiting(run: Run, tmp_path: Path) -> Run:
    """Return an event of which two people wait for a place, one of them with an address."""
    run("init")
    event = ("--name", "Congrès", "--venue", "Salle", "--starts", "2126-12-05 15:00")
    run("event", "add", "congres", *event)
    run("delegation", "add", "Khémisset", 0)
    people = tmp_path / "people.csv"
    people.write_text(
        "Nom;Délégation;E-mail\nAmina Tazi;Khémisset;amina@example.org\nOmar Alaoui;Khémisset;\n",
        "utf-8",
    )
    assert run("import", people).code == 0
    return run


@pytest.mark.parametrize(("options", "told"), [((), 1), (("--tell",), 1), (("--no-tell",), 0)])
def test_whoever_moves_up_by_a_new_quota_is_told_as_a_script_says(
    waiting: Run, options: tuple[str, ...], told: int
) -> None:
    ran = waiting("delegation", "quota", "Khémisset", 2, *options)

    said = f"Khémisset: 2 places; confirmed from the reserve list: 2; told by a message: {told}\n"
    assert (ran.out, ran.err) == (said, "")


@pytest.mark.parametrize(("answer", "told"), [("y", 1), ("n", 0)])
def test_a_terminal_says_how_many_a_new_quota_would_tell_and_asks(
    waiting: Run, monkeypatch: pytest.MonkeyPatch, answer: str, told: int
) -> None:
    monkeypatch.setattr("checkin.cli.telling.is_at_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))

    ran = waiting("delegation", "quota", "Khémisset", 2)

    assert ran.err.startswith("People who would be told by a message: 1\nTell them [y/n]: ")
    assert ran.out.endswith(f"from the reserve list: 2; told by a message: {told}\n")


def test_a_quota_below_the_places_taken_is_refused(demo: Run) -> None:
    ran = demo("delegation", "quota", "Khémisset", 1)

    assert ran.code == 1
    assert "places are taken: give as many or more, or cancel registrations first" in ran.err


def test_another_master_key_is_noticed_before_wrong_codes_are_written(
    demo: Run, home: Path
) -> None:
    (home / "master.key").write_text("ab" * 32 + "\n")

    ran = demo("badges", "codes", "--csv", "-")

    assert (ran.code, ran.out) == (1, "")
    assert "the master key is not the one" in ran.err


def test_the_doctor_finds_a_good_machine_well(demo: Run) -> None:
    ran = demo("doctor")

    assert ran.code == 0, ran.out
    assert "✗" not in ran.out


def test_the_doctor_says_whether_the_redis_of_the_limits_answers(
    demo: Run, redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_LIMITS_URL", redis.url)
    well = demo("doctor")
    monkeypatch.setenv("CHECKIN_LIMITS_URL", f"unix://{tmp_path}/nobody")
    ill = demo("doctor")

    assert (well.code, "✓ limits" in well.out) == (0, True)
    assert ill.code == 1
    assert "✗ limits: CHECKIN_LIMITS_URL does not answer: each node counts alone" in ill.out


def test_another_place_for_limits_is_refused(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_LIMITS_URL", "memcached://localhost")

    ran = run("init")

    assert ran.code == 1
    assert "CHECKIN_LIMITS_URL: must begin with redis://, rediss:// or unix://" in ran.err


def test_a_supervisor_gets_a_pin_and_a_volunteer_none(demo: Run) -> None:
    for role in ("supervisor", "volunteer"):
        demo("operator", "add", f"{role}@example.org", "--name", "Amina Tazi", "--role", role)

    given, refused = (
        demo("operator", "pin", "supervisor@example.org"),
        demo("operator", "pin", "volunteer@example.org"),
    )

    assert given.out.startswith("PIN of supervisor@example.org (shown this once): ")
    assert given.out.rpartition(": ")[2].strip().isdigit()
    assert (refused.code, refused.out) == (1, "")


def test_a_forgotten_password_is_replaced(demo: Run) -> None:
    ran, unknown = (
        demo("operator", "password", "admin@example.org"),
        demo("operator", "password", "nobody@example.org"),
    )

    assert ran.out.startswith("password of admin@example.org (shown this once): ")
    assert unknown.code == 1
    assert "nobody@example.org has no account" in unknown.err


def test_a_lost_second_factor_is_taken_away(demo: Run) -> None:
    ran, unknown = (
        demo("operator", "reset-second-factor", "admin@example.org"),
        demo("operator", "reset-second-factor", "nobody@example.org"),
    )

    assert (ran.code, ran.out.startswith("admin@example.org signs in")) == (0, True)
    assert (unknown.code, unknown.out) == (1, "")
