"""The texts of the activity log for each action, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.services.accounts.activity_log import Entry
from checkin.services.accounts.failed_sign_ins import FAILURES
from checkin.services.people.registering.registration import RegistrationSource
from checkin.web.accounts.role_words import role_names


def kind_words() -> dict[str, str]:
    """Return the names of the kinds of actions, by the part of an action before the dot."""
    return {
        "operator": _("Accounts"),
        "event": _("Event"),
        "demo": _("Demo"),
        "category": _("Categories"),
        "delegation": _("Delegations"),
        "participant": _("Participants"),
        "participants": _("Lists of people"),
        "application": _("Requests by link"),
        "link": _("Self-registration"),
        "badge": _("Badges"),
        "badges": _("Sheets of badges"),
        "bus": _("Buses"),
        "mail": _("Delivery"),
        "message": _("Messages"),
        "device": _("Devices"),
        "hub": _("Hubs"),
        "gate": _("Gates"),
        "kiosk": _("Gates left to visitors"),
        "help": _("Calls for help"),
        "flag": _("Flags"),
        "entries": _("Emergency stop"),
        "scan": _("Scans"),
        "conflict": _("Conflicts"),
        "rehearsal": _("Rehearsals"),
        "setup": _("First steps"),
        "webhook": _("Webhooks"),
        "token": _("Read tokens"),
        "backup": _("Backups"),
        "sheet": _("Sheet at an address"),
        "installation": _("The server"),
    }


def action_words() -> dict[str, str]:
    """Return the sentence that describes each action."""
    return {**_of_accounts(), **_people_actions(), **_installation_actions(), **_gate_actions()}


def about_words(entry: Entry) -> list[str]:
    """Return the details of an entry in the reader's language: a word in the place of a code."""
    words: dict[str, dict[str, str]] = {
        "door": source_words(),
        "role": {str(role): name for role, name in role_names().items()},
    }
    return [words.get(key, {}).get(text, text) for key, text in entry.about]


def source_words() -> dict[str, str]:
    """Return where a registration came from, in words."""
    return {
        RegistrationSource.IMPORT: _("by a list"),
        RegistrationSource.FORM: _("by the form"),
        RegistrationSource.WALK_IN: _("at a gate"),
        RegistrationSource.LINK: _("by the delegation's link"),
    }


def who_without_name(action: str) -> str:
    """Return who acted, for entries that name neither an operator nor a device."""
    return str(_("not signed in") if action in FAILURES else _("command line or link"))


def _of_accounts() -> dict[str, str]:
    return {
        "operator.add": _("opened an account"),
        "operator.change": _("changed an account"),
        "operator.disable": _("disabled an account"),
        "operator.code_failed": _("a sign-in failed: right password, wrong code"),
        "operator.enable": _("enabled an account"),
        "operator.link_forgotten": _("asked for a link: password forgotten"),
        "operator.link_invitation": _("sent an invitation"),
        "operator.link_reset": _("took a password away"),
        "operator.passkey_added": _("added a passkey"),
        "operator.passkey_removed": _("removed a passkey"),
        "operator.password": _("set a password"),
        "operator.provider_bound": _("signed in by the provider for the first time"),
        "operator.provider_failed": _("a sign-in by the provider failed"),
        "operator.provider_forgotten": _("undid the link to the provider's account"),
        "operator.pin": _("made a PIN"),
        "operator.recovery_codes": _("made new recovery codes"),
        "operator.second_factor_off": _("turned two-step sign-in off"),
        "operator.second_factor_on": _("turned two-step sign-in on"),
        "operator.sessions_ended": _("ended sessions"),
        "operator.sign_in": _("signed in"),
        "operator.sign_in_failed": _("a sign-in failed: wrong e-mail or password"),
    }


