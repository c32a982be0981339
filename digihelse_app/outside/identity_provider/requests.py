"""What the app asks a provider for through the browser: to sign somebody in, and out again."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """One request to sign somebody in; its secrets are kept until the answer comes."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    language: str = "nb"
    prompt_login: bool = False


@dataclass(frozen=True)
class SignOut:
    """A form for the browser to post: an ID token holds the identity number, which no address may."""

    address: str
    fields: Mapping[str, str] = field(repr=False)


def new_question(language: str = "nb", *, prompt_login: bool = False) -> Question:
    """A question with fresh 256-bit secrets; `prompt_login` asks for a new authentication in spite of SSO."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Question(state, nonce, verifier, language, prompt_login)
