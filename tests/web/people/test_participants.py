"""The participants' pages."""

from __future__ import annotations

import html
import re
from itertools import chain

import pytest
from sqlalchemy import select, update

from checkin.db.models import Badge, Message, Participant, Role
from checkin.domain.people.fields import FIELDS, AskedIn, asked_in
from checkin.web.badges import badges
from tests.support import factories
from tests.support.factories import NOW, write
from tests.web.browsing import Browsing, follow, mark_in

LIST = "/events/rabat-2025/participants"
NEW = LIST + "/new"


@pytest.fixture
def category(database, event):
    return factories.a_category(database, event)


@pytest.fixture
def fields(delegation, category):
    return {
        "name": "Amina Alaoui",
        "name_ar": "أمينة العلوي",
        "delegation": str(delegation.id),
        "category": str(category.id),
        "phone": "06 12 34 56 78",
        "email": "",
        "language": "fr",
        "note": "",
    }


def people(database):
    with database.read() as session:
        rows = session.scalars(select(Participant).order_by(Participant.id)).all()
    return [(p.name, p.name_ar, p.phone, p.standing, p.reserve_no) for p in rows]


def asked_on(page):
    """Return the fields of the form of a page, each with its label."""
    return re.findall(r'<label for="(\w+)">([^<]+)</label>\n<(?:input|select) id="\1"', page)


def test_a_form_asks_for_each_field_under_its_label(organiser, fields):
    organiser.send(NEW, **fields)

    for path, form in ((NEW + "?lang=en", AskedIn.NEW), (f"{LIST}/1/edit", AskedIn.EDIT)):
        labels = [(field.key, field.label("en")) for field in asked_in(form)]
        assert asked_on(organiser.read(path)) == labels


def test_a_form_is_filled_with_all_that_is_known(organiser, fields):
    organiser.send(NEW, **fields | {"note": "fauteuil", "email": "amina@example.org"})

    page = organiser.read(f"{LIST}/1/edit")

    typed = dict(re.findall(r'<input id="(\w+)" [^>]* value="([^"]*)"', page))
    chosen = dict(re.findall(r'<select id="(\w+)".*?<option value="(\w*)" selected', page, re.S))
    told = fields | {"phone": "+212612345678", "email": "amina@example.org", "note": "fauteuil"}
    assert typed | chosen == {
        field.key: told.get(field.key, "") for field in asked_in(AskedIn.EDIT)
    }


def test_the_page_of_a_participant_tells_what_is_marked_for_it(organiser, fields, monkeypatch):
    organiser.send(NEW, **fields)

    def line(page):
        return " ".join(re.search(r'<p class="muted">(.*?)</p>', page, re.S)[1].split())

    assert line(organiser.read(f"{LIST}/1")) == (
        "<bdi>Khémisset</bdi> · <bdi>Militant</bdi> · N° 1"
    )
    kept = [field for field in FIELDS if field.column]
    monkeypatch.setattr(badges, "shown_in", lambda _place: kept)
    assert "· Téléphone <bdi>+212612345678</bdi> ·" in line(organiser.read(f"{LIST}/1"))


def test_a_form_registers_a_person_with_a_normalised_phone(organiser, database, fields):
    response = organiser.send(NEW, **fields)

    assert response.status_code == 201
    assert people(database) == [
        ("Amina Alaoui", "أمينة العلوي", "+212612345678", "confirmed", None)
    ]


def test_over_the_quota_the_form_says_which_number_on_the_reserve_list(organiser, fields):
    for name in ("Bahia Idrissi", "Chafik Mansouri"):
        organiser.send(NEW, **fields | {"name": name, "name_ar": "", "phone": ""})

    page = organiser.send(NEW, **fields).text

    assert "Amina Alaoui est sur la liste d’attente, numéro 1" in page


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    organiser, database, fields
):
    response = organiser.send(NEW, **fields | {"phone": "12"})

    assert response.status_code == 400
    assert "Téléphone\u00a0: \u206812\u2069 n’est pas un numéro" in response.text
    assert 'value="أمينة العلوي"' in response.text
    assert people(database) == []


