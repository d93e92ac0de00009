"""The tables, one noun per file."""

from checkin.db.models.activity import Activity
from checkin.db.models.admission import Admission
from checkin.db.models.badge import Badge
from checkin.db.models.badge_print import BadgePrint
from checkin.db.models.base import Base
from checkin.db.models.category import Category
from checkin.db.models.conflict import Conflict
from checkin.db.models.delegation import Delegation
from checkin.db.models.device import Device, Pairing
from checkin.db.models.entry_stop import EntryStop
from checkin.db.models.event import Event
from checkin.db.models.gate import Gate, GateCategory
from checkin.db.models.hourly_arrivals import HourlyArrivals
from checkin.db.models.lease import Lease, LeasePlace
from checkin.db.models.mail_switch import MailSwitch, Sending
from checkin.db.models.message import Message, MessageState
from checkin.db.models.message_text import MessageText
from checkin.db.models.operator import Operator, Role
from checkin.db.models.participant import Participant
from checkin.db.models.scan import Scan
from checkin.db.models.tally import ArrivalTally, RefusalTally

__all__ = [
    "Activity",
    "Admission",
    "ArrivalTally",
    "Badge",
    "BadgePrint",
    "Base",
    "Category",
    "Conflict",
    "Delegation",
    "Device",
    "EntryStop",
    "Event",
    "Gate",
    "GateCategory",
    "HourlyArrivals",
    "Lease",
    "LeasePlace",
    "MailSwitch",
    "Message",
    "MessageState",
    "MessageText",
    "Operator",
    "Pairing",
    "Participant",
    "RefusalTally",
    "Role",
    "Scan",
    "Sending",
]
