"""Sign in by the provider (OpenID Connect): go there, and come back with what it says."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from flask import current_app, redirect, request, session
from flask_babel import gettext as _

from checkin.db.models import Operator
from checkin.domain.accounts.browsers import network_of
from checkin.domain.accounts.provider import Provider
from checkin.errors import TooManyRequests
from checkin.services.accounts.failed_sign_ins import note_refused
from checkin.services.accounts.oidc import (
    TURNS,
    Begun,
    Client,
    ProviderFault,
    ProviderProblem,
    address_to_sign_in,
    describe,
    identity_behind,
)
from checkin.services.accounts.provider_settings import kept_provider, provider_secret
from checkin.services.accounts.provider_sign_in import NotSignedIn, WhyNobody, operator_of
from checkin.services.common.sealed_values import seal_values, unseal_values
from checkin.services.limits.rules import PROVIDER_ADDRESS, PROVIDER_ANSWER
from checkin.web.accounts.sessions import (
    begin_session,
    remember_pending_second_factor,
    start_afresh,
)
from checkin.web.site.addressing.addresses import own_address
from checkin.web.site.refusals.errors import too_many, waiting_sentence
from checkin.web.site.refusals.limits import by_client
from checkin.web.site.sessions import operator_or_none
from checkin.web.site.visits import PUBLIC, Answer, Visit, pages, visited_by

bp = pages(__name__)

#: in the session cookie, sealed: a cookie can be read by whoever holds it
_BEGUN = "provider"
_PLACE = "sign-in by the provider"
_PATIENCE = timedelta(minutes=10)


@bp.get("/login/provider")
@visited_by(PUBLIC)
def show(visit: Visit) -> Answer:
    """Lead to the page with the button: a link of others begins no session."""
    return redirect(visit.address("sign_in.show", next=request.args.get("next")))


@bp.post("/login/provider")
@visited_by(PUBLIC)
def begin(visit: Visit) -> Answer:
    """Lead the browser to the provider, which asks who somebody is.

    By a page that goes on by itself: browsers hold a redirect after a form to what forms may be
    sent to, and that is this server alone.
    """
    wanted = own_address(request.args.get("next"))
    provider = kept_provider(visit.session)
    if operator_or_none() is not None or provider is None:
        return redirect(wanted if provider else visit.address("sign_in.show"), 303)
    client = _client(visit, provider)
    visit.session.close()  # a provider may be slow
    try:
        tried = visit.server.limits.reserve((PROVIDER_ADDRESS, by_client()))
        caller = visit.server.settings.caller
        description = TURNS.do(lambda: describe(caller, provider.issuer))
    except TooManyRequests as fault:
        return too_many(_form(visit, provider, waiting_sentence(fault)), fault)
    except ProviderFault as fault:
        return _form(visit, provider, _fault_words(provider, fault)), 503
    tried.give_back()
    begun = Begun()
    _remember(visit, provider, begun, wanted)
    there = address_to_sign_in(description, client, begun, language=visit.language)
    return visit.show("accounts/to_provider.html", provider=provider, there=there)


@bp.get("/login/provider/callback")
@visited_by(PUBLIC)
def come_back(visit: Visit) -> Answer:
    """Sign in whoever the provider has named; a second factor is asked for as after a password."""
    provider = kept_provider(visit.session)
    begun, wanted = _begun(visit, provider)
    if provider is None or begun is None or request.args.get("state") != begun.state:
        return _form(visit, provider, _stale()), 400
    try:
        tried = visit.server.limits.reserve((PROVIDER_ADDRESS, by_client()))
    except TooManyRequests as fault:
        return too_many(_form(visit, provider, waiting_sentence(fault)), fault)
    session.pop(_BEGUN)
    try:
        visit.server.limits.reserve((PROVIDER_ANSWER, begun.state))
    except TooManyRequests:
        return _form(visit, provider, _stale()), 400
    try:
        operator = _whose(visit, provider, begun)
    except ProviderFault as fault:
        _note(visit, None)
        return _form(visit, provider, _fault_words(provider, fault)), 401
    except NotSignedIn as fault:
        _note(visit, fault.account)
        return _form(visit, provider, _nobody_words(provider, fault)), 401
    tried.give_back()
    if operator.totp_sealed is not None:
        remember_pending_second_factor(operator)
        return redirect(visit.address("sign_in.ask_code", next=wanted))
    begin_session(operator)
    return redirect(wanted)


def back_to(visit: Visit) -> str:
    """Return the address at which the provider sends browsers back, as it has to know it."""
    path = visit.address("provider_sign_in.come_back").removeprefix(request.script_root)
    return f"{visit.server.public_url.current().rstrip('/')}{path}"


def _whose(visit: Visit, provider: Provider, begun: Begun) -> Operator:
    client, caller = _client(visit, provider), visit.server.settings.caller
    answer, now = request.args.to_dict(), visit.now
    visit.session.close()
    identity = TURNS.do(lambda: identity_behind(caller, client, begun, answer, now))
    return visit.write(lambda v: operator_of(v.session, identity, now=now))


def _client(visit: Visit, provider: Provider) -> Client:
    return Client(provider, provider_secret(visit.session, visit.keys, provider), back_to(visit))


def _remember(visit: Visit, provider: Provider, begun: Begun, wanted: str) -> None:
    start_afresh()
    sealed = seal_values(
        visit.keys,
        _PLACE,
        issuer=provider.issuer,
        client_id=provider.client_id,
        state=begun.state,
        nonce=begun.nonce,
        verifier=begun.verifier,
        until=(visit.now + _PATIENCE).isoformat(),
        wanted=wanted,
    )
    session[_BEGUN] = urlsafe_b64encode(sealed).decode()


def _begun(visit: Visit, provider: Provider | None) -> tuple[Begun | None, str]:
    """Return what this browser has begun with this provider, and where it wanted to go."""
    kept = unseal_values(visit.keys, _PLACE, urlsafe_b64decode(session.get(_BEGUN, "")))
    if kept is None or provider is None or visit.now > datetime.fromisoformat(kept["until"]):
        return None, ""
    if (kept["issuer"], kept["client_id"]) != (provider.issuer, provider.client_id):
        return None, ""
    begun = Begun(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
    return begun, own_address(kept["wanted"])


def _note(visit: Visit, account: int | None) -> None:
    server, network, now = visit.server, network_of(request.remote_addr), visit.now
    server.background_tasks.do(lambda: note_refused(server.database, account, network, now))


def _form(visit: Visit, provider: Provider | None, problem: str) -> str:
    return visit.show(
        "accounts/login.html", problem=problem, email="", elsewhere="", provider=provider
    )


def _stale() -> str:
    return str(
        _(
            "This sign-in was begun in another browser or at another address of this server, is "
            "older than ten minutes, or was used already. Begin again with the button below."
        )
    )


def _fault_words(provider: Provider, fault: ProviderFault) -> str:
    current_app.logger.warning("sign-in by the provider: %s (%s)", fault.problem, fault.detail)
    if fault.problem is ProviderProblem.REFUSED:
        return str(
            _("%(provider)s has not signed you in. Try again, or sign in here with your password.")
            % {"provider": _isolated(provider.name)}
        )
    if fault.problem is ProviderProblem.TOKEN:
        return str(
            _(
                "What %(provider)s has sent does not belong to this sign-in, so nobody was signed "
                "in. Begin again; if it happens again, tell an administrator."
            )
            % {"provider": _isolated(provider.name)}
        )
    return str(
        _(
            "%(provider)s does not answer as it should. Sign in here with your password; an "
            "administrator finds the reason with “Test” on the page “Sign-in by a provider”."
        )
        % {"provider": _isolated(provider.name)}
    )


def _nobody_words(provider: Provider, fault: NotSignedIn) -> str:
    names = {"provider": _isolated(provider.name), "email": _isolated(fault.email)}
    if fault.why is WhyNobody.NOT_VERIFIED:
        return str(
            _(
                "%(provider)s does not confirm that you have an e-mail address of your own there. "
                "Have it confirmed there, or sign in here with your password."
            )
            % names
        )
    if fault.why is WhyNobody.BOUND_OTHERWISE:
        return str(
            _(
                "The account of %(email)s belongs to somebody else at %(provider)s. An "
                "administrator can undo that on the page of the account."
            )
            % names
        )
    return str(
        _(
            "%(email)s has no account here that is open. Ask an administrator to open one for "
            "this address."
        )
        % names
    )


def _isolated(text: str) -> str:
    return f"\u2068{text}\u2069"
