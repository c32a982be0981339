"""Code sets: the closed vocabularies that tables and rules are written in."""

from enum import StrEnum

from sqlalchemy import Enum


def stored(codes: type[StrEnum]) -> Enum:
    """Column type for a code set: its values as text, so that a new code needs no database type."""
    return Enum(
        codes, native_enum=False, length=40, values_callable=lambda kinds: [kind.value for kind in kinds]
    )


class RepresentationRole(StrEnum):
    """In what capacity an actor acts (Volven 7611)."""

    SELF = "SELF"
    FU = "FU"  # delegation given by the represented person
    TD = "TD"  # delegation assigned because the person cannot consent
    FO = "FO"  # parental responsibility
    VE = "VE"  # guardianship: shown, gives no right by itself


class AccessTag(StrEnum):
    """From whom something about a child of 12 to 16 is kept (Volven 9603, as set by the service)."""

    NOBODY = "N"
    NOT_PARENTS = "NORN_FORANS"
    NOT_YOUNG = "NORN_UNGDOM"


class DelegationOrigin(StrEnum):
    """Where a right to act for someone comes from."""

    DIGITAL = "digital"
    PAPER = "paper"
    ASSIGNED = "assigned"
    REGISTER = "register"


class EndReason(StrEnum):
    """Why a right to act for someone ended before its time."""

    WITHDRAWN = "withdrawn"
    RENOUNCED = "renounced"
    CHANGED = "changed"
    BY_MUNICIPALITY = "by-municipality"
    BY_REGISTER = "by-register"


class DelegationRequestStatus(StrEnum):
    """What became of someone's asking to act for another."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ExportStatus(StrEnum):
    """How far a download of everything about a person has come."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class ConsentKind(StrEnum):
    """What a citizen agrees to on first use."""

    TERMS = "terms"
    DIALOGUE = "dialogue"


class SenderKind(StrEnum):
    """Which side of the dialogue wrote a message."""

    CITIZEN = "citizen"
    SERVICE = "service"


class OutboxKind(StrEnum):
    """What an outbox row delivers."""

    MESSAGE = "message"
    CANCELLATION = "cancellation"
    DELEGATION = "delegation"
    NOTICE = "notice"


class VisitStatus(StrEnum):
    """Where a visit stands (AppointmentStatus, as far as hn-basis-appointment takes it)."""

    PROPOSED = "proposed"
    BOOKED = "booked"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NO_SHOW = "noshow"
    ENTERED_IN_ERROR = "entered-in-error"


COMING = frozenset({VisitStatus.PROPOSED, VisitStatus.BOOKED})
"""A visit that is planned, and neither done nor cancelled."""


class CancelReason(StrEnum):
    """Why a visit is cancelled (Volven 7621)."""

    BY_SERVICE = "AAT"
    NOT_AT_HOME = "AIH"
    BY_CITIZEN = "AAI"
    FOR_CITIZEN = "APVAI"
    DID_NOT_MEET = "IM"


class CancelRight(StrEnum):
    """What a service lets a citizen do with a visit (the contained Flag of hn-basis-appointment)."""

    NONE = "none"
    CANCEL = "cancel"
    WITH_COMMENT = "cancelWithComment"


class CancellationStatus(StrEnum):
    """What became of a request to cancel.

    Requested and taken back are the citizen's; accepted and declined the service's; overtaken: the visit was
    done, cancelled or missed before there was an answer.
    """

    REQUESTED = "requested"
    TAKEN_BACK = "taken-back"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"


class VisitChangeKind(StrEnum):
    """What happened to a visit."""

    MOVED = "moved"
    ASSIGNED = "assigned"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    DONE = "done"
    NOT_HOME = "not-home"
    RETRACTED = "retracted"


class OutboxStatus(StrEnum):
    """Where a delivery is: waiting (or being tried), done, or given up and left to an operator."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class FollowUpStatus(StrEnum):
    """How far a service says it has come with what a citizen wrote (TaskStatus, the part that is used)."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


class AgentKind(StrEnum):
    """Who appears in the access log."""

    PERSON = "person"
    ORGANISATION = "organisation"
    SYSTEM = "system"


