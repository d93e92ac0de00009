"""Signing in by a provider: who gets in, what is refused, the page that sets it, and its test."""

from __future__ import annotations

import html
import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlalchemy import select

from checkin.db.models import (
    Activity,
    InstallationSetting,
    Operator,
    OperatorSession,
    ProviderIdentity,
    Role,
)
from checkin.domain.accounts.browsers import client_of
from checkin.domain.accounts.provider import Provider, Written
from checkin.domain.accounts.totp import code_of, step_at
from checkin.domain.network.destinations import outgoing_allowed
from checkin.services.accounts.operators import disable
from checkin.services.accounts.provider_settings import keep_provider, provider_secret
from checkin.services.accounts.second_factor import new_secret, seal
from checkin.services.common.keys import Keys
from checkin.services.limits.rules import PROVIDER_ADDRESS
from checkin.web.site.state import EXTENSION
from tests.support.factories import KEYS, NOW, write
from tests.support.others.oidc_provider import CLIENT, SECRET, oidc_provider
from tests.support.waiting import wait_for
from tests.web.browsing import PASSWORD, Browsing, an_operator

BEGIN, PAGE = "/login/provider", "/operators/provider"
EMAIL = "organiser@example.org"


@pytest.fixture
def settings(settings):
    """With this machine permitted by its name alone."""
    return settings.model_copy(update={"outgoing_allowed": outgoing_allowed("localhost")})


@pytest.fixture
def provider():
    with oidc_provider() as running:
        yield running


@pytest.fixture
def operator(database, event) -> Operator:
    return an_operator(database, Role.ORGANISER)


def kept(database, issuer: str) -> None:
    written = Written(Provider(issuer, CLIENT, "Fédération"), SECRET)
    write(database, lambda s: keep_provider(s, KEYS, written, now=NOW, operator_id=None))


@pytest.fixture
def browsing(app, database, operator, provider) -> Browsing:
    kept(database, provider.issuer)
    return Browsing(app)


def at_provider(browsing, then="") -> str:
    """Press the button, and return where the browser is led."""
    answer = pressed(browsing, then)
    assert answer.status_code == 200, answer.text
    [there] = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert f'href="{there}"' in answer.text
    return html.unescape(there)


def pressed(browsing, then=""):
    """Press the button on the sign-in page, and return the answer."""
    page = browsing.read("/login" + then)
    [form] = re.findall(r'action="([^"]*/login/provider[^"]*)"', page)
    return browsing.send("/login" + then, html.unescape(form))


def signed_in(browsing, provider, then=""):
    return browsing.open(provider.come_back(at_provider(browsing, then)))


def is_in(browsing) -> bool:
    return browsing.open("/account").status_code == 200


def identities(database) -> list[tuple[int, str]]:
    with database.read() as session:
        return [(one.operator_id, one.subject) for one in session.scalars(select(ProviderIdentity))]


def actions(database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Activity.action).order_by(Activity.id)))


def test_whoever_the_provider_names_is_signed_in_where_they_wanted(
    browsing, provider, database, operator
):
    assert "Fédération" in browsing.read("/login?lang=fr")
    answer = signed_in(browsing, provider, "?next=/account?x%3D1")

    assert (answer.status_code, answer.location) == (302, "/account?x=1")
    assert is_in(browsing)
    assert identities(database) == [(operator.id, "248289761001")]
    assert actions(database)[-2:] == ["operator.provider_bound", "operator.sign_in"]
    assert browsing.cookie("known_browser") is not None
    with database.read() as session:
        assert session.scalars(select(OperatorSession)).one().operator_id == operator.id


def test_a_link_or_a_form_of_others_begins_no_sign_in(app, browsing, provider):
    """A provider that knows the person and asks nothing would send them back signed in."""
    linked = browsing.open(f"{BEGIN}?next=/account")
    sent = browsing.send_without_token(BEGIN)
    forged = browsing.send_without_token(BEGIN, csrf_token=Browsing(app).token("/login"))

    assert (linked.status_code, linked.location) == (302, "/login?next=/account")
    assert (sent.status_code, forged.status_code) == (400, 400)
    assert provider.server.heard == []
    assert "provider" not in browsing.session()
    back = f"/login/provider/callback?{urlencode({'code': 'x', 'state': ''})}"
    assert browsing.open(back).status_code == 400
    assert not is_in(browsing)


