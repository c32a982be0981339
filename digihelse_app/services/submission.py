"""What a record system hands in, as typed input: the vocabulary of the edge stops before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import (
    AccessTag,
    CancelReason,
    CancelRight,
    FollowUpStatus,
    RepresentationRole,
    ServiceKind,
    VisitStatus,
)
from digihelse_app.services.attachment_check import CheckedFile


class UnacceptableError(Exception):
    """The submission cannot be taken; `field` names the part (of the typed input) that is wrong.

    An unknown, an inactive and another organisation's thing look the same. No value is carried along.
    """

    def __init__(self, field: str, reason: str = "not-found") -> None:
        super().__init__(field)
        self.field = field
        self.reason = reason


class ConflictError(Exception):
    """The id is taken by something else, or names a message: what was written never changes."""


class VersionMismatchError(Exception):
    """The version the caller built upon is not the one stored."""


class TransactionRefusedError(Exception):
    """One submission of several was refused, and so none was kept; the cause says why."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """A care service as its organisation describes it.

    `opening_hours`: `{"days": ["mon", …], "from": "08:00", "to": "15:30"}`, wall-clock time in Europe/Oslo.
    `categories`: `{"code": …, "name": …}`. `opens_on` is a date in Europe/Oslo, None: not open for dialogue.
    What is told of visits is as in `models.organisation.CareService`.
    """

    object_type: ClassVar[str] = "CareService"
    immutable: ClassVar[bool] = False
    name: str
    provider_her_id: str
    kind: ServiceKind
    active: bool
    phone: str
    opening_hours: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    opens_on: date | None
    reply_working_days: int | None
    shows_visits: bool
    emergency_text: str
    shares_names: bool = False
    cancel_working_days: int = 1
    cancel_before: time | None = None
    missed_after_minutes: int = 60


@dataclass(frozen=True, slots=True)
class CareReport:
    """That the patient receives a service, or no longer does. `provider_her_id` empty: not said."""

    object_type: ClassVar[str] = "CareRelation"
    immutable: ClassVar[bool] = False
    service: str
    provider_her_id: str
    active: bool
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True, repr=False)
class ThreadOpening:
    """A conversation that a service begins; its messages follow. `access_tag`: from whom it is kept."""

    object_type: ClassVar[str] = "Thread"
    immutable: ClassVar[bool] = True
    service: str
    subject: str
    access_tag: AccessTag = AccessTag.NOBODY


@dataclass(frozen=True, slots=True, repr=False)
class ServiceMessage:
    """A message from a service in the conversation `thread` (its own id, or the one Digihelse gave).

    `attachments` are ids of `FileDescription`s, put before it.
    """

    object_type: ClassVar[str] = "Message"
    immutable: ClassVar[bool] = True
    service: str
    thread: str
    text: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class FileContent:
    """The bytes of a file that a service will send, checked and cleaned."""

    object_type: ClassVar[str] = "Attachment"
    immutable: ClassVar[bool] = True
    file: CheckedFile


@dataclass(frozen=True, slots=True, repr=False)
class FileDescription:
    """What such a file (`content`, by the id it was put under) is called. `content_type` empty: not said."""

    object_type: ClassVar[str] = "Attachment"
    immutable: ClassVar[bool] = True
    content: str
    title: str
    content_type: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How far the service has come with a message of a citizen's, or with all of a conversation (`about`).

    `closes`: the service ends the conversation.
    """

    object_type: ClassVar[str] = "Message"
    immutable: ClassVar[bool] = False
    about: str
    status: FollowUpStatus
    closes: bool


@dataclass(frozen=True, slots=True, repr=False)
class VisitReport:
    """A visit as its service tells it now; times are UTC, otherwise as in `models.visit.Visit`.

    `provider_her_id` is whose visit it says it is.
    """

    object_type: ClassVar[str] = "Visit"
    immutable: ClassVar[bool] = False
    service: str
    status: VisitStatus
    cancel_reason: CancelReason | None
    starts_at: datetime
    ends_at: datetime
    is_window: bool
    title: str = ""
    instruction: str = ""
    who_role: str = ""
    who_name: str = ""
    who_key: str = ""
    essential: bool = False
    recurring: bool = False
    cancel_right: CancelRight = CancelRight.NONE
    access_tag: AccessTag = AccessTag.NOBODY
    provider_her_id: str = ""


@dataclass(frozen=True, slots=True)
class VisitProgress:
    """That the visit `visit` (the record system's id) has begun, and when it is over also that; UTC."""

    object_type: ClassVar[str] = "Visit"
    immutable: ClassVar[bool] = False
    visit: str
    begun_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class CancelAnswer:
    """The service's answer to `request` (the id Digihelse gave it), about the visit `visit`.

    `service` and `provider_her_id` are who says that it answers; what is empty is not said.
    """

    object_type: ClassVar[str] = "Cancellation"
    immutable: ClassVar[bool] = True
    request: str
    visit: str
    accepted: bool
    words: str = ""
    service: str = ""
    provider_her_id: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class DelegationReport:
    """That someone may act for another, or (not `active`) no longer may; times are UTC.

    `scopes`: the record system's ids of services by permission, None for all that it has. `since`: what is
    older is not shown. `evidence` is its reference to the paper; `proxy_name` is whom the number should be.
    """

    object_type: ClassVar[str] = "Representation"
    immutable: ClassVar[bool] = False
    role: RepresentationRole
    active: bool
    proxy_name: str
    scopes: Mapping[Permission, tuple[str, ...] | None]
    starts_at: datetime
    ends_at: datetime | None = None
    since: datetime | None = None
    evidence: str = ""


Content = (
    ServiceDescription
    | CareReport
    | ThreadOpening
    | ServiceMessage
    | FollowUp
    | FileContent
    | FileDescription
    | VisitReport
    | VisitProgress
    | CancelAnswer
    | DelegationReport
)


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """One PUT: the typed content, and the resource as it was put for reading back.

    `body` holds no identity number: where the patient's or the proxy's stood is a placeholder that the edge
    fills in again.
    `source_updated_at` is when the sender says it changed (UTC); `if_match` the version it built upon.
    """

    resource_type: str
    resource_id: str
    body: dict[str, Any]
    content: Content
    national_id: str | None = None
    proxy_national_id: str | None = None
    source_updated_at: datetime | None = None
    if_match: int | None = None
