"""The queries for the sections of the whole export: every table of an event, without secrets.

Things are identified by their names and people by their ids. Codes, tokens and keyed hashes are
left out, and so are temporary data (unfinished uploads, pairings, jobs), what serves to take lists
back, and sums of exported rows.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from checkin.db.models import (
    STOP_MESSAGES,
    Activity,
    Admission,
    Announcement,
    AnnouncementPerson,
    AnnouncementText,
    Application,
    Badge,
    BadgePrint,
    Bus,
    BusLeader,
    Category,
    Conflict,
    Consent,
    ConsentText,
    Delegation,
    Device,
    Duplicate,
    EntryStop,
    Event,
    EventDay,
    Flag,
    Gate,
    GateCategory,
    HelpCall,
    HourlyArrivals,
    Hub,
    Lease,
    LeasePlace,
    MailSwitch,
    MergedRecord,
    Message,
    MessageText,
    OpeningHours,
    Operator,
    Outreach,
    Participant,
    Scan,
    SelfRegistration,
    WalkIn,
)
from checkin.domain.people.fields import APPLIED, ShownIn, own_in
from checkin.services.export.people import Rows, participants_and_arrivals


def event_itself(event_id: int) -> Rows:
    """Return the query for an event with its settings."""
    return select(
        *(Event.slug, Event.name, Event.name_ar, Event.venue, Event.venue_ar),
        *(Event.timezone, Event.language, Event.starts_at, Event.ends_at),
        *(
            Event.doors_open_at,
            Event.doors_close_at,
            Event.grace_s,
            Event.reserve_from,
            Event.reserve_until,
        ),
        *(Event.capacity, Event.reentry, Event.organiser, Event.contact),
        *(Event.organiser_address, Event.cndp_number),
        *(Event.retention_days, Event.sensitive, Event.logo, Event.colour),
        Event.without_badge,
        *(Event.gates_may_search, Event.search_while_closed, Event.gates_call_coordinators),
        *(Event.search_budget_gate, Event.search_budget_desk, Event.badge_delay_s),
        *(Event.finds_badges, Event.map_point),
        *(Event.rehearsal_since, Event.created_at, Event.purged_at),
    ).where(Event.id == event_id)


def days(event_id: int) -> Rows:
    """Return the query for an event's days."""
    return (
        select(
            *(EventDay.day, EventDay.starts_at, EventDay.ends_at),
            *(EventDay.doors_open_at, EventDay.doors_close_at, EventDay.reserve_from),
        )
        .where(EventDay.event_id == event_id)
        .order_by(EventDay.day)
    )


def delegations(event_id: int) -> Rows:
    """Return the query for an event's delegations with their quotas."""
    return (
        select(
            Delegation.name.label("delegation"),
            Delegation.name_ar.label("delegation_ar"),
            Delegation.quota,
            Delegation.places_taken,
            Delegation.kept_places,
            Delegation.kept_percent,
            Delegation.coordinator_phone,
        )
        .where(Delegation.event_id == event_id)
        .order_by(Delegation.name)
    )


def categories(event_id: int) -> Rows:
    """Return the query for an event's categories, in their order."""
    return (
        select(
            Category.name.label("category"),
            Category.name_ar.label("category_ar"),
            Category.colour,
            Category.shape,
            Category.position,
        )
        .where(Category.event_id == event_id)
        .order_by(Category.position, Category.id)
    )


def gates(event_id: int) -> Rows:
    """Return the query for an event's gates; one without `gate_categories` admits everybody."""
    return (
        select(Gate.name.label("gate"), Gate.name_ar, Gate.help_desk)
        .where(Gate.event_id == event_id)
        .order_by(Gate.id)
    )


def gate_categories(event_id: int) -> Rows:
    """Return the query for the categories that each limited gate admits."""
    return (
        select(Gate.name.label("gate"), Category.name.label("category"))
        .select_from(GateCategory)
        .join(Gate, Gate.id == GateCategory.gate_id)
        .join(Category, Category.id == GateCategory.category_id)
        .where(GateCategory.event_id == event_id)
        .order_by(Gate.id, Category.id)
    )


def flags(event_id: int) -> Rows:
    """Return the query for an event's flags; whose they are is written with the participants."""
    return (
        select(Flag.name.label("flag"), Flag.symbol, Flag.sentence, Flag.sentence_ar, Flag.page)
        .where(Flag.event_id == event_id)
        .order_by(Flag.folded)
    )


