"""Where a mail server posts what it could not deliver, as it received it (message/rfc822)."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from functools import partial

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from checkin.db.engine import in_transaction
from checkin.errors import NotFound
from checkin.services.mail.bounces import record_report
from checkin.web.site.json import json_response
from checkin.web.site.state import database, marhaba

bp = APIBlueprint("bounces", __name__, enable_openapi=False)


@bp.post("/mail/bounces/<secret>")
def take(secret: str) -> ResponseReturnValue:
    """Write one report down; `badges bounces --webhook` prints the address.

    Raises:
        NotFound: the secret is not ours.
    """
    keys = marhaba().keys
    if not hmac.compare_digest(secret.encode(), keys.bounce_webhook.encode()):
        raise NotFound("there is nothing here")
    work = partial(record_report, keys=keys, raw=request.get_data(), now=datetime.now(UTC))
    return json_response({"report": in_transaction(database(), work)})