def test_an_address_that_looks_mistyped_is_asked_about_and_registered_if_it_is_right(
    organiser, database, fields
):
    asked = organiser.send(NEW, **fields | {"email": "amina@gmial.com"})
    before = people(database)
    other = organiser.send(
        NEW, **fields | {"email": "amina@gmal.com", "email_right": "amina@gmial.com"}
    )
    organiser.send(NEW, **fields | {"email": "amina@gmial.com", "email_right": "amina@gmial.com"})

    assert (asked.status_code, other.status_code, before) == (400, 400, [])
    assert "vouliez-vous écrire \u2068amina@gmail.com\u2069" in asked.text
    assert 'name="email_right" value="amina@gmial.com"' in asked.text
    with database.read() as session:
        assert session.scalars(select(Participant.email)).all() == ["amina@gmial.com"]


def test_a_correction_asks_only_about_an_address_that_is_new(organiser, database, fields):
    is_right = {"email": "amina@gmial.com", "email_right": "amina@gmial.com"}
    organiser.send(NEW, **fields | is_right)
    edit = f"{LIST}/1/edit"

    same = organiser.send(edit, **fields | {"email": "amina@gmial.com", "note": "bus 3"})
    new = organiser.send(edit, **fields | {"email": "amina@hotmial.com"})

    assert (same.status_code, new.status_code) == (200, 400)
    assert "\u2068amina@hotmail.com\u2069" in new.text


def test_a_possible_duplicate_is_registered_only_when_somebody_insists(organiser, database, fields):
    organiser.send(NEW, **fields)

    assert organiser.send(NEW, **fields).status_code == 409
    assert organiser.send(NEW, **fields, allow_duplicate="oui").status_code == 201
    assert len(people(database)) == 2


def test_cancelling_frees_the_place_for_the_reserve_list(organiser, database, fields):
    for name in ("Bahia Idrissi", "Chafik Mansouri", "Driss Naciri"):
        organiser.send(NEW, **fields | {"name": name, "name_ar": "", "phone": ""})

    organiser.send(LIST, f"{LIST}/1/cancel")

    standings = [(name, standing) for name, _, _, standing, _ in people(database)]
    assert standings == [
        ("Bahia Idrissi", "canceled"),
        ("Chafik Mansouri", "confirmed"),
        ("Driss Naciri", "confirmed"),
    ]


@pytest.mark.parametrize("text", ["alaoui", "ALAOUÏ amina", "العلوى", "امينه"])
def test_search_forgives_spelling_in_both_scripts(organiser, fields, text):
    organiser.send(NEW, **fields)
    organiser.send(NEW, **fields | {"name": "Bahia Idrissi", "name_ar": "", "phone": ""})

    page = follow(organiser, organiser.send(LIST, f"{LIST}/search", q=text)).text

    assert ("Amina Alaoui" in page, "Bahia Idrissi" in page) == (True, False)
    assert f'value="{text}"' in page


def addresses_in(page):
    return re.findall(r'(?:href|action)="([^"]*)"|name="sought" value="([^"]*)"', page)


def test_what_is_searched_for_can_be_read_in_no_address(organiser, database, event, delegation):
    for number in range(60):
        factories.a_participant(database, event, f"Militant {number}", delegation=delegation)

    answer = organiser.send(LIST, f"{LIST}/search", q="militant", category="", sort="number")
    page = follow(organiser, answer).text

    assert "Militant 0" in page
    assert "sort=number" in answer.location
    told = [answer.location, *chain(*addresses_in(page))]
    assert [one for one in told if "militant" in one.lower() or "q=" in one] == []
    assert (
        len([one for one in told if "sought=" in one]) > 3
    )  # pages, orders, changes go on with it


def test_pages_and_orders_go_on_with_what_is_searched_for(organiser, database, event, delegation):
    for number in range(60):
        factories.a_participant(database, event, f"Militant {number:02}", delegation=delegation)
    factories.a_participant(database, event, "Zineb", delegation=delegation)

    first = follow(organiser, organiser.send(LIST, f"{LIST}/search", q="militant")).text
    [further] = re.findall(r'rel="next" href="([^"]*)"', first)
    turned = re.findall(r'<a href="([^"]*sort=category[^"]*)"', first)[0]

    for address in (further, turned):
        page = organiser.read(html.unescape(address))
        assert ("Militant" in page, "Zineb" in page) == (True, False)


