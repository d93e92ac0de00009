"""What the page of the sheet at an address says: why it was not read, and what waits."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.db.models import SheetSource
from checkin.domain.integrations.sheets import SheetProblem, Waits
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.words.unreadable import unreadable_sentence


def kind_words() -> dict[Waits, str]:
    """Return what each kind of what waits is called."""
    return {
        Waits.QUESTION: _("Questions"),
        Waits.CHANGE: _("Changes of people who are registered"),
        Waits.GONE: _("People who are not in the sheet any more"),
    }


def fault_sentence(source: SheetSource, language: str) -> str:
    """Return why a sheet was not read the last time, and what to do; "" where it was."""
    if source.problem is None:
        return ""
    problem, details = SheetProblem(source.problem), source.details
    if problem is SheetProblem.UNREADABLE:
        return unreadable_sentence(UnreadableFile(*details), language)
    if problem is SheetProblem.COLUMNS and details:
        names = ", ".join(f"\u2068{one}\u2069" for one in details)
        return str(
            _(
                "Columns that were there are missing or called otherwise now: %(columns)s. Call "
                "them as before, or look at the sheet again.",
                columns=names,
            )
        )
    if problem is SheetProblem.STATUS:
        status = f"\u2068{''.join(details)}\u2069"
        return str(
            _(
                "The other server has answered with the error %(status)s. Open the address in a "
                "browser; it is tried again at its time.",
                status=status,
            )
        )
    return str(_sentences()[problem])


def _sentences() -> dict[SheetProblem, str]:
    return {
        SheetProblem.UNREACHABLE: _(
            "Nobody answers at this address. It is tried again at its time."
        ),
        SheetProblem.SLOW: _("The sheet did not come in time. It is tried again at its time."),
        SheetProblem.LARGE: _(
            "The sheet is larger than 10 MB. Keep only the list of participants in it."
        ),
        SheetProblem.CERTIFICATE: _(
            "The certificate of the other server is not valid for this address, so nothing was "
            "read. Tell whoever runs it."
        ),
        SheetProblem.NOT_WEB: _(
            "What answers at this address is no web server, or leads on and on. Copy the address "
            "again."
        ),
        SheetProblem.NOT_ALLOWED: _(
            "This address is unknown, or leads to a private network, which is not called. Copy it "
            "again, or ask an administrator to permit it."
        ),
        SheetProblem.MISSING: _(
            "There is nothing at this address any more (404). Publish the sheet again, and copy "
            "its new address."
        ),
        SheetProblem.FORBIDDEN: _(
            "The other server wants a sign-in for this sheet. Share it so that whoever has the "
            "address may read it."
        ),
        SheetProblem.WEB_PAGE: _(
            "A web page came instead of the sheet: often one to sign in. Share the sheet so that "
            "whoever has the address may read it, and copy the address of its CSV."
        ),
        SheetProblem.COLUMNS: _(
            "The columns are not as they were at the first look. Look at the sheet again."
        ),
        SheetProblem.KEY: _(
            "The address was kept with another key, and cannot be read. Write it again."
        ),
    }