def test_the_page_on_the_way_is_kept_by_no_cache(browsing):
    assert "no-store" in pressed(browsing).headers["Cache-Control"]


def test_signing_out_ends_the_session_that_the_provider_opened(browsing, provider, database):
    signed_in(browsing, provider)
    browsing.send("/account", "/logout")

    assert not is_in(browsing)
    with database.read() as session:
        assert session.scalars(select(OperatorSession)).all() == []


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
@pytest.mark.parametrize("methods", [["client_secret_post"], ["client_secret_basic"], None])
def test_usual_ways_to_sign_and_to_give_the_secret_work(browsing, provider, algorithm, methods):
    provider.algorithm = algorithm
    provider.description["token_endpoint_auth_methods_supported"] = methods

    assert signed_in(browsing, provider).location == "/"
    assert is_in(browsing)


def test_an_email_that_is_told_apart_from_the_token_counts(browsing, provider):
    provider.in_token = False

    signed_in(browsing, provider)

    assert is_in(browsing)


def test_later_sign_ins_go_by_the_number_and_not_by_the_address(
    browsing, provider, database, operator
):
    signed_in(browsing, provider)
    browsing.send("/account", "/logout")
    provider.person.update(email="other@example.org", email_verified=False)

    signed_in(browsing, provider)

    assert is_in(browsing)
    assert identities(database) == [(operator.id, "248289761001")]


def test_the_same_number_at_another_provider_is_somebody_else(
    browsing, provider, database, operator
):
    signed_in(browsing, provider)
    browsing.send("/account", "/logout")
    with oidc_provider() as other:
        kept(database, other.issuer)
        other.person.update(email="stranger@example.org")

        answer = signed_in(browsing, other)

    assert other.person["sub"] == provider.person["sub"]
    assert answer.status_code == 401
    assert not is_in(browsing)
    assert identities(database) == [(operator.id, "248289761001")]


def test_the_provider_s_tokens_stay_in_the_server(browsing, provider):
    provider.in_token = False

    answer = signed_in(browsing, provider)

    [token] = provider.tokens
    shown_to = [one.path for one in provider.server.heard if token in str(one.headers)]
    assert shown_to == ["/people"]
    assert token not in f"{answer.headers}{answer.text}{browsing.session()}"
    assert is_in(browsing)


def test_the_second_factor_is_asked_for_all_the_same(browsing, provider, database, operator):
    secret = new_secret()

    def turn_on(session):
        me = session.get_one(Operator, operator.id)
        me.totp_sealed, me.totp_since = seal(KEYS, me.id, secret), NOW

    write(database, turn_on)
    answer = signed_in(browsing, provider, "?next=/account")

    assert answer.location == "/login/code?next=/account"
    assert not is_in(browsing)
    code = code_of(secret, step_at(datetime.now(UTC)))
    assert browsing.send("/login/code?next=/account", code=code).location == "/account"
    assert is_in(browsing)