def test_an_address_of_a_search_is_of_its_event_and_whole(organiser, app, database, event):
    other = factories.an_event(database, "casablanca-2025")
    answer = organiser.send(LIST, f"{LIST}/search", q="amina")

    assert organiser.open(answer.location).status_code == 200
    assert organiser.open(answer.location[:-4]).status_code == 400
    there = answer.location.replace(event.slug, other.slug)
    assert organiser.open(there).status_code == 400
    assert organiser.open(f"{LIST}?sought=é").status_code == 400
    assert Browsing(app).open(answer.location).status_code == 302  # to the sign-in


def test_the_length_of_a_name_is_not_told_either(organiser, event):
    found = [organiser.send(LIST, f"{LIST}/search", q=q).location for q in ("ali", "x" * 40)]

    assert len(set(map(len, found))) == 1
    assert len(set(found)) == 2


def test_an_address_that_was_kept_before_texts_were_sealed_still_finds(
    organiser, database, event, delegation
):
    for name in ("Amina Alaoui", "Bahia Idrissi"):
        factories.a_participant(database, event, name, delegation=delegation)

    page = organiser.read(f"{LIST}?q=amina")

    assert ("Amina Alaoui" in page, "Bahia Idrissi" in page) == (True, False)


def test_one_delegation_s_own_page_is_searched_there(organiser, database, event, delegation):
    factories.a_participant(database, event, "Amina Alaoui", delegation=delegation)
    own = f"/events/{event.slug}/delegations/{delegation.id}"

    answer = organiser.send(own, f"{LIST}/search?list_of={delegation.id}", q="amina")

    assert answer.location.startswith(f"{own}?sought=")
    assert "Amina Alaoui" in follow(organiser, answer).text


def test_html_in_names_is_shown_as_it_was_written(organiser, database, event, delegation):
    name = "<script>alert(1)</script>"
    factories.a_participant(database, event, name, delegation=delegation)

    page = organiser.read(LIST)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_html_in_a_new_name_is_escaped_in_what_the_form_says(organiser, fields):
    page = organiser.send(NEW, **fields | {"name": "<b>Amina</b>", "name_ar": ""}).text

    assert "&lt;b&gt;Amina&lt;/b&gt; a une place" in page
    assert "<b>Amina" not in page


@pytest.mark.parametrize("page", ["0", "-3", "99999999", "x"])
def test_a_page_that_is_not_there_shows_one_that_is(organiser, fields, page):
    organiser.send(NEW, **fields)

    assert "Amina Alaoui" in organiser.read(f"{LIST}?page={page}")


def test_a_person_is_moved_by_the_form_and_the_next_moves_up(organiser, database, event, fields):
    other = factories.a_delegation(database, event, "Salé", quota=5)
    for name in ("Bahia Idrissi", "Chafik Mansouri", "Driss Naciri"):
        organiser.send(NEW, **fields | {"name": name, "name_ar": "", "phone": ""})

    sent = fields | {"name": "Bahia Idrissi", "name_ar": "", "delegation": str(other.id)}
    saved = organiser.send(f"{LIST}/1/edit", **sent)

    assert saved.status_code == 200
    assert [(name, standing) for name, _, _, standing, _ in people(database)] == [
        ("Bahia Idrissi", "confirmed"),
        ("Chafik Mansouri", "confirmed"),
        ("Driss Naciri", "confirmed"),
    ]
    with database.read() as session:
        assert session.get_one(Participant, 1).delegation_id == other.id


def arrived(database, event):
    """Let participant 1 arrive."""
    device = factories.a_device(database, event)
    with database.read() as session:
        badge = session.scalars(select(Badge.id).where(Badge.participant_id == 1)).one()
    assert factories.scan(database, device, factories.code_of(event, badge)).reason is None


