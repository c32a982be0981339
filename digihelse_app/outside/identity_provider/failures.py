"""Why a person could not be signed in: a code for the log and the text, never anything about the person."""

from enum import StrEnum


class Failure(StrEnum):
    """The reasons; each has its own text in the catalogues (`signin.failure.…`)."""

    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLAYED = "replayed"
    LEVEL_TOO_LOW = "level_too_low"
    NO_PID = "no_pid"
    PROVIDER_DOWN = "provider_down"
    WRONG_ISS = "wrong_iss"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a code, not a secret
    TEST_IDENTITY = "test_identity"
    REFUSED = "refused"
    REGISTER_DOWN = "register_down"
    NOT_REGISTERED = "not_registered"
    DECEASED = "deceased"
    UNEXPECTED = "unexpected"


class SignInError(Exception):
    """Signing in stopped. `detail` is for the log: a claim's name or a protocol error code, never a value."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure}: {detail}" if detail else str(failure))
        self.failure = failure
        self.detail = detail