class TestWhoIsNotSignedIn:
    def refused(self, browsing, provider, database, sentence):
        browsing.open("/login?lang=fr")
        answer = signed_in(browsing, provider)
        assert answer.status_code == 401
        assert sentence in answer.text
        assert not is_in(browsing)
        assert identities(database) == []
        wait_for(lambda: "operator.provider_failed" in actions(database))

    @pytest.mark.parametrize("verified", [False, None, "false", 1, "yes"])
    def test_an_address_that_the_provider_has_not_verified(
        self, browsing, provider, database, verified
    ):
        provider.person["email_verified"] = verified
        self.refused(browsing, provider, database, "ne confirme pas")

    def test_no_address(self, browsing, provider, database):
        del provider.person["email"]
        self.refused(browsing, provider, database, "ne confirme pas")

    def test_nobody_s_address_makes_no_account(self, browsing, provider, database):
        provider.person["email"] = "stranger@example.org"
        self.refused(browsing, provider, database, "n’a pas de compte ouvert ici")

    def test_a_disabled_account(self, browsing, provider, database, operator):
        write(
            database,
            lambda s: disable(s, s.get_one(Operator, operator.id), now=NOW, by=None),
        )
        self.refused(browsing, provider, database, "n’a pas de compte ouvert ici")

    def test_a_bound_account_that_was_disabled(self, browsing, provider, database, operator):
        signed_in(browsing, provider)
        write(
            database,
            lambda s: disable(s, s.get_one(Operator, operator.id), now=NOW, by=None),
        )
        assert signed_in(browsing, provider).status_code == 401

    def test_somebody_else_who_was_given_the_address_at_the_provider(
        self, browsing, provider, database, operator
    ):
        signed_in(browsing, provider)
        browsing.send("/account?lang=fr", "/logout")
        provider.person["sub"] = "another"

        answer = signed_in(browsing, provider)

        assert answer.status_code == 401
        assert "appartient à quelqu’un d’autre" in answer.text
        assert identities(database) == [(operator.id, "248289761001")]


def now() -> int:
    return int(time.time())