def test_a_person_who_has_arrived_is_not_moved_where_no_place_is_free(
    organiser, database, event, fields
):
    full = factories.a_delegation(database, event, "Salé", quota=0)
    organiser.send(NEW, **fields)
    arrived(database, event)

    refused = organiser.send(f"{LIST}/1/edit", **fields | {"delegation": str(full.id)})

    assert refused.status_code == 400
    assert 'id="delegation-problem"' in refused.text
    assert "\u2068Salé\u2069 n’a pas de place libre" in refused.text
    assert f'<option value="{full.id}" selected>' in refused.text
    with database.read() as session:
        assert session.get_one(Participant, 1).delegation_id == int(fields["delegation"])


def test_cancelling_a_person_who_has_arrived_says_that_their_place_stays_theirs(
    organiser, database, event, fields
):
    organiser.send(NEW, **fields)
    arrived(database, event)
    for name in ("Bahia Idrissi", "Chafik Mansouri"):
        organiser.send(NEW, **fields | {"name": name, "name_ar": "", "phone": ""})

    page = organiser.open(organiser.send(LIST, f"{LIST}/1/cancel").location).text
    organiser.send(LIST, f"{LIST}/1/undo-cancel")

    assert "n’est donnée à personne" in page
    assert [standing for *_, standing, _ in people(database)] == [
        "confirmed",
        "confirmed",
        "reserve",
    ]


def test_a_person_whom_somebody_else_has_corrected_meanwhile_is_shown_and_not_overwritten(
    organiser, database, fields
):
    organiser.send(NEW, **fields)
    form = f"{LIST}/1/edit"
    opened = organiser.read(form)
    organiser.send(form, **fields | {"phone": "0611111111", "note": "fauteuil"})

    sent = fields | {"phone": "0622222222", "name": "Amina El Alaoui"}
    refused = organiser.send(form, **sent, shown=mark_in(opened))
    kept = people(database)
    typed = sent | {"note": "fauteuil", "shown": mark_in(refused.text)}
    again = organiser.send(form, **typed)

    assert (refused.status_code, again.status_code) == (409, 200)
    for text in ("\u2068+212611111111\u2069", 'value="0622222222"', 'value="Amina El Alaoui"'):
        assert text in refused.text
    assert 'value="fauteuil"' in refused.text  # the other's, which nobody has typed over
    assert kept[0][:3] == ("Amina Alaoui", "أمينة العلوي", "+212611111111")
    assert people(database)[0][:3] == ("Amina El Alaoui", "أمينة العلوي", "+212622222222")
    with database.read() as session:
        assert session.get_one(Participant, 1).note == "fauteuil"


class TestCoordinator:
    """Sees, registers and cancels only their own delegation's people."""

    @pytest.fixture
    def other(self, database, event):
        return factories.a_delegation(database, event, "Salé", quota=5)

    @pytest.fixture
    def strangers_id(self, database, event, other):
        return factories.a_participant(
            database, event, "Zineb Tazi", delegation=other
        ).participant_id

    def test_a_coordinator_sees_only_participants_of_their_delegation(
        self, coordinator, strangers_id, database, event, fields
    ):
        coordinator.send(NEW, **fields)

        page = coordinator.read(LIST) + coordinator.read(f"{LIST}?q=z")

        assert ("Amina Alaoui" in page, "Zineb Tazi" in page) == (True, False)

    def test_a_coordinator_is_offered_only_their_delegation(self, coordinator, other):
        page = coordinator.read(NEW)

        assert ("Khémisset" in page, "Salé" in page) == (True, False)

    def test_a_coordinator_cannot_move_people_to_another_delegation(
        self, coordinator, database, other, fields
    ):
        coordinator.send(NEW, **fields)

        response = coordinator.send(f"{LIST}/1/edit", **fields | {"delegation": str(other.id)})

        assert response.status_code == 404
        with database.read() as session:
            assert session.get_one(Participant, 1).delegation_id == int(fields["delegation"])

    def test_a_coordinator_cannot_register_people_with_another_delegation(
        self, coordinator, database, other, fields
    ):
        response = coordinator.send(NEW, **fields | {"delegation": str(other.id)})

        assert response.status_code == 404
        assert people(database) == []

    def test_a_coordinator_cannot_cancel_another_delegation_s_participant(
        self, coordinator, database, strangers_id
    ):
        response = coordinator.send(LIST, f"{LIST}/{strangers_id}/cancel")

        assert response.status_code == 404
        assert [standing for *_, standing, _ in people(database)] == ["confirmed"]

    def test_a_coordinator_does_not_find_another_event(self, coordinator, database, event):
        factories.an_event(database, "autre")

        assert coordinator.open("/events/autre/participants").status_code == 404
        assert "autre" not in coordinator.read("/")

    def test_nothing_is_told_of_somebody_of_another_delegation(
        self, coordinator, database, event, other, fields
    ):
        factories.a_participant(
            database, event, "Zineb Tazi", delegation=other, phone="+212612345678"
        )

        response = coordinator.send(NEW, **fields)

        assert (response.status_code, "Zineb" in response.text) == (201, False)
        with database.read() as session:
            newest = session.scalars(select(Participant).order_by(Participant.id.desc())).first()
        assert (newest.standing, newest.unchecked_as) == ("canceled", "confirmed")


