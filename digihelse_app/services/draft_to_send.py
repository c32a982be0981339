"""What a person sends to a service, as it comes from the form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """What the person wrote. `recipient` is a service id, empty in a reply.

    `category` is one of the codes of the service, empty for none; `attachments` are ids of unsent files.
    """

    body: str
    idempotency_key: str
    recipient: str = ""
    subject: str = ""
    category: str = ""
    attachments: tuple[str, ...] = ()
