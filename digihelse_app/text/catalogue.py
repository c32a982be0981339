"""Looks text up in the catalogues: one TOML file a language, keys like `inbox.send`.

Bokmål is complete; what another language lacks is read in bokmål.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FALLBACK = "nb"
LANGUAGES = ("nb", "nn", "en", "se")
HARD_SPACE = "\N{NO-BREAK SPACE}"
_SPACE_TO_KEEP = re.compile(r"(?<=kl\.) (?=[\d{])|(?<=\d) (?=\d)|(?<=[\d}]) (?=virkedag|working day)")
"""What belongs together stays on one line: times, phone numbers, a number and its unit."""
_FOLDER = Path(__file__).parent


def lookup(language: str, key: str, **values: object) -> str:
    """The text for `key` with `{name}` filled in from `values`. Raises KeyError for an unknown key."""
    text = whole(language)[key]
    return text.format(**values) if values else text


@cache
def whole(language: str) -> dict[str, str]:
    """Every key with its text; an unknown language reads as bokmål."""
    if language not in LANGUAGES:
        language = FALLBACK
    return {**_read(FALLBACK), **_read(language)}


@cache
def keys(language: str) -> frozenset[str]:
    """The keys a language has of its own."""
    return frozenset(_read(language))


def _read(language: str) -> dict[str, str]:
    file = _FOLDER / f"{language}.toml"
    return dict(_flat("", tomllib.loads(file.read_text("utf-8")))) if file.exists() else {}


def _flat(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", _SPACE_TO_KEEP.sub(HARD_SPACE, value)