def found(browsing, address):
    """The names of a list's rows, in their order."""
    page = browsing.read(address)
    return re.findall(r'<th scope="row"><a[^>]*>\s*<bdi[^>]*>([^<]+)</bdi>', page)


def test_a_list_is_filtered_and_ordered_by_its_address(organiser, database, event, delegation):
    sale = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Amina", delegation=delegation)
    factories.a_participant(database, event, "Bahia", delegation=sale)
    factories.a_participant(database, event, "Chafik", delegation=sale)

    assert found(organiser, f"{LIST}?delegation={sale.id}") == ["Bahia", "Chafik"]
    assert found(organiser, f"{LIST}?sort=number&order=down") == ["Chafik", "Bahia", "Amina"]
    assert found(organiser, f"{LIST}?arrived=yes") == []
    page = organiser.read(f"{LIST}?delegation={sale.id}&lang=fr")
    assert f'<option value="{sale.id}" selected>Salé</option>' in page
    assert "Afficher tout le monde" in page


def heading_of(browsing, address, word):
    """A column's heading: where its link leads, and the order that it tells; None if none."""
    page = browsing.read(address)
    order, link = re.search(
        rf'<th scope="col"(?: aria-sort="(\w+)")?><a href="([^"]+)">{word}\b', page
    ).groups()
    return html.unescape(link), order


@pytest.fixture
def in_three_orders(database, event, delegation):
    """Bahia, Amina and Chafik, whom each heading puts in an order that is not the names'."""
    sale = factories.a_delegation(database, event, "Salé")
    guest = factories.a_category(database, event, "Guest")
    member = factories.a_category(database, event, "Member")
    device = factories.a_device(database, event)
    for name, of, category, minute in (
        ("Bahia", delegation, guest, 2),
        ("Amina", sale, member, 3),
        ("Chafik", delegation, guest, 1),
    ):
        code = factories.a_badge(database, event, name, delegation=of, category=category)
        factories.scan(database, device, code, at=NOW + factories.minutes(minute))


@pytest.mark.parametrize(
    ("of_one", "orders"),
    [
        (
            False,
            {
                "Name": ["Amina", "Bahia", "Chafik"],
                "Number": ["Bahia", "Amina", "Chafik"],
                "Delegation": ["Bahia", "Chafik", "Amina"],
                "Category": ["Bahia", "Chafik", "Amina"],
                "Arrived at": ["Chafik", "Bahia", "Amina"],
            },
        ),
        (True, {"Name": ["Bahia", "Chafik"], "Arrived at": ["Chafik", "Bahia"]}),
    ],
)
def test_each_heading_orders_the_list_and_turns_its_order_round(
    organiser, in_three_orders, delegation, of_one, orders
):
    address = f"/events/rabat-2025/delegations/{delegation.id}" if of_one else LIST
    organiser.send(LIST, f"{LIST}/columns", column=["number", "delegation", "category", "arrived"])
    for word, rows in orders.items():
        other = "number" if word != "Number" else "name"
        up, before = heading_of(organiser, f"{address}?lang=en&sort={other}", word)
        down, ascending = heading_of(organiser, up, word)
        again, descending = heading_of(organiser, down, word)

        assert (before, ascending, descending) == (None, "ascending", "descending"), word
        assert (found(organiser, up), found(organiser, down)) == (rows, rows[::-1]), word
        assert again == up, word


