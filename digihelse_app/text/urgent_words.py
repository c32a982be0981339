"""Words that sound like an emergency."""

from digihelse_app.text.catalogue import LANGUAGES, lookup


def words() -> list[str]:
    """The words of every language, each once: people write as they speak, whatever the page is read in."""
    listed = (word for language in LANGUAGES for word in lookup(language, "urgent.words").split(", "))
    return list(dict.fromkeys(listed))
