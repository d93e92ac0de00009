"""The tables, one noun per file."""

from checkin.db.models.activity import Activity
from checkin.db.models.admission import Admission
from checkin.db.models.application import Application
from checkin.db.models.badge import Badge
from checkin.db.models.badge_print import BadgePrint
from checkin.db.models.base import Base
from checkin.db.models.bus import Bus, BusPassenger
from checkin.db.models.category import Category
from checkin.db.models.conflict import Conflict
from checkin.db.models.consent import Consent, ConsentText
from checkin.db.models.delegation import Delegation
from checkin.db.models.device import Device, Pairing
from checkin.db.models.duplicate import Duplicate
from checkin.db.models.entry_stop import EntryStop
from checkin.db.models.event import Event
from checkin.db.models.gate import Gate, GateCategory
from checkin.db.models.hourly_arrivals import HourlyArrivals
from checkin.db.models.import_draft import ImportDraft
from checkin.db.models.installation_setting import InstallationSetting
from checkin.db.models.lease import Lease, LeasePlace
from checkin.db.models.letter_sent import LetterSent
from checkin.db.models.limit_counter import LimitCounter
from checkin.db.models.mail_switch import MailSwitch, Sending
from checkin.db.models.message import Message, MessageState
from checkin.db.models.message_text import MessageText
from checkin.db.models.operator import Operator, Role
from checkin.db.models.operator_session import OperatorSession
from checkin.db.models.participant import Participant
from checkin.db.models.password_link import LinkPurpose, PasswordLink
from checkin.db.models.recovery_code import RecoveryCode
from checkin.db.models.scan import Scan
from checkin.db.models.self_registration import SelfRegistration
from checkin.db.models.tally import ArrivalTally, RefusalTally
from checkin.db.models.walk_in import WalkIn

__all__ = [
    "Activity",
    "Admission",
    "Application",
    "ArrivalTally",
    "Badge",
    "BadgePrint",
    "Base",
    "Bus",
    "BusPassenger",
    "Category",
    "Conflict",
    "Consent",
    "ConsentText",
    "Delegation",
    "Device",
    "Duplicate",
    "EntryStop",
    "Event",
    "Gate",
    "GateCategory",
    "HourlyArrivals",
    "ImportDraft",
    "InstallationSetting",
    "Lease",
    "LeasePlace",
    "LetterSent",
    "LimitCounter",
    "LinkPurpose",
    "MailSwitch",
    "Message",
    "MessageState",
    "MessageText",
    "Operator",
    "OperatorSession",
    "Pairing",
    "Participant",
    "PasswordLink",
    "RecoveryCode",
    "RefusalTally",
    "Role",
    "Scan",
    "SelfRegistration",
    "Sending",
    "WalkIn",
]
