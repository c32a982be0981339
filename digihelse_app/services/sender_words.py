"""Who wrote a message for someone else, in words: the same on a page, on paper and in a file."""

from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.conversation import Message
from digihelse_app.text.catalogue import lookup

_KEYS = {
    RepresentationRole.TD: "thread.on_behalf_assigned",
    RepresentationRole.FO: "thread.on_behalf_parent",
}


def on_behalf(message: Message, represented: str, language: str) -> str:
    """`på vegne av Kari Nordmann (fullmakt)`, by the right it was written by; empty for her own."""
    if message.author_id in (None, message.person_id):
        return ""
    role = message.author_role or RepresentationRole.FU
    return lookup(language, _KEYS.get(role, "thread.on_behalf"), name=represented)
