"""Other programs read of an event what their token permits, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from checkin.db.models import Event, Participant, ReadToken
from checkin.domain.integrations.read_tokens import Scope, chosen_scopes
from checkin.services.integrations.read_tokens import add_token, revoke_token
from checkin.services.limits.rules import READS, WRONG_TOKENS
from checkin.services.scanning.annul import annul_scan
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.api_client import Api
from tests.support.factories import NOW, write

READ = "/api/v1/read"
DAY = timedelta(days=1)


class Program:
    """Another program with a token."""

    def __init__(self, app, database, event, *scopes, lifetime=DAY):
        self._client = app.test_client()
        self.row, self.token = write(
            database,
            lambda s: add_token(
                s, event, "Écran", scopes, lifetime, operator_id=None, now=datetime.now(UTC)
            ),
        )

    def ask(self, path, token=None, method="GET"):
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self._client.open(f"{READ}{path}", method=method, headers=headers)

    def read(self, path):
        answer = self.ask(path)
        assert answer.status_code == 200, answer.json
        return answer.json


@pytest.fixture
def people(database, event):
    amina = factories.a_participant(
        database, event, "Amina Alaoui", name_ar="أمينة العلوي", email="amina@example.org",
        phone="+212612345678",
    )  # fmt: skip
    omar = factories.a_participant(database, event, "Omar Tazi")
    return amina, omar


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_reads_what_its_scope_says_and_is_refused_the_rest(app, database, event, scope):
    program = Program(app, database, event, *chosen_scopes([scope]))
    paths = {"/counts": Scope.COUNTS, "/arrivals": Scope.ARRIVALS, "/people": Scope.PEOPLE}
    may = set(chosen_scopes([scope]))

    answered = {path: program.ask(path).status_code for path in paths}

    assert answered == {path: 200 if needed in may else 403 for path, needed in paths.items()}
    assert program.read("/token")["scopes"] == sorted(may)


def test_people_come_without_contacts_unless_the_token_reads_them(app, database, event, people):
    plain = Program(app, database, event, Scope.PEOPLE).read("/people")
    whole = Program(app, database, event, Scope.PEOPLE, Scope.CONTACTS).read("/people")

    [amina, omar] = plain["people"]
    assert plain["next"] is None
    assert amina == {
        "id": people[0].participant_id,
        "name": "Amina Alaoui",
        "name_ar": "أمينة العلوي",
        "delegation_id": amina["delegation_id"],
        "delegation": "Khémisset",
        "category": "Militant",
        "status": "confirmed",
    }
    assert omar["name_ar"] is None
    contacts = {"email": "amina@example.org", "phone": "+212612345678"}
    assert whole["people"][0] == amina | contacts


def test_pages_follow_one_another_by_number(app, database, event, people):
    program = Program(app, database, event, Scope.PEOPLE)

    first = program.read("/people?limit=1")
    second = program.read(f"/people?limit=1&after={first['next']}")
    third = program.read(f"/people?limit=1&after={second['next']}")

    names = [one["name"] for page in (first, second, third) for one in page["people"]]
    assert names == ["Amina Alaoui", "Omar Tazi"]
    assert third["next"] is None


@pytest.mark.parametrize(
    "asked", ["limit=0", "limit=501", "limit=x", "after=-1", "after=9999999999"]
)
def test_a_page_that_cannot_be_is_named(app, database, event, asked):
    answer = Program(app, database, event, Scope.PEOPLE).ask(f"/people?{asked}")

    assert answer.status_code == 400
    assert answer.json["detail"].startswith(asked.partition("=")[0])


def test_whoever_is_to_be_checked_or_was_merged_is_left_out(app, database, event, people):
    amina, omar = (one.participant_id for one in people)
    of = Participant.id
    write(
        database,
        lambda s: (
            s.execute(update(Participant).values(standing="canceled", canceled_at=NOW)),
            s.execute(update(Participant).where(of == omar).values(merged_into=amina)),
            s.execute(update(Participant).where(of == amina).values(unchecked_as="confirmed")),
        ),
    )

    assert Program(app, database, event, Scope.PEOPLE).read("/people")["people"] == []


def test_arrivals_name_nobody_and_say_when_they_were_undone(app, database, event, people):
    device = factories.a_device(database, event)
    scans = [
        factories.scan(database, device, factories.code_of(event, one.badge_id)) for one in people
    ]
    write(
        database,
        lambda s: annul_scan(
            s, event_id=event.id, scan_id=scans[1].scan_id, reason="x", now=NOW, device_id=device.id
        ),
    )

    body = Program(app, database, event, Scope.ARRIVALS).read("/arrivals")

    [first, undone] = body["arrivals"]
    assert set(first) == {
        *("id", "participant_id", "delegation_id", "gate_id", "day"),
        *("arrived_at", "annulled_at"),
    }
    assert first["arrived_at"] == "2025-06-14T14:30:00.000Z"
    assert (first["annulled_at"], undone["annulled_at"]) == (None, "2025-06-14T14:30:00.000Z")
    assert "Amina" not in str(body)


def test_counts_are_those_of_the_status(app, database, event, people):
    api = Api.enrolled(app, database, event, gate="Porte 1")
    counts = Program(app, database, event, Scope.COUNTS).read("/counts")

    status = api.read("/status")
    assert counts["totals"] == status["totals"]
    assert counts["totals"]["registered"] == 2
    assert "device" not in counts


def test_another_events_people_are_not_there(app, database, event, people):
    other = factories.an_event(database, "fes-2025")
    factories.a_participant(database, other, "Yasmine Benali")

    [person] = Program(app, database, other, Scope.PEOPLE).read("/people")["people"]

    assert person["name"] == "Yasmine Benali"


def test_an_unknown_revoked_or_expired_token_reads_nothing(app, database, event):
    program = Program(app, database, event, Scope.COUNTS)
    expired = Program(app, database, event, Scope.COUNTS, lifetime=timedelta(0))
    good = program.ask("/counts").status_code
    write(database, lambda s: revoke_token(s, event, program.row.id, operator_id=None, now=NOW))

    answers = [program.ask("/counts"), program.ask("/counts", "mrt_x"), expired.ask("/counts")]

    assert good == 200
    assert [one.status_code for one in answers] == [401] * 3
    assert "expired" in answers[2].json["detail"]


def test_a_purged_events_token_reads_nothing(app, database, event):
    program = Program(app, database, event, Scope.COUNTS)
    write(database, lambda s: s.execute(update(Event).values(purged_at=NOW)))

    assert program.ask("/counts").status_code == 401


def test_a_devices_token_reads_nothing_here_and_a_read_token_is_no_device(app, database, event):
    device = factories.a_new_device(database, event)
    program = Program(app, database, event, *Scope)

    assert program.ask("/people", device.token).status_code == 401
    assert program._client.get(
        "/api/v1/status", headers={"Authorization": f"Bearer {program.token}"}
    ).status_code == 401  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(app, database, event, method):
    program = Program(app, database, event, *Scope)

    assert program.ask("/people", method=method).status_code == 405


def test_the_last_use_is_written(app, database, event):
    program = Program(app, database, event, Scope.COUNTS)
    program.read("/counts")

    with database.read() as session:
        token = session.scalars(select(ReadToken)).one()
    assert datetime.now(UTC) - token.last_used_at < timedelta(minutes=1)
    assert program.token.encode() not in token.token_hash


def use_up(app, rule, whose, tries):
    """Count tries at once, however slowly this machine makes requests."""
    for _try in range(tries):
        app.extensions[EXTENSION].limits.reserve((rule, whose))


def test_wrong_tokens_are_limited_by_address_and_a_right_one_still_reads(app, database, event):
    program = Program(app, database, event, Scope.COUNTS)
    before = program.ask("/token", "mrt_wrong").status_code
    use_up(app, WRONG_TOKENS, "127.0.0.1", 299)

    after = program.ask("/token", "mrt_wrong")

    assert (before, after.status_code) == (401, 429)
    assert int(after.headers["Retry-After"]) <= 60
    assert program.ask("/token").status_code == 200


def test_reading_is_limited_by_token(app, database, event):
    program = Program(app, database, event, Scope.COUNTS)
    other = Program(app, database, event, Scope.COUNTS)

    before = program.ask("/token").status_code
    use_up(app, READS, str(program.row.id), 299)

    assert (before, program.ask("/token").status_code) == (200, 429)
    assert other.ask("/token").status_code == 200


def test_the_security_log_tells_of_lists_that_are_read_and_of_refusals(
    app, database, event, people, caplog
):
    program = Program(app, database, event, Scope.PEOPLE)
    caplog.clear()
    with caplog.at_level("INFO", "marhaba.security"):
        program.read("/people")
        program.ask("/arrivals")

    said = [one.getMessage() for one in caplog.records if one.name == "marhaba.security"]
    assert said == [
        f"event=token.read event_id={event.id} endpoint=api.reading.read_people "
        f"token={program.row.id}",
        "event=request.refused network=127.0.0.0/24 status=403 method=GET "
        f"endpoint=api.reading.read_arrivals token={program.row.id}",
    ]
