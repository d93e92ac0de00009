"""Why a job failed, as a code with values; `checkin.web.jobs.job_words` has the sentences."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class ProblemCode(StrEnum):
    """The codes of why a job failed."""

    #: it needed more memory than the worker gives to one job
    OUT_OF_MEMORY = "out_of_memory"
    #: it needed more of the processor than its kind is given
    OUT_OF_TIME = "out_of_time"
    #: its process was killed
    DIED = "died"
    #: its worker died with it, again and again
    WORKER_DIED = "worker_died"
    #: a fault of the program; the log says more
    FAULT = "fault"
    #: nobody has a badge to print
    NO_BADGES = "no_badges"
    #: an uploaded file is no list; its draft says why
    UNREADABLE_LIST = "unreadable_list"
    #: an uploaded list was discarded, or is too old
    LIST_GONE = "list_gone"
    #: a logo or a colour cannot be used: values "problem", a `badges.look.LookProblem`, and "value"
    LOOK_REFUSED = "look_refused"
    #: the mail server takes nothing, whoever it is for: `answer` is what it said
    MAIL_REFUSED = "mail_refused"
    #: only this machine understands the server's address, or the sender of e-mails
    MAIL_ADDRESS = "mail_address"


class JobFailed(Exception):
    """Raised by a job that cannot be done, for a reason that its asker understands.

    Args:
        values: what the sentence fills in; never names or contacts, because they are not encrypted.
    """

    def __init__(self, code: ProblemCode, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
