"""The page of the provider of sign-ins (OpenID Connect): which it is, and whether it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.engine import in_transaction
from checkin.domain.accounts.provider import (
    CLIENT_ID,
    ISSUER,
    NAME,
    Provider,
    read_provider_form,
)
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.services.accounts.oidc import (
    TURNS,
    ProviderFault,
    ProviderProblem,
    describe,
    signing_keys,
)
from checkin.services.accounts.operators import operator_by_id
from checkin.services.accounts.provider_settings import (
    has_secret,
    keep_provider,
    kept_provider,
    note_provider_test,
)
from checkin.services.accounts.provider_sign_in import forget_identities
from checkin.services.network.outgoing import CallProblem
from checkin.web.accounts.confirming import FIELD, confirmed, is_confirmed_here
from checkin.web.accounts.provider_sign_in import back_to
from checkin.web.site.visits import ADMINISTRATORS, Answer, Visit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of a test.

    Attributes:
        has_answered: whether it would sign people in.
        sentence: how the provider calls itself, or what is wrong and what to do.
        detail: the reason in technical words; "" where the sentence says all.
    """

    has_answered: bool
    sentence: str
    detail: str = ""


@bp.get("/operators/provider")
@visited_by(ADMINISTRATORS)
def show(visit: Visit) -> Answer:
    """Show which provider there is, with the form."""
    return _page(visit)


# Whoever sets the provider says who everybody is.
@bp.post("/operators/provider")
@confirmed
@visited_by(ADMINISTRATORS)
def save(visit: Visit) -> Answer:
    """Keep the provider, or show what is wrong with the form."""
    before = kept_provider(visit.session)
    written = read_provider_form(request.form, before, has_secret=has_secret(visit.session))
    if isinstance(written, list):
        return _page(visit, request.form, written), 400
    if written.provider is not None:
        try:
            visit.server.settings.caller.check(written.provider.issuer)
        except InvalidValue as fault:
            return _page(visit, request.form, [fault.in_column(ISSUER)]), 400
    visit.write(lambda v: keep_provider(v.session, v.keys, written, **v.who))
    flash(_("Saved."))
    return redirect(visit.address("provider_settings.show"), 303)


@bp.post("/operators/provider/test")
@visited_by(ADMINISTRATORS)
def test(visit: Visit) -> Answer:
    """Ask the provider to describe itself, and show what it answered."""
    provider, caller = kept_provider(visit.session), visit.server.settings.caller
    if provider is None:
        return redirect(visit.address("provider_settings.show"), 303)
    visit.session.close()  # a provider may be slow
    fault: ProviderFault | None = None
    try:
        TURNS.do(lambda: signing_keys(caller, describe(caller, provider.issuer)))
    except ProviderFault as found:
        fault = found
    told = f"{fault.problem} {fault.detail}"[:200] if fault else None
    in_transaction(
        visit.server.database, lambda session: note_provider_test(session, told, **visit.who)
    )
    return _page(visit, tried=_tried(provider, fault))


@bp.post("/operators/<int:operator_id>/provider/forget")
@confirmed
@visited_by(ADMINISTRATORS)
def forget(visit: Visit, operator_id: int) -> Answer:
    """Undo whose account this is at the provider."""

    def work(v: Visit) -> None:
        operator = operator_by_id(v.session, operator_id)
        forget_identities(v.session, operator.id, now=v.now, by=v.operator.id)

    visit.write(work)
    flash(_("The next sign-in by the provider goes by the e-mail address again."))
    return redirect(visit.address("operators.show", operator_id=operator_id), 303)


def _page(
    visit: Visit,
    written: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
    tried: Tried | None = None,
) -> str:
    provider = kept_provider(visit.session)
    return visit.show(
        "accounts/provider.html",
        provider=provider,
        values=_values(provider) | dict(written or {}),
        problems={one.column: problem_advice(one, visit.language) for one in problems or []},
        has_secret=has_secret(visit.session),
        back_to=back_to(visit),
        tried=tried,
        confirmation="" if is_confirmed_here() else FIELD,
    )


def _values(provider: Provider | None) -> dict[str, str]:
    if provider is None:
        return {}
    return {ISSUER: provider.issuer, CLIENT_ID: provider.client_id, NAME: provider.name}


def _tried(provider: Provider, fault: ProviderFault | None) -> Tried:
    if fault is None:
        name = f"\u2068{provider.issuer}\u2069"
        return Tried(
            True, str(_("The provider has answered; its name is %(name)s.") % {"name": name})
        )
    return Tried(False, _advice(fault), fault.detail)


def _advice(fault: ProviderFault) -> str:
    if fault.problem is ProviderProblem.ISSUER:
        return str(
            _(
                "It calls itself otherwise. Copy its name below into the field “Issuer”, letter by "
                "letter, with or without the stroke at the end."
            )
        )
    if fault.problem is ProviderProblem.CALL:
        return str(_call_words().get(fault.detail, _("This address may not be called.")))
    if fault.problem is ProviderProblem.REFUSED:
        return str(
            _("There is no description of a provider at this address; look for a slip in it.")
        )
    return str(
        _(
            "What answers there is no provider of OpenID Connect, or has no key for RS256 or "
            "ES256; look for a slip in the address, or ask whoever runs the provider."
        )
    )


def _call_words() -> dict[str, str]:
    return {
        CallProblem.UNREACHABLE: _("Nobody answers at this address."),
        CallProblem.SLOW: _("There was no answer in time."),
        CallProblem.LARGE: _("The answer is too large for a provider's description."),
        CallProblem.CERTIFICATE: _("Its certificate is not valid for this address."),
        CallProblem.NOT_HTTP: _("What answers there is no web server."),
        CallProblem.REDIRECTS: _("The address leads elsewhere."),
        "destination_unknown": _("Nobody is known by this name."),
        "destination_inside": _(
            "It leads to a private network; whoever runs the server can permit it "
            "(CHECKIN_OUTGOING_ALLOWED)."
        ),
    }
