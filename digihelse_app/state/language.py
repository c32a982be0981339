"""The language of the page: the catalogue of the one that is chosen, and `t` to read it in a page."""

import json
import re

import reflex as rx

from digihelse_app.state.policy import anyone
from digihelse_app.text import catalogue

_SERVER_ONLY = re.compile(
    r"(signin|fhir|notice|date|hours|ical|pdf|visit_row|delegation)\.|(asking|calendar|cancel|compose|period)\.error\."
    r"|helpline\.[^h]|promise\.(left|one_left|passed|today|if_not)|consent\.[a-z]+(\..*\.body|_name)"
    r"|log\.(did|ground|wire|column_|visit|thread|found|times|you|digihelse)"
    r"|urgent\.words|inbox\.(arrived|found|you)|home\.(good_|hello|has_answered|new_answer)"
    r"|setup\.(now_ready|opens_t|ready_from|ready_text|run)|offline\.(call|kept|retry|title)"
    r"|circle\.(error\.|seen_by|read_by|more|you|answering|taken|take$|let_go|hide_text|hidden_(text|status)|shown_"
    r"|note_|notes_|hidden_tag)|inbox\.other"
    r"|thread\.([a-z_]+_(when|status)|arrived|in_progress|on_behalf|tried_again|gone_|not_found_)"
)
"""Keys that no page reads by itself: their text comes in rows when it is needed, and not with a language."""


def _for_pages(language: str) -> dict[str, str]:
    if language not in catalogue.LANGUAGES or language == catalogue.FALLBACK:
        return {}
    texts = catalogue.whole(language)
    return {key: text for key, text in texts.items() if not _SERVER_ONLY.match(key)}


class LanguageState(rx.State):
    """Which language this browser reads. Bokmål is in each page; another one travels once, when chosen."""

    language: str = rx.LocalStorage(catalogue.FALLBACK, name="dh-language")

    @rx.var(cache=True)
    def texts(self) -> dict[str, str]:
        """The catalogue of the chosen language, by key; empty for bokmål, which every page has of its own."""
        language = self.language if isinstance(self.language, str) else catalogue.FALLBACK
        return _for_pages(language)

    @rx.var(cache=True)
    def code(self) -> str:
        """The language as `lang` wants it."""
        return self.language if self.language in catalogue.LANGUAGES else catalogue.FALLBACK

    @rx.event
    @anyone
    async def choose(self, language: str):
        """Read everything in `language` from now on."""
        if language in catalogue.LANGUAGES:
            self.language = language


def t(key: str, **values: rx.Var[str] | rx.Var[int] | str) -> rx.Var[str]:
    """The text for `key` as a Var in the page's language, with `{name}` filled in from `values`.

    Bokmål stands in the page itself, so that each page carries its own words and no other's. Raises KeyError
    while the page is compiled when the key does not exist, or when it is for the server alone.
    """
    if _SERVER_ONLY.match(key):
        raise KeyError(key)
    chosen, bokmal = LanguageState.texts[key], json.dumps(catalogue.lookup(catalogue.FALLBACK, key))
    text = rx.Var(f"({chosen!s} ?? {bokmal})", _var_data=chosen._get_all_var_data()).to(str)
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", rx.Var.create(value).to_string(use_json=False)).to(str)
    return text