def _people_actions() -> dict[str, str]:
    return {
        "participant.register": _("registered somebody"),
        "participant.edit": _("corrected somebody"),
        "participant.cancel": _("canceled somebody"),
        "participant.move": _("moved somebody to another delegation"),
        "participant.move_up": _("a place went to somebody on the reserve list"),
        "participant.decline": _("somebody said that they are not coming"),
        "participant.reinstate": _("registered somebody again"),
        "participant.block": _("blocked somebody at the gates"),
        "participant.unblock": _("unblocked somebody"),
        "participant.merge": _("merged two records of one person"),
        "participant.unmerge": _("took the merging of two records back"),
        "participant.ask_badge": _("somebody asked for their badge on the event's page"),
        "participant.call": _("wrote down what came of a call"),
        "participant.share_badge": _("sent somebody their badge by phone"),
        "participant.unshare_badge": _("took back that a badge was sent by phone"),
        "participant.mail_wish": _("somebody chose whether they get e-mails"),
        "participant.search": _("searched for a name at a gate"),
        "participant.search_offline": _("searched for names at a help desk without the network"),
        "participant.ask_walk_in": _("asked whether a walk-in is registered"),
        "participant.checked": _("checked somebody: another person, registered"),
        "participants.cancel": _("canceled the people of a list"),
        "participants.category": _("changed the category of the people of a list"),
        "participants.import": _("imported a list"),
        "participants.move": _("moved the people of a list to another delegation"),
        "participants.print": _("asked for the badges of the people of a list"),
        "participants.resend": _("sent the badges of the people of a list again"),
        "participants.review": _("looked at what a list would do"),
        "participants.take_back": _("took an imported list back"),
        "application.reject": _("rejected a request"),
        "badges.give_out": _("gave out the badges of a link"),
        "link.set": _("changed the link for registering oneself"),
        "link.renew": _("made a new link for registering oneself"),
        "badge.reissue": _("replaced a badge"),
        "badge.revoke": _("revoked a badge"),
        "badges.pictures": _("downloaded the pictures of badges"),
        "badges.sheets": _("downloaded sheets of badges"),
        "bus.add": _("added a bus"),
        "bus.assign": _("seated people in a bus"),
        "bus.change": _("changed a bus"),
        "bus.leaders": _("said who leads a bus"),
        "bus.open": _("opened the list of a bus at a gate"),
        "bus.remove": _("removed a bus"),
    }


