"""Text from outside, made into text that every database takes."""


def storable(value: object, limit: int) -> str:
    """At most `limit` characters of `value`, with `\\n` for line ends; anything but text reads as empty."""
    if not isinstance(value, str):
        return ""
    # A browser may send half a character (a lone surrogate) or a null character, which no database takes.
    whole = value[:limit].encode(errors="replace").decode()
    return whole.replace("\r\n", "\n").replace("\x00", "")