class LogAction(StrEnum):
    """What was done, in the words of the access log (AuditEvent.action, refined)."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    HOME_READ = "home.read"
    CONSENT_READ = "consent.read"
    CONSENT_GIVE = "consent.give"
    CONSENT_WITHDRAW = "consent.withdraw"
    RECIPIENTS_READ = "recipients.read"
    THREADS_READ = "threads.read"
    THREAD_READ = "thread.read"
    THREAD_ARCHIVE = "thread.archive"
    THREAD_UNARCHIVE = "thread.unarchive"
    THREAD_PRINT = "thread.print"
    THREADS_SEARCH = "threads.search"
    MESSAGE_SEND = "message.send"
    MESSAGE_SEND_AGAIN = "message.send_again"
    MESSAGE_DELIVER = "message.deliver"
    DELIVERIES_READ = "deliveries.read"
    DELIVERY_RETRY = "delivery.retry"
    DRAFT_BEGIN = "draft.begin"
    DRAFT_READ = "draft.read"
    DRAFT_FORGET = "draft.forget"
    ATTACHMENT_UPLOAD = "attachment.upload"
    ATTACHMENT_READ = "attachment.read"
    ATTACHMENT_REMOVE = "attachment.remove"
    NOTICE_CHOOSE = "notice.choose"
    NOTICE_SEND = "notice.send"
    PROFILE_READ = "profile.read"
    VISITS_READ = "visits.read"
    VISIT_READ = "visit.read"
    VISITS_PRINT = "visits.print"
    VISIT_CALENDAR = "visit.calendar"
    VISIT_CANCEL = "visit.cancel"
    VISIT_CANCEL_SEND_AGAIN = "visit.cancel_send_again"
    VISIT_CANCEL_TAKE_BACK = "visit.cancel_take_back"
    VISIT_CANCEL_DELIVER = "visit.cancel_deliver"
    VISIT_HIDE = "visit.hide"
    VISIT_SHOW = "visit.show"
    THREAD_HIDE = "thread.hide"
    THREAD_SHOW = "thread.show"
    THREAD_TAKE = "thread.take"
    THREAD_LET_GO = "thread.let_go"
    NOTE_WRITE = "note.write"
    NOTES_READ = "notes.read"
    DELEGATIONS_READ = "delegations.read"
    DELEGATION_GIVE = "delegation.give"
    DELEGATION_CHANGE = "delegation.change"
    DELEGATION_RENEW = "delegation.renew"
    DELEGATION_WITHDRAW = "delegation.withdraw"
    DELEGATION_RENOUNCE = "delegation.renounce"
    DELEGATION_REGISTER = "delegation.register"
    DELEGATION_ASK = "delegation.ask"
    DELEGATION_ASK_TAKE_BACK = "delegation.ask_take_back"
    DELEGATION_APPROVE = "delegation.approve"
    DELEGATION_DECLINE = "delegation.decline"
    DELEGATION_DELIVER = "delegation.deliver"
    PERSON_SWITCH = "person.switch"
    LOG_READ = "log.read"
    LOG_DOWNLOAD = "log.download"
    EXPORT_ASK = "export.ask"
    EXPORT_READ = "export.read"
    SELF_DEACTIVATE = "self.deactivate"
    SELF_REACTIVATE = "self.reactivate"
    FEED_CREATE = "feed.create"
    FEED_READ = "feed.read"
    FEEDS_READ = "feeds.read"
    FEED_REVOKE = "feed.revoke"
    FHIR_READ = "fhir.read"
    FHIR_SEARCH = "fhir.search"
    FHIR_WRITE = "fhir.write"
    ACTIVITY_READ = "activity.read"


class ServiceKind(StrEnum):
    """Kind of care service (Volven 7619), as far as the product draws them apart."""

    HOME_CARE = "7"
    NURSING_HOME = "19"
    OTHER = "0"


class NoticeChannel(StrEnum):
    """How a person is told."""

    SMS = "sms"
    EMAIL = "email"
    NONE = "none"


class NoticeKind(StrEnum):
    """What a notice is about."""

    NEW_MESSAGE = "new_message"
    READY = "ready"
    VISIT_CHANGED = "visit_changed"
    VISIT_MISSED = "visit_missed"
    CANCEL_ANSWERED = "cancel_answered"
    DELEGATION_NEW = "delegation_new"
    DELEGATION_CHANGED = "delegation_changed"
    DELEGATION_ENDED = "delegation_ended"
    DELEGATION_ENDING = "delegation_ending"
    DELEGATION_ASKED = "delegation_asked"
    NEW_DEVICE = "new_device"


class NoticeStatus(StrEnum):
    """What became of a notice: on its way, sent, given up, or not to be sent (`reason` says why)."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
