"""A delegation as a card shows it, to whoever gave it and to whoever holds it."""

from dataclasses import dataclass
from datetime import datetime

from digihelse_app.models.codes import EndReason, RepresentationRole
from digihelse_app.services.delegation_list import Delegation
from digihelse_app.state import delegation_words as words
from digihelse_app.state.rows import initials
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup


@dataclass(frozen=True)
class DelegationRow:
    """Finished text. `role` is empty for what was given in the app; `ends` is set when it ends soon.

    `renewed_until` is the last day after renewing it, empty when it has no end or cannot be renewed.
    `can_change`: by its giver. `can_let_go`: by its holder. `usable`: it gives something at this instant.
    """

    id: str
    key: str
    name: str
    initials: str
    role: str
    period: str
    note: str
    can: list[str]
    cannot: list[str]
    ends: str
    renewed_until: str
    renewed_to: str
    can_change: bool
    can_let_go: bool
    usable: bool

    @classmethod
    def of(cls, one: Delegation, language: str, now: datetime) -> "DelegationRow":
        """The card for one that holds now or will, at `now` (UTC)."""
        until = one.valid_until
        renewable = until is not None and one.can_be_changed
        renewed = words.a_year_after(words.last_day(until)) if renewable and until else None
        by_scope = one.role is not RepresentationRole.VE
        return cls(
            id=one.id,
            key=one.key,
            name=one.name,
            initials=initials(one.name),
            role=_role(one, language),
            period=words.period(language, one.valid_from, until, now),
            note=_since(one, language),
            can=[dates.capitalised(each) for each in words.can(language, one.scope)],
            cannot=_cannot(one, language) if by_scope else [],
            ends=words.ends_soon(language, until, now),
            renewed_until=words.day_of(language, renewed) if renewed else "",
            renewed_to=renewed.isoformat() if renewed else "",
            can_change=one.can_be_changed,
            can_let_go=one.role in (RepresentationRole.FU, RepresentationRole.TD),
            usable=by_scope and one.begun and bool(one.scope),
        )


@dataclass(frozen=True)
class EndedRow:
    """A delegation that has ended: whose, what it was for, and how it ended."""

    id: str
    name: str
    was: str
    ended: str

    @classmethod
    def of(cls, one: Delegation, language: str) -> "EndedRow":
        """The line for one that has ended."""
        return cls(one.id, one.name, _was(one, language), _ended(one, language))


def _role(one: Delegation, language: str) -> str:
    if one.role is RepresentationRole.FU:
        if not one.municipality:
            return ""
        return lookup(language, "delegation.on_paper", municipality=one.municipality)
    if one.role is RepresentationRole.TD and one.municipality:
        return lookup(language, "delegation.assigned_by", municipality=one.municipality)
    return words.role(language, one.role)


def _since(one: Delegation, language: str) -> str:
    if one.role is RepresentationRole.VE:
        return lookup(language, "delegation.guardian_note")
    if one.since is None:
        return ""
    day = words.day_of(language, one.since.astimezone(dates.OSLO).date())
    return lookup(language, "delegation.only_new", day=day)


def _cannot(one: Delegation, language: str) -> list[str]:
    lacking = words.cannot(language, one.scope)
    return [lookup(language, "delegation.cannot", what=each) for each in lacking]


def _was(one: Delegation, language: str) -> str:
    return dates.capitalised(words.joined(language, words.can(language, one.scope)))


def _ended(one: Delegation, language: str) -> str:
    when = one.ended_at or one.valid_from
    day = words.day_of(language, when.astimezone(dates.OSLO).date())
    if one.end_reason is None:
        return lookup(language, "delegation.ran_out", day=day)
    if one.end_reason is EndReason.WITHDRAWN and one.ended_by:
        return lookup(language, "delegation.ended_withdrawn", day=day, name=one.ended_by)
    if one.end_reason is EndReason.RENOUNCED and one.ended_by:
        return lookup(language, "delegation.ended_renounced", day=day, name=one.ended_by)
    if one.end_reason is EndReason.CHANGED:
        return lookup(language, "delegation.ended_changed", day=day)
    return lookup(language, "delegation.ended_other", day=day)
