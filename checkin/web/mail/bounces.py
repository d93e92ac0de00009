"""The webhook to which a mail server posts bounce reports as it received them (message/rfc822)."""

from __future__ import annotations

import hmac

from flask import Blueprint, request

from checkin.errors import NotFound
from checkin.services.mail.mailbox.bounces import record_report
from checkin.services.uploads.bounces import read_report
from checkin.web.site.json import json_response
from checkin.web.site.visits import LINK, Answer, Visit, visited_by

bp = Blueprint("bounces", __name__)


@bp.post("/mail/bounces/<secret>")
@visited_by(LINK)
def take(visit: Visit, secret: str) -> Answer:
    """Record one bounce report; `badges bounces --webhook` prints the webhook's address.

    Raises:
        NotFound: the secret in the address is wrong.
    """
    keys = visit.keys
    if not hmac.compare_digest(secret.encode(), keys.bounce_webhook.encode()):
        raise NotFound("there is nothing here")
    bounce = read_report(request.get_data())
    report = visit.write(lambda v: record_report(v.session, keys=keys, bounce=bounce, now=v.now))
    return json_response({"report": report})