def opening_hours(event_id: int) -> Rows:
    """Return the query for the hours of gates and categories; of each one of the two is named."""
    return (
        select(
            Gate.name.label("gate"),
            Category.name.label("category"),
            *(OpeningHours.opens_at, OpeningHours.closes_at),
        )
        .select_from(OpeningHours)
        .outerjoin(Gate, Gate.id == OpeningHours.gate_id)
        .outerjoin(Category, Category.id == OpeningHours.category_id)
        .where(OpeningHours.event_id == event_id)
        .order_by(OpeningHours.opens_at, OpeningHours.id)
    )


def help_calls(event_id: int) -> Rows:
    """Return the query for the calls for help from gates, and who took them."""
    return (
        select(
            Gate.name.label("gate"),
            HelpCall.device_id,
            *(HelpCall.called_at, HelpCall.taken_at, Operator.name.label("taken_by")),
        )
        .select_from(HelpCall)
        .join(Gate, Gate.id == HelpCall.gate_id)
        .outerjoin(Operator, Operator.id == HelpCall.taken_by)
        .where(HelpCall.event_id == event_id)
        .order_by(HelpCall.id)
    )


def devices(event_id: int) -> Rows:
    """Return the query for an event's devices, without their tokens."""
    return (
        select(
            Device.id.label("device_id"),
            Device.name,
            Device.software,
            Gate.name.label("gate"),
            *(Device.paired_at, Device.revoked_at, Device.wiped_at, Device.last_seen_at),
            *(Device.skew_ms, Device.waiting, Device.list_at, Device.battery, Device.charging),
            *(Device.may_search, Device.search_granted_at, Device.kiosk_since),
            *(Device.set_aside, Device.again_at),
            *(Device.memory_lost_at, Device.memory_saved, Device.copied_at),
            Device.desk_salt.is_not(None).label("help_desk"),
        )
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.event_id == event_id)
        .order_by(Device.id)
    )


def hubs(event_id: int) -> Rows:
    """Return the query for an event's hubs, without their tokens and certificates."""
    return (
        select(
            *(Hub.device_id, Hub.name, Hub.software, Hub.addresses),
            *(Hub.paired_at, Hub.revoked_at, Hub.wiped_at, Hub.last_seen_at),
        )
        .where(Hub.event_id == event_id)
        .order_by(Hub.id)
    )


def message_texts(event_id: int) -> Rows:
    """Return the query for the event's own texts in its messages."""
    return (
        select(MessageText.language, MessageText.name, MessageText.text)
        .where(MessageText.event_id == event_id)
        .order_by(MessageText.language, MessageText.name)
    )


def mail_switch(event_id: int) -> Rows:
    """Return the query for the switch that says whether the event's messages may be sent."""
    return select(
        *(MailSwitch.sending, MailSwitch.holds_badges),
        *(MailSwitch.changed_at, MailSwitch.sender_seen_at),
    ).where(MailSwitch.event_id == event_id)


_Registrar = aliased(Operator)


def participants(event_id: int) -> Rows:
    """Return the query for an event's participants, including canceled ones."""
    return (
        participants_and_arrivals(event_id)
        .outerjoin(Operator, Operator.id == Participant.blocked_by)
        .outerjoin(_Registrar, _Registrar.id == Participant.registrar_id)
        .add_columns(
            *(Participant.reserve_no, Participant.blocked, Participant.blocked_at),
            *(Operator.name.label("blocked_by"), Participant.blocked_reason),
            *(getattr(Participant, key) for key in own_in(ShownIn.WHOLE_EXPORT)),
            *(Participant.registered_by, _Registrar.name.label("registrar")),
            *(Participant.registered_at, Participant.canceled_at),
            *(Participant.merged_into, Participant.unchecked_no, Participant.badge_from),
        )
    )


def merged_records(event_id: int) -> Rows:
    """Return the query for records that were merged into others of the same person."""
    return (
        select(
            *(MergedRecord.participant_id, MergedRecord.kept_id, MergedRecord.merged_at),
            *(Operator.name.label("merged_by"), MergedRecord.note, MergedRecord.former),
        )
        .outerjoin(Operator, Operator.id == MergedRecord.merged_by)
        .where(MergedRecord.event_id == event_id)
        .order_by(MergedRecord.participant_id)
    )


def badges(event_id: int) -> Rows:
    """Return the query for an event's badges, without their codes."""
    return (
        select(
            *(Badge.participant_id, Badge.issue, Badge.issued_at, Badge.revoked_at),
            *(Badge.opened_at, Badge.last_opened_at),
        )
        .where(Badge.event_id == event_id)
        .order_by(Badge.participant_id, Badge.issue)
    )