def test_a_coordinator_sees_their_own_people_whatever_the_address_says(
    coordinator, database, event, delegation
):
    sale = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Amina", delegation=delegation)
    factories.a_participant(database, event, "Zineb", delegation=sale)

    assert found(coordinator, f"{LIST}?delegation={sale.id}") == ["Amina"]
    page = coordinator.read(LIST)
    assert 'id="by-delegation"' not in page
    assert "to_check" not in page


def test_columns_are_kept_in_the_browser(organiser, app, database, event, delegation):
    factories.a_participant(
        database, event, "Amina", delegation=delegation, phone="+212612345678", email="a@b.ma"
    )
    assert "+212612345678" not in organiser.read(LIST)

    answer = organiser.send(
        LIST, f"{LIST}/columns?q=amina", column=["number", "phone", "email", "delivery", "x"]
    )

    assert (answer.status_code, answer.location) == (303, f"{LIST}?q=amina")
    page = organiser.read(answer.location)
    assert '<a href="tel:+212612345678">' in page
    assert "a@b.ma" in page
    assert 'data-label="Catégorie"' not in page


def test_a_supervisor_sees_no_contacts_in_lists(signed_in, database, event, delegation):
    factories.a_participant(
        database, event, "Amina", delegation=delegation, phone="+212612345678", email="a@b.ma"
    )
    supervisor = signed_in(Role.SUPERVISOR)
    supervisor.send("/account", f"{LIST}/columns", column=["phone", "email", "category"])

    page = supervisor.read(LIST)

    assert "Amina" in page
    assert "+212612345678" not in page
    assert "a@b.ma" not in page
    assert "+212612345678" not in supervisor.read(f"{LIST}/1")


def test_canceling_comes_back_to_the_list_as_it_was(organiser, database, event, delegation):
    factories.a_participant(database, event, "Amina", delegation=delegation)

    answer = organiser.send(LIST, f"{LIST}/1/cancel?status=confirmed&sort=number&after=7")

    assert answer.location == f"{LIST}?status=confirmed&sort=number&after=7"


def test_the_page_of_a_person_has_their_contacts_and_all_that_can_be_done(
    organiser, database, event, delegation
):
    factories.a_participant(
        database, event, "Amina", delegation=delegation, phone="+212612345678", email="a@b.ma"
    )

    page = organiser.read(f"{LIST}/1")

    assert 'href="tel:+212612345678"' in page
    assert 'href="mailto:a@b.ma"' in page
    for address in ("edit", "resend", "reissue", "block", "merge"):
        assert f"{LIST}/1/{address}" in page


def test_a_badge_is_sent_again_from_the_person_s_page(organiser, database, event, delegation):
    factories.a_participant(database, event, "Amina", delegation=delegation, email="a@b.ma")
    write(database, lambda s: s.execute(update(Message).values(state="sent")))

    for said in ("resent", "not_resent"):
        answer = organiser.send(f"{LIST}/1", f"{LIST}/1/resend")
        assert answer.location == f"{LIST}/1?said={said}"

    with database.read() as session:
        states = session.scalars(select(Message.state).order_by(Message.id)).all()
    assert states == ["sent", "queued"]


@pytest.mark.parametrize(
    ("name", "told"), [("王小明", "Wang Xiao Ming"), ("ⴰⵎⵓⵔ", None), ("Иван", None)]
)
def test_forms_and_the_persons_page_tell_how_a_name_is_printed(
    organiser, database, fields, name, told
):
    organiser.send(NEW, **fields | {"name": name})
    with database.read() as session:
        person = session.scalars(select(Participant)).one()

    pages = [organiser.read(f"{LIST}/{person.id}"), organiser.read(f"{LIST}/{person.id}/edit")]

    assert person.name == name
    said = f"\u2068{name}\u2069 s’imprime \u2068{told}\u2069"
    assert [said in page for page in pages] == [told is not None] * 2
    assert ["s’imprime" in page for page in pages] == [told is not None] * 2
