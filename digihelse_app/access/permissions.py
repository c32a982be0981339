"""What one may be allowed to do for a represented person."""

from enum import StrEnum


class Permission(StrEnum):
    """One right; every use case asks for exactly one.

    HOLD_DELEGATIONS: to see whom one may act for, ask to, and let go of it; needs no consent of one's own.
    HIDE_FROM_PROXIES: to keep a conversation or a visit from all who act for one.
    SEE_ACCESS_LOG: to see everybody's use of what is one's own; SEE_OWN_USE: to see what one did oneself.
    """

    SEE_HOME = "see_home"
    READ_MESSAGES = "read_messages"
    WRITE_MESSAGES = "write_messages"
    SEE_VISITS = "see_visits"
    CANCEL_VISITS = "cancel_visits"
    GET_NOTICES = "get_notices"
    MANAGE_CONSENT = "manage_consent"
    MANAGE_DELEGATIONS = "manage_delegations"
    HOLD_DELEGATIONS = "hold_delegations"
    HIDE_FROM_PROXIES = "hide_from_proxies"
    SEE_PROFILE = "see_profile"
    SEE_ACCESS_LOG = "see_access_log"
    SEE_OWN_USE = "see_own_use"


DELEGABLE = frozenset(
    {
        Permission.READ_MESSAGES,
        Permission.WRITE_MESSAGES,
        Permission.SEE_VISITS,
        Permission.CANCEL_VISITS,
        Permission.GET_NOTICES,
    }
)
"""What can be given away. Consent, delegations and the log stay with the person: no re-delegation."""