def badge_prints(event_id: int) -> Rows:
    """Return the query for the badges that were printed at desks."""
    return (
        select(
            *(
                Badge.participant_id,
                Badge.issue.label("badge_issue"),
                BadgePrint.copies,
                BadgePrint.design,
            ),
            *(BadgePrint.printer, BadgePrint.at, Operator.name.label("operator")),
        )
        .select_from(BadgePrint)
        .join(Badge, Badge.id == BadgePrint.badge_id)
        .outerjoin(Operator, Operator.id == BadgePrint.operator_id)
        .where(BadgePrint.event_id == event_id)
        .order_by(BadgePrint.id)
    )


def messages(event_id: int) -> Rows:
    """Return the query for the state of each message, without its text."""
    return (
        select(
            *(
                Message.participant_id,
                Badge.issue.label("badge_issue"),
                Badge.participant_id.label("badge_of"),
                Message.kind,
                Message.announcement_id,
                Message.channel,
                Message.address,
                Message.state,
            ),
            *(Message.attempts, Message.created_at, Message.next_try_at, Message.claimed_at),
            *(Message.handed_at, Message.sent_at, Message.bounced_at, Message.last_answer),
        )
        .join(Badge, Badge.id == Message.badge_id)
        .where(Message.event_id == event_id)
        .order_by(Message.id)
    )


_Sharer = aliased(Operator)
_Caller = aliased(Operator)


def outreach(event_id: int) -> Rows:
    """Return the query for what was done to reach people by telephone."""
    return (
        select(
            *(Outreach.participant_id, Badge.issue.label("badge_issue"), Outreach.shared_at),
            *(Outreach.shared_by, _Sharer.name.label("sharer"), Outreach.asked_at),
            *(Outreach.call_result, Outreach.called_at, _Caller.name.label("caller")),
        )
        .outerjoin(Badge, Badge.id == Outreach.badge_id)
        .outerjoin(_Sharer, _Sharer.id == Outreach.sharer_id)
        .outerjoin(_Caller, _Caller.id == Outreach.caller_id)
        .where(Outreach.event_id == event_id)
        .order_by(Outreach.participant_id)
    )


_Author = aliased(Operator)
_Sender = aliased(Operator)


def announcements(event_id: int) -> Rows:
    """Return the query for messages to many participants, with the choice of their recipients."""
    return (
        select(
            *(Announcement.id.label("announcement_id"), Announcement.about),
            *(Delegation.name.label("delegation"), Announcement.audience, Announcement.before),
            *(Announcement.state, Announcement.created_at, _Author.name.label("created_by")),
            *(Announcement.sent_at, _Sender.name.label("sent_by")),
        )
        .outerjoin(Delegation, Delegation.id == Announcement.delegation_id)
        .outerjoin(_Author, _Author.id == Announcement.created_by)
        .outerjoin(_Sender, _Sender.id == Announcement.sent_by)
        .where(Announcement.event_id == event_id)
        .order_by(Announcement.id)
    )


def announcement_texts(event_id: int) -> Rows:
    """Return the query for the texts that organisers have written to participants."""
    text = AnnouncementText
    return (
        select(text.announcement_id, text.language, text.subject, text.text)
        .where(text.event_id == event_id)
        .order_by(text.announcement_id, text.language)
    )


def announcement_people(event_id: int) -> Rows:
    """Return the query for the participants whom a list has changed something for."""
    person = AnnouncementPerson
    return (
        select(person.announcement_id, person.participant_id, person.kind)
        .where(person.event_id == event_id)
        .order_by(person.announcement_id, person.participant_id)
    )


def applications(event_id: int) -> Rows:
    """Return the query for applications by a registration link that wait for a decision."""
    return (
        select(
            Delegation.name.label("delegation"),
            *(getattr(Application, key) for key in APPLIED),
            Application.applied_at.label("consented_at"),
            Application.consent_text_id.label("consent_text"),
        )
        .join(Delegation, Delegation.id == Application.delegation_id)
        .where(Application.event_id == event_id)
        .order_by(Application.id)
    )


