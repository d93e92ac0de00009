"""The tables, by subject."""

from checkin.db.models.accounts import (
    Activity,
    LinkPurpose,
    Operator,
    OperatorSession,
    PasswordLink,
    RecoveryCode,
    Role,
)
from checkin.db.models.badges import Badge, BadgePrint
from checkin.db.models.base import Base
from checkin.db.models.events import Event, MessageText
from checkin.db.models.gates import (
    Device,
    EntryStop,
    Gate,
    GateCategory,
    Lease,
    LeasePlace,
    Pairing,
)
from checkin.db.models.installation import InstallationSetting, LimitCounter
from checkin.db.models.mail import LetterSent, MailSwitch, Message, MessageState, Sending
from checkin.db.models.people import (
    Application,
    Bus,
    BusPassenger,
    Category,
    Consent,
    ConsentText,
    Delegation,
    ImportDraft,
    Participant,
    SelfRegistration,
)
from checkin.db.models.scanning import (
    Admission,
    ArrivalTally,
    Conflict,
    Duplicate,
    HourlyArrivals,
    RefusalTally,
    Scan,
    WalkIn,
)

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
