"""Limits on pages: whose a try is, and counting it before the page does anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from flask import Response, after_this_request, make_response, request

from checkin.domain.accounts.browsers import client_of
from checkin.errors import TooManyRequests
from checkin.services.limits.rules import WRONG_LINKS, Rule
from checkin.web.site.errors import too_many_page
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import marhaba

View = TypeVar("View", bound=Callable[..., object])


def by_client() -> str:
    """Count by the address that asks."""
    return client_of(request.remote_addr)


def by_operator() -> str:
    """Count by who is signed in: an office's operators share one address."""
    return str(current_operator().id)


def by_path() -> str:
    """Count by what is asked for."""
    return request.path


def limited(
    rule: Rule, by: Callable[[], str], *, only_failures: bool = False
) -> Callable[[View], View]:
    """Count each request before its page does anything, and refuse what is too much.

    Args:
        only_failures: give back what ends well.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(*args: object, **kwargs: object) -> object:
            tried = marhaba().limits.reserve((rule, by()))
            answer = make_response(view(*args, **kwargs))
            if only_failures and answer.status_code < 400:
                tried.give_back()
            return answer

        return cast(View, counted)

    return decorate


def limit_wrong_links(status: int = 404) -> Callable[[View], View]:
    """Count requests for pages behind a secret address, but only those that lead nowhere.

    Whoever has a right address is never refused, and costs no counting: a hall's telephones share
    one address with whoever guesses.

    Args:
        status: what the pages answer to an address that leads nowhere.
    """

    def counted(answer: Response) -> Response:
        if answer.status_code != status:
            return answer
        try:
            marhaba().limits.reserve((WRONG_LINKS, by_client()))
        except TooManyRequests as fault:
            return make_response(too_many_page(fault))
        return answer

    def decorate(view: View) -> View:
        @wraps(view)
        def watched(*args: object, **kwargs: object) -> object:
            after_this_request(counted)
            return view(*args, **kwargs)

        return cast(View, watched)

    return decorate