def links(event_id: int) -> Rows:
    """Return the query for the delegations' registration links, without their secrets."""
    return (
        select(
            Delegation.name.label("delegation"),
            *(SelfRegistration.issue, SelfRegistration.is_open, SelfRegistration.approval),
            Category.name.label("category"),
            SelfRegistration.changed_at,
        )
        .select_from(SelfRegistration)
        .join(Delegation, Delegation.id == SelfRegistration.delegation_id)
        .join(Category, Category.id == SelfRegistration.category_id)
        .where(SelfRegistration.event_id == event_id)
        .order_by(Delegation.name)
    )


def consent_texts(event_id: int) -> Rows:
    """Return the query for the privacy notices that participants agreed to."""
    used = (
        select(Consent.text_id)
        .where(Consent.event_id == event_id)
        .union(select(Application.consent_text_id).where(Application.event_id == event_id))
    )
    return (
        select(
            ConsentText.id.label("consent_text"),
            *(ConsentText.language, ConsentText.text, ConsentText.first_used_at),
        )
        .where(ConsentText.id.in_(used))
        .order_by(ConsentText.first_used_at, ConsentText.id)
    )


def buses(event_id: int) -> Rows:
    """Return the query for the delegations' buses and their leaders."""
    return (
        select(
            Delegation.name.label("delegation"),
            Bus.name.label("bus"),
            *(Bus.leader, Bus.leader_phone, Bus.seats),
        )
        .join(Delegation, Delegation.id == Bus.delegation_id)
        .where(Bus.event_id == event_id)
        .order_by(Delegation.name, Bus.name)
    )


def bus_leaders(event_id: int) -> Rows:
    """Return the query for the passengers whose badges open the lists of their buses."""
    return (
        select(BusLeader.participant_id, Bus.name.label("bus"))
        .join(Bus, Bus.id == BusLeader.bus_id)
        .where(BusLeader.event_id == event_id)
        .order_by(BusLeader.participant_id)
    )


_ExitScan = aliased(Scan)
_FirstScan = aliased(Scan)
_FirstGate = aliased(Gate)
_LostDelegation = aliased(Delegation)
_Lifter = aliased(Operator)


def scans(event_id: int) -> Rows:
    """Return the query for all scans in order of time, including refused and annulled ones."""
    return (
        select(
            *(Scan.scan_id, Scan.participant_id, Badge.issue.label("badge_issue")),
            Badge.participant_id.label("badge_of"),
            *(Gate.name.label("gate"), Scan.device_id, Scan.direction, Scan.source, Scan.by_ref),
            *(Scan.scanned_at, Scan.corrected_at, Scan.received_at, Scan.skew_ms),
            *(Scan.status, Scan.reason, Scan.decided_status, Scan.decided_reason),
            *(Scan.forced, Scan.force_reason, Operator.name.label("forced_by")),
            Scan.overridden,
            *(Scan.arrived, Scan.quota, Scan.first_at, _FirstGate.name.label("first_gate")),
            *(Scan.annulled_at, Scan.annul_reason),
            _LostDelegation.name.label("lost_delegation"),
        )
        .select_from(Scan)
        .outerjoin(_LostDelegation, _LostDelegation.id == Scan.lost_delegation_id)
        .join(Gate, Gate.id == Scan.gate_id)
        .outerjoin(Badge, Badge.id == Scan.badge_id)
        .outerjoin(Operator, Operator.id == Scan.forced_by)
        .outerjoin(_FirstGate, _FirstGate.id == Scan.first_gate_id)
        .where(Scan.event_id == event_id)
        .order_by(Scan.corrected_at, Scan.id)
    )


def admissions(event_id: int) -> Rows:
    """Return the query for all admissions, each with its exit."""
    return (
        select(
            *(Admission.participant_id, Admission.day, Admission.entry_no, Scan.scan_id),
            *(Delegation.name.label("delegation"), Gate.name.label("gate"), Admission.device_id),
            *(Admission.without_place, Admission.on_loan),
            *(Admission.admitted_at, Admission.exited_at),
            *(_ExitScan.scan_id.label("exit_scan_id"), Admission.annulled_at),
        )
        .select_from(Admission)
        .join(Scan, Scan.id == Admission.scan_pk)
        .join(Delegation, Delegation.id == Admission.delegation_id)
        .join(Gate, Gate.id == Admission.gate_id)
        .outerjoin(_ExitScan, _ExitScan.id == Admission.exit_scan_pk)
        .where(Admission.event_id == event_id)
        .order_by(Admission.admitted_at, Admission.id)
    )


