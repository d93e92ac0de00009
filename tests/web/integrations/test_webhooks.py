"""The page of webhooks: add, test, watch, disable; the secret is shown once."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Webhook, WebhookDelivery
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.domain.network.destinations import outgoing_allowed
from checkin.services.common.keys import Keys
from checkin.services.integrations.webhooks import reach_of
from tests.support import factories
from tests.support.factories import KEYS
from tests.support.others.webhook_receiver import receiver

PAGE = "/events/rabat-2025/webhooks"
NO_BREAK = "\u00a0"


@pytest.fixture
def settings(settings):
    """With this machine permitted by its name alone."""
    return settings.model_copy(update={"outgoing_allowed": outgoing_allowed("localhost")})


@pytest.fixture
def hook():
    with receiver() as running:
        yield running


def the_webhook(database):
    with database.read() as session:
        return session.scalars(select(Webhook)).one_or_none()


def added(organiser, hook, *kinds, **more):
    answer = organiser.send(PAGE, name="Écran", url=hook.server.url, kind=list(kinds), **more)
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.text)
    hook.secret = found[0] if found else ""
    return answer


def test_a_webhook_is_added_and_its_secret_shown_once(organiser, hook, database):
    answer = added(organiser, hook, WebhookKind.ARRIVED)
    again = organiser.read(PAGE)

    assert answer.status_code == 200
    assert hook.secret.startswith("whsec_")
    assert "whsec_" not in again
    assert hook.server.url in again
    webhook = the_webhook(database)
    reach = reach_of(KEYS, webhook)
    assert (reach.url, reach.secret) == (f"{hook.server.url}/", hook.secret)
    assert hook.secret.encode() not in webhook.sealed
    assert b"localhost" not in webhook.sealed
    assert reach_of(Keys(bytes(32)), webhook) is None


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://example.org/", "ne commence pas par https://"),
        ("https://127.0.0.1/", "mène à ce serveur ou à un réseau privé"),
        ("https://169.254.169.254/latest/meta-data/", "mène à ce serveur ou à un réseau privé"),
        ("https://me:pw@example.org/", "n’a pas sa place dans cette adresse"),
        ("nothing", "ne commence pas par https://"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_at_its_field(
    organiser, database, url, sentence
):
    answer = organiser.send(PAGE, name="Écran", url=url, kind=["participant.arrived"])

    text = answer.text
    assert answer.status_code == 400
    assert sentence in text
    assert 'value="Écran"' in text
    assert 'value="participant.arrived" checked' in text
    assert the_webhook(database) is None


def test_without_a_name_the_form_comes_back_as_it_was(organiser, hook, database):
    answer = organiser.send(PAGE, name=" ", url=hook.server.url)

    assert answer.status_code == 400
    assert 'id="new-name-problem"' in answer.text
    assert hook.server.url in answer.text


def test_a_test_arrives_signed_and_the_page_says_so(organiser, hook, database):
    added(organiser, hook, WebhookKind.ARRIVED)

    organiser.send(PAGE, f"{PAGE}/1/test")
    text = organiser.read(PAGE)

    assert [one["type"] for one in hook.taken] == ["webhook.test"]
    assert hook.forged == 0
    assert f"L’essai est arrivé{NO_BREAK}: 204 No Content." in text
    assert "reçu par le logiciel" in text


def test_a_test_that_fails_says_what_was_answered(organiser, hook, database):
    added(organiser, hook)
    hook.fails, hook.hangs_up, hook.status = 1.0, 0.0, 404

    organiser.send(PAGE, f"{PAGE}/1/test")
    text = organiser.read(PAGE)

    assert f"L’essai n’est pas arrivé{NO_BREAK}: 404 Not Found." in text
    assert "not now" in text
    assert "Rien n’est arrivé depuis" in text


def test_what_it_is_told_is_changed_and_the_choice_shown(organiser, hook, database, event):
    added(organiser, hook, WebhookKind.ARRIVED)

    organiser.send(
        PAGE, f"{PAGE}/1", name="Registre", kind=["participant.registered"], tells_names="yes"
    )
    factories.a_participant(database, event, "Amina Alaoui")
    text = organiser.read(PAGE)

    assert "Registre" in text
    assert "avec les noms" in text
    with database.read() as session:
        assert session.scalars(select(WebhookDelivery.kind)).all() == ["participant.registered"]


def test_a_webhook_is_disabled_enabled_and_removed(organiser, hook, database):
    added(organiser, hook, WebhookKind.ARRIVED)

    organiser.send(PAGE, f"{PAGE}/1/disable")
    disabled = the_webhook(database).disabled_why
    organiser.send(PAGE, f"{PAGE}/1/enable")
    enabled = the_webhook(database).disabled_why
    organiser.send(PAGE, f"{PAGE}/1/remove")

    assert (disabled, enabled, the_webhook(database)) == ("person", None, None)
    with database.read() as session:
        logged = session.scalars(
            select(Activity.action).where(Activity.action.startswith("webhook."))
        ).all()
    assert logged == ["webhook.add", "webhook.disable", "webhook.enable", "webhook.remove"]


def test_a_new_secret_signs_from_now_on(organiser, hook, database):
    added(organiser, hook)
    former = hook.secret

    text = organiser.send(PAGE, f"{PAGE}/1/secret").text
    hook.secret = re.search(r"whsec_[A-Za-z0-9+/=]+", text)[0]
    organiser.send(PAGE, f"{PAGE}/1/test")

    assert hook.secret != former
    assert (len(hook.taken), hook.forged) == (1, 0)


def test_an_eleventh_webhook_is_refused(organiser, hook, database):
    for _number in range(10):
        added(organiser, hook)

    answer = added(organiser, hook)

    assert answer.status_code == 400
    assert f"webhooks{NO_BREAK}; supprimez d’abord" in answer.text
