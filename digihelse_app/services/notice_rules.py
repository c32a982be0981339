"""The rules of notices, pure: which way one goes, how a contact point is shown, what it says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digihelse_app.models.codes import NoticeChannel, NoticeKind
from digihelse_app.outside.registers.answers import ContactDetails, ContactPoint
from digihelse_app.text.catalogue import lookup

_DIGITS_SHOWN = 3
_STARS = "*****"


ABOUT_CARE = frozenset(
    {
        NoticeKind.NEW_MESSAGE,
        NoticeKind.VISIT_CHANGED,
        NoticeKind.VISIT_MISSED,
        NoticeKind.CANCEL_ANSWERED,
    }
)
"""What proxies are told of too."""
MANDATORY = frozenset(
    {
        NoticeKind.NEW_DEVICE,
        NoticeKind.DELEGATION_NEW,
        NoticeKind.DELEGATION_CHANGED,
        NoticeKind.DELEGATION_ENDED,
    }
)
"""What one is told of whatever one has chosen: who gets in, and who may act for whom."""
_OF_TWO_SIDES = MANDATORY - {NoticeKind.NEW_DEVICE}
"""What is said in other words to the one who is acted for than to the one who acts."""


class Side(StrEnum):
    """Whose it is that a notice tells of, seen from its reader."""

    OWN = "own"
    OF_REPRESENTED = "of-represented"  # it came to someone the reader acts for
    OF_PROXY = "of-proxy"  # the delegation by which another acts for the reader


class Unsent(StrEnum):
    """Why a notice is not to be sent: kept as its reason."""

    NONE_CHOSEN = "none"
    RESERVED = "reserved"
    STALE = "stale"
    MISSING = "missing"
    READ = "read"
    TOLD = "told"
    INACTIVE = "inactive"
    DECEASED = "deceased"
    ENDED = "ended"  # what it was about is over: a delegation, or what someone asked for


class Standing(StrEnum):
    """Whether a contact point may be used."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Way:
    """How one notice goes: by SMS to a number, or by e-mail to an address."""

    channel: NoticeChannel
    address: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says; `sms` is the text of an SMS, `subject` and `mail` are those of an e-mail."""

    sms: str
    subject: str
    mail: str


def standing(point: ContactPoint | None, at: datetime) -> Standing:
    """Whether `point` may be used at `at` (UTC)."""
    if point is None:
        return Standing.MISSING
    return Standing.FRESH if point.is_fresh(at) else Standing.STALE


def way(
    chosen: NoticeChannel,
    contact: ContactDetails,
    at: datetime,
    *,
    begun: NoticeChannel | None = None,
) -> Way | Unsent:
    """How to tell someone at `at` (UTC), or why not: the chosen channel, else the other one.

    What was tried one way (`begun`) is tried that way again while it can be: the receiver may have it, and
    only the same gateway knows.
    """
    if chosen is NoticeChannel.NONE:
        return Unsent.NONE_CHOSEN
    if contact.reserved:
        return Unsent.RESERVED
    points = {NoticeChannel.SMS: contact.mobile, NoticeChannel.EMAIL: contact.email}
    first = begun if begun in points else chosen
    for channel in sorted(points, key=lambda channel: channel is not first):
        point = points[channel]
        if point is not None and point.is_fresh(at):
            return Way(channel, point.value)
    return Unsent.STALE if any(points.values()) else Unsent.MISSING


def side_of(kind: NoticeKind, *, for_herself: bool) -> Side:
    """How a notice of `kind` is told, to the one it is about (`for_herself`) or to one who acts for her."""
    if kind in _OF_TWO_SIDES:
        return Side.OF_PROXY if for_herself else Side.OWN
    return Side.OWN if for_herself or kind not in ABOUT_CARE else Side.OF_REPRESENTED


def words(kind: NoticeKind, language: str, address: str, side: Side = Side.OWN) -> Words:
    """The text of a notice: no health data, no name, and no link but the plain `address`."""
    key = f"notice.{kind}"
    if side is Side.OF_REPRESENTED:
        key = "notice.about_other"
    elif side is Side.OF_PROXY:
        key = f"notice.given_{kind}"
    said = lookup(language, key, address=address)
    return Words(
        sms=said,
        subject=lookup(language, "notice.subject"),
        mail=lookup(language, "notice.mail", text=said),
    )


def masked_phone(number: str) -> str:
    """The last digits alone: `*****001`."""
    return _STARS + number[-_DIGITS_SHOWN:]


def masked_email(address: str) -> str:
    """The first letter and the domain: `k*****@example.com`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}{_STARS}@{domain}"