def conflicts(event_id: int) -> Rows:
    """Return the query for conflicts and the decisions on them."""
    return (
        select(
            *(Scan.scan_id, Conflict.reason, _FirstScan.scan_id.label("contradicts_scan_id")),
            *(Conflict.created_at, Conflict.decided_at, Operator.name.label("decided_by")),
            *(Conflict.decision, Conflict.note),
        )
        .select_from(Conflict)
        .join(Scan, Scan.id == Conflict.scan_pk)
        .outerjoin(Admission, Admission.id == Conflict.admission_id)
        .outerjoin(_FirstScan, _FirstScan.id == Admission.scan_pk)
        .outerjoin(Operator, Operator.id == Conflict.decided_by)
        .where(Conflict.event_id == event_id)
        .order_by(Conflict.id)
    )


def duplicates(event_id: int) -> Rows:
    """Return the query for possible duplicates among walk-ins, and the decisions on them."""
    return (
        select(
            *(Duplicate.participant_id, Duplicate.twin_id, Duplicate.same, Duplicate.created_at),
            *(Duplicate.decided_at, Operator.name.label("decided_by")),
            *(Duplicate.decision, Duplicate.note),
        )
        .outerjoin(Operator, Operator.id == Duplicate.decided_by)
        .where(Duplicate.event_id == event_id)
        .order_by(Duplicate.participant_id)
    )


def walk_ins(event_id: int) -> Rows:
    """Return the query for walk-ins, with the answer that the device got."""
    return (
        select(
            *(WalkIn.id.label("walk_in_id"), WalkIn.device_id, WalkIn.participant_id),
            *(Badge.issue.label("badge_issue"), WalkIn.standing, WalkIn.reserve_no),
            WalkIn.on_loan,
        )
        .join(Badge, Badge.id == WalkIn.badge_id)
        .where(WalkIn.event_id == event_id)
        .order_by(WalkIn.participant_id)
    )


def leases(event_id: int) -> Rows:
    """Return the query for leases, with the hall's capacity that they lent to devices."""
    return (
        select(
            *(Lease.id.label("lease_id"), Lease.device_id, Lease.granted_at, Lease.expires_at),
            *(Lease.ended_at, Lease.hall, Lease.hall_used),
        )
        .where(Lease.event_id == event_id)
        .order_by(Lease.granted_at, Lease.id)
    )


def lease_places(event_id: int) -> Rows:
    """Return the query for the places of delegations' quotas that leases lent to devices."""
    return (
        select(
            *(LeasePlace.lease_id, Delegation.name.label("delegation")),
            *(LeasePlace.places, LeasePlace.used),
        )
        .join(Delegation, Delegation.id == LeasePlace.delegation_id)
        .where(LeasePlace.event_id == event_id)
        .order_by(LeasePlace.lease_id, Delegation.name)
    )


def entry_stops(event_id: int) -> Rows:
    """Return the query for stops of all entries, with their messages."""
    return (
        select(
            *STOP_MESSAGES,
            *(EntryStop.stopped_at, Operator.name.label("stopped_by")),
            *(EntryStop.lifted_at, _Lifter.name.label("lifted_by")),
        )
        .join(Operator, Operator.id == EntryStop.stopped_by)
        .outerjoin(_Lifter, _Lifter.id == EntryStop.lifted_by)
        .where(EntryStop.event_id == event_id)
        .order_by(EntryStop.id)
    )


def hourly_arrivals(event_id: int) -> Rows:
    """Return the query for the arrivals by hour, which a purge keeps."""
    return (
        select(
            *(Delegation.name.label("delegation"), Gate.name.label("gate")),
            *(HourlyArrivals.day, HourlyArrivals.hour_at, HourlyArrivals.arrived),
            *(HourlyArrivals.arrived_reserve, HourlyArrivals.arrived_canceled),
            *(HourlyArrivals.overrides, HourlyArrivals.walk_ins),
        )
        .select_from(HourlyArrivals)
        .join(Delegation, Delegation.id == HourlyArrivals.delegation_id)
        .join(Gate, Gate.id == HourlyArrivals.gate_id)
        .where(HourlyArrivals.event_id == event_id)
        .order_by(HourlyArrivals.hour_at, Delegation.name, Gate.name)
    )


def activity(event_id: int) -> Rows:
    """Return the query for the event's entries in the activity log."""
    return (
        select(
            *(Activity.at, Operator.name.label("operator"), Activity.device_id),
            *(Activity.participant_id, Activity.action, Activity.details),
        )
        .outerjoin(Operator, Operator.id == Activity.operator_id)
        .where(Activity.event_id == event_id)
        .order_by(Activity.id)
    )