def _installation_actions() -> dict[str, str]:
    return {
        "webhook.add": _("added a webhook"),
        "webhook.change": _("changed a webhook"),
        "webhook.disable": _("disabled a webhook"),
        "webhook.enable": _("enabled a webhook"),
        "webhook.remove": _("deleted a webhook"),
        "webhook.retry": _("sent again what a webhook had not taken"),
        "webhook.secret": _("made a new secret of a webhook"),
        "webhook.test": _("tested a webhook"),
        "token.add": _("made a read token"),
        "token.revoke": _("revoked a read token"),
        "sheet.dismiss": _("left what a sheet at an address says"),
        "sheet.pause": _("paused the sheet at an address"),
        "sheet.remove": _("forgot the sheet at an address"),
        "sheet.resume": _("let the sheet at an address be fetched again"),
        "sheet.set": _("set the sheet at an address"),
        "event.add": _("created an event"),
        "demo.add": _("made the demo"),
        "backup.restored": _("the records were put back to an earlier state"),
        "demo.remove": _("removed the demo"),
        "event.copy": _("copied an event"),
        "event.copy_people": _("copied the people of an event"),
        "event.change": _("changed the event"),
        "event.colour": _("changed the event's colour"),
        "event.days": _("changed the days of the event"),
        "event.export": _("took the records out"),
        "event.hours": _("changed the hours of gates and categories"),
        "event.logo": _("changed the event's logo"),
        "event.purge": _("erased the personal data"),
        "event.purge.files": _("erased the files"),
        "category.add": _("added a category"),
        "category.ask": _("asked for a category"),
        "category.change": _("changed a category"),
        "category.colours": _("changed the colours of categories"),
        "category.order": _("put the categories in order"),
        "category.remove": _("removed a category"),
        "flag.add": _("added a flag"),
        "flag.change": _("changed a flag"),
        "flag.many": _("gave a flag to many people, or took it from them"),
        "flag.remove": _("deleted a flag"),
        "delegation.add": _("added a delegation"),
        "delegation.quota": _("changed a quota"),
        "delegation.phone": _("changed the phone of coordinators"),
        "delegation.kept_places": _("changed the places kept for gates without network"),
        "delegation.remove": _("deleted a delegation"),
        "delegation.rename": _("renamed a delegation"),
        "rehearsal.begin": _("began a rehearsal"),
        "rehearsal.end": _("ended a rehearsal"),
        "setup.skip": _("left a first step out"),
        "installation.address": _("set the server's address"),
        "installation.lan_address": _("chose among the server's addresses"),
        "installation.sender": _("set the sender of e-mails"),
        "installation.mail": _("changed the mail server"),
        "installation.provider": _("changed the provider of sign-ins"),
        "installation.provider_test": _("tried the provider of sign-ins"),
        "installation.mail_test": _("tried the mail server"),
        "installation.mailbox": _("changed the mailbox that is read for e-mails that come back"),
        "installation.backup": _("took a backup away"),
        "installation.key_sheet": _("printed the locked key of all badges"),
        "installation.channels": _("changed WhatsApp and SMS"),
        "installation.channel_test": _("tried WhatsApp or SMS"),
        "message.send": _("sent a message to many"),
        "message.cancel": _("ended the sending of a message"),
        "message.drop": _("told nobody of a change"),
        "message.people": _("downloaded the list of people whom no e-mail reaches"),
        "mail.people": _("downloaded the list of people and their e-mails"),
        "mail.start": _("started the sending of badges"),
        "mail.cancel": _("canceled the sending of badges"),
        "mail.resend": _("sent badges again"),
        "mail.retry_unknown": _("sent again what may have arrived"),
        "mail.running": _("let messages leave again"),
        "mail.paused": _("paused the sending"),
        "mail.stopped": _("stopped the sending"),
        "mail.channel_stop": _("a channel was stopped"),
    }


def _gate_actions() -> dict[str, str]:
    return {
        "device.add": _("paired a device"),
        "device.pairing_opened": _("opened a pairing"),
        "device.change": _("changed a device"),
        "device.revoke": _("revoked a device"),
        "device.send_again": _("asked a device to send again what it has set aside"),
        "device.memory_lost": _("a device lost what it had kept"),
        "device.copied": _("two copies of a device were noticed"),
        "device.take_back": _("took a device back after a restore"),
        "device.turn_away": _("turned away a device that asked to come back"),
        "device.people": _("took the people of the event, as a help desk"),
        "device.search_granted": _("let a device search for more names"),
        "device.search_unusual": _("searched for names at an unusual pace"),
        "hub.pairing_opened": _("made a code to add a hub"),
        "hub.add": _("paired a hub"),
        "hub.revoke": _("revoked a hub"),
        "hub.wiped": _("a hub erased what it held"),
        "help.take": _("took a call for help"),
        "kiosk.begin": _("a gate was left to visitors"),
        "kiosk.end": _("a gate is staffed again"),
        "gate.add": _("added a gate"),
        "gate.change": _("changed a gate"),
        "entries.stop": _("stopped entries"),
        "entries.resume": _("let people in again"),
        "scan.annul": _("undid a scan"),
        "scan.override": _("let somebody in against the rules"),
        "scan.without_badge": _("let somebody in without a badge"),
        "scan.pin_failed": _("a wrong PIN was given at a gate"),
        "conflict.decide": _("decided a conflict"),
        "conflict.duplicate": _("decided whether two registrations are of one person"),
    }