#: what is wrong with a token → how the provider has made it so
LIES = {
    "another audience": lambda claims: claims.update(aud="somebody-else"),
    "another audience among several": lambda claims: claims.update(aud=["x", "y"]),
    "another authorised party": lambda claims: claims.update(aud=[CLIENT, "x"], azp="x"),
    "another issuer": lambda claims: claims.update(iss="https://evil.example.org"),
    "another nonce": lambda claims: claims.update(nonce="changed"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "expired": lambda claims: claims.update(iat=now() - 900, exp=now() - 600),
    "no expiry": lambda claims: claims.pop("exp"),
    "not of now": lambda claims: claims.update(iat=now() + 900, exp=now() + 1800),
    "no issuer": lambda claims: claims.pop("iss"),
    "of another access token": lambda claims: claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "nobody": lambda claims: claims.update(sub=""),
    "a number for a person": lambda claims: claims.update(sub=17),
}


class TestWhatIsRefused:
    @pytest.mark.parametrize("wrong", LIES)
    def test_a_token_that_is_wrong_in_one_claim(self, browsing, provider, database, wrong):
        provider.lie = LIES[wrong]
        self.is_refused(browsing, signed_in(browsing, provider), database)

    @pytest.mark.parametrize("algorithm", ["none", "HS256"])
    def test_a_token_that_nobody_has_signed(self, browsing, provider, database, algorithm):
        provider.algorithm = algorithm
        self.is_refused(browsing, signed_in(browsing, provider), database)

    def test_a_token_signed_with_another_key(self, browsing, provider, database):
        others = RSAKey.generate_key(2048, {"kid": provider.keys.keys[0].kid})
        provider.keys = KeySet([others])
        self.is_refused(browsing, signed_in(browsing, provider), database)

    def test_keys_that_both_sides_know(self, browsing, provider, database):
        provider.algorithm = "HS256"
        provider.keys = KeySet([OctKey.import_key(SECRET)])
        self.is_refused(browsing, signed_in(browsing, provider), database)

    def test_the_same_answer_a_second_time(self, browsing, provider, database):
        back = provider.come_back(at_provider(browsing))
        assert browsing.open(back).status_code == 302
        browsing.send("/account", "/logout")

        self.is_refused(browsing, browsing.open(back), database, 400)

    def test_the_same_answer_in_a_browser_with_the_copied_cookie(
        self, browsing, app, provider, database
    ):
        back = provider.come_back(at_provider(browsing))
        thief = Browsing(app)
        thief.take_cookie("session", browsing.cookie("session").value)
        assert browsing.open(back).status_code == 302
        provider.codes.update(
            {parse_qs(urlsplit(back).query)["code"][0]: {"nonce": "x"}}
        )  # a provider that takes a code twice
        browsing.send("/account", "/logout")

        heard = len(provider.server.heard)
        self.is_refused(thief, thief.open(back), database, 400)
        assert len(provider.server.heard) == heard

    def test_a_stolen_code_in_another_browser(self, browsing, app, provider, database):
        stolen = provider.come_back(at_provider(browsing))
        thief = Browsing(app)
        assert thief.open(stolen).status_code == 400  # it has begun nothing

        own = parse_qs(urlsplit(at_provider(thief)).query)["state"][0]
        code = parse_qs(urlsplit(stolen).query)["code"][0]
        answer = thief.open(f"/login/provider/callback?code={code}&state={own}")

        self.is_refused(thief, answer, database)  # the proof of who has begun does not fit

    @pytest.mark.parametrize("state", ["", "x", "é"])
    def test_another_state(self, browsing, provider, database, state):
        back = provider.come_back(at_provider(browsing))
        changed = re.sub(r"state=[^&]+", f"state={state}", back)
        self.is_refused(browsing, browsing.open(changed), database, 400)

    def test_a_sign_in_that_was_begun_long_ago(self, browsing, provider, database, monkeypatch):
        monkeypatch.setattr(
            "checkin.web.accounts.provider_sign_in._PATIENCE", timedelta(seconds=-1)
        )
        self.is_refused(browsing, signed_in(browsing, provider), database, 400)

    def test_an_answer_of_another_issuer(self, browsing, provider, database):
        back = provider.come_back(at_provider(browsing)) + "&iss=https://evil.example.org"
        self.is_refused(browsing, browsing.open(back), database)

    def test_an_answer_that_does_not_say_whose_it_is_where_it_should(
        self, browsing, provider, database
    ):
        provider.description["authorization_response_iss_parameter_supported"] = True
        self.is_refused(browsing, signed_in(browsing, provider), database)
        back = provider.come_back(at_provider(browsing)) + f"&iss={provider.issuer}"
        assert browsing.open(back).location == "/"

    def test_a_sign_in_begun_with_a_provider_that_was_replaced_meanwhile(
        self, browsing, provider, database
    ):
        back = provider.come_back(at_provider(browsing))
        with oidc_provider() as other:
            kept(database, other.issuer)
            self.is_refused(browsing, browsing.open(back), database, 400)
            assert other.server.heard == []

    def test_what_the_provider_itself_refuses(self, browsing, provider, database):
        provider.refuses = "access_denied"
        answer = signed_in(browsing, provider)
        self.is_refused(browsing, answer, database)
        alert = answer.text.partition('role="alert">')[2].partition("</p>")[0]
        assert "access_denied" not in alert

    def test_a_provider_that_falls_over(self, browsing, provider, database):
        provider.status = 500
        self.is_refused(browsing, signed_in(browsing, provider), database)

    def test_a_provider_that_describes_itself_as_another_one(self, browsing, provider, database):
        provider.description["issuer"] = "https://evil.example.org"
        self.is_refused(browsing, pressed(browsing), database, 503)

    def test_an_endpoint_in_a_private_network(self, browsing, provider, database):
        provider.description["token_endpoint"] = "http://169.254.169.254/token"
        self.is_refused(browsing, signed_in(browsing, provider), database)

    def is_refused(self, browsing, answer, database, status=401):
        assert answer.status_code == status, answer.text
        assert 'role="alert"' in answer.text
        assert not is_in(browsing)
        with database.read() as session:
            assert session.scalars(select(OperatorSession)).all() == []


def test_failed_sign_ins_are_limited_by_address(browsing, app, provider):
    limits = app.extensions[EXTENSION].limits
    for _time in range(300):
        limits.reserve((PROVIDER_ADDRESS, client_of("127.0.0.1")))

    answer = pressed(browsing)

    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    assert provider.server.heard == []


def test_without_a_provider_there_is_no_button_and_nothing_begins(app, operator):
    browsing = Browsing(app)

    assert "/login/provider" not in browsing.read("/login")
    assert browsing.send("/login", BEGIN).location == "/login"
    assert browsing.open("/login/provider/callback?state=&code=x").status_code == 400


class TestThePage:
    @pytest.fixture
    def chief(self, app, database, event) -> Browsing:
        an_operator(database, Role.ADMINISTRATOR)
        browsing = Browsing(app)
        browsing.sign_in("administrator@example.org", PASSWORD)
        browsing.open("/account?lang=fr")
        return browsing

    def written(self, provider, **changed):
        return {
            "issuer": provider.issuer,
            "client_id": CLIENT,
            "secret": SECRET,
            "button": "Fédération",
            **changed,
        }

    def test_it_is_kept_and_the_secret_never_shown_again(self, chief, provider, database):
        assert chief.send(PAGE, **self.written(provider)).status_code == 303
        page = chief.read(PAGE)

        assert provider.issuer in page
        assert "http://marhaba.example.org/login/provider/callback" in page
        assert SECRET not in page
        about = Provider(provider.issuer, CLIENT, "Fédération")
        with database.read() as session:
            assert provider_secret(session, KEYS, about) == SECRET
            assert provider_secret(session, Keys(bytes(32)), about) == ""
            moved = Provider("https://evil.example.org", CLIENT, "Fédération")
            assert provider_secret(session, KEYS, moved) == ""
            values = list(session.scalars(select(InstallationSetting.value)))
        assert SECRET not in str(values)
        assert "installation.provider" in actions(database)

    def test_an_empty_secret_stays_for_the_same_provider_alone(self, chief, provider, database):
        chief.send(PAGE, **self.written(provider))
        assert chief.send(PAGE, **self.written(provider, secret="")).status_code == 303
        with database.read() as session:
            about = Provider(provider.issuer, CLIENT, "")
            assert provider_secret(session, KEYS, about) == SECRET

        answer = chief.send(PAGE, **self.written(provider, secret="", client_id="another"))

        assert answer.status_code == 400
        assert "collez le secret qui lui correspond" in answer.text

    def test_an_empty_issuer_takes_the_provider_away(self, chief, provider):
        chief.send(PAGE, **self.written(provider))
        chief.send(PAGE, **self.written(provider, issuer=""))

        assert "/login/provider" not in Browsing(chief._client.application).read("/login")

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"issuer": "http://example.org"}, "ne commence pas par https://"),
            ({"issuer": "https://127.0.0.1"}, "réseau privé"),
            ({"issuer": "https://example.org/?x=1"}, "n’est pas une adresse"),
            ({"client_id": ""}, "identifiant de client"),
            ({"button": ""}, "aucun nom"),
            ({"button": "x" * 61}, "trop long"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_lost(
        self, chief, provider, changed, sentence
    ):
        answer = chief.send(PAGE, **self.written(provider, **changed))

        assert answer.status_code == 400
        assert sentence in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert "Fédération" in answer.text or "button" in changed
        assert SECRET not in answer.text

    def test_a_test_says_how_the_provider_calls_itself(self, chief, provider):
        chief.send(PAGE, **self.written(provider))

        answer = chief.send(PAGE, f"{PAGE}/test")

        assert "Le fournisseur a répondu" in answer.text
        assert provider.issuer in answer.text

    @pytest.mark.parametrize(
        ("told", "sentence"),
        [
            ({"issuer": "https://other.example.org/"}, "https://other.example.org/"),
            ({"jwks_uri": None}, "OpenID Connect"),
        ],
    )
    def test_a_test_says_what_is_wrong(self, chief, provider, told, sentence):
        chief.send(PAGE, **self.written(provider))
        provider.description.update(told)

        answer = chief.send(PAGE, f"{PAGE}/test")

        assert "notice-bad" in answer.text
        assert sentence in answer.text

    def test_nobody_answering_is_said(self, chief, provider, database):
        kept(database, "http://localhost:9")

        assert "Personne ne répond à cette adresse" in chief.send(PAGE, f"{PAGE}/test").text

    def test_the_link_to_the_provider_s_account_can_be_undone(
        self, chief, browsing, provider, database, operator
    ):
        signed_in(browsing, provider)
        where = f"/operators/{operator.id}"
        assert "provider/forget" in chief.read(where)

        chief.send(where, f"{where}/provider/forget")

        assert identities(database) == []
        assert "provider/forget" not in chief.read(where)
        assert "operator.provider_forgotten" in actions(database)
