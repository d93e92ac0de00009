"""Rate limits on pages: the keys by which requests count, and decorators that count them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from flask import Response, after_this_request, make_response, request

from checkin.domain.accounts.browsers import client_of
from checkin.errors import TooManyRequests
from checkin.services.limits.rules import WRONG_LINKS, Rule
from checkin.web.site.refusals.errors import too_many_page
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import marhaba

View = TypeVar("View", bound=Callable[..., object])


def by_client() -> str:
    """Count by the client's address."""
    return client_of(request.remote_addr)


def by_operator() -> str:
    """Count by the operator who is signed in, because an office's operators share one address."""
    return str(current_operator().id)


def by_path() -> str:
    """Count by the requested path."""
    return request.path


def limited(
    rule: Rule, by: Callable[[], str], *, only_failures: bool = False
) -> Callable[[View], View]:
    """Count each request before its view runs, and refuse requests beyond the limit.

    Args:
        only_failures: give back requests that succeed.
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
    """Count requests with a wrong secret for pages that have a secret address.

    Requests with a right secret are neither counted nor refused, because all telephones in a hall
    share one address with an attacker there.

    Args:
        status: the status with which the pages answer a wrong secret.
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
