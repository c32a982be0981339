"""Norwegian national identity numbers: fødselsnummer and D-number.

Rules: Skatteetaten's control digits today and from 2032 (the first digit's remainder may then be 0 to 3);
synthetic numbers carry an offset on the month (+80 Tenor, +65 NHN, +40 Dolly). Age and sex are never read
from the number: from 2032 it does not hold them.
"""

import re
from collections.abc import Collection
from datetime import date

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CANDIDATE = re.compile(r"(?<!\d)(\d{6})[ \-]?(\d{5})(?!\d)")
SYNTHETIC_OFFSETS = frozenset({40, 65, 80})


def is_valid(number: str, synthetic_offsets: Collection[int] = ()) -> bool:
    """Whether `number` is eleven digits with a possible date and right control digits.

    `synthetic_offsets`: month offsets to accept beside real numbers (none in production).
    """
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        return False
    digits = [int(digit) for digit in number]
    first = (_weigh(digits, _FIRST_WEIGHTS) + digits[9]) % 11
    second = (_weigh(digits, _SECOND_WEIGHTS) + digits[10]) % 11
    return first <= 3 and second == 0 and _has_date(digits, synthetic_offsets)


def _weigh(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def _has_date(digits: list[int], offsets: Collection[int]) -> bool:
    day, month, year = (digits[i] * 10 + digits[i + 1] for i in (0, 2, 4))
    day -= 40 if day > 40 else 0  # D-number
    return any(_is_date(day, month - offset, year) for offset in (0, *offsets))


def _is_date(day: int, month: int, year: int) -> bool:
    try:
        date(2000 + year, month, day)  # 2000 to 2099: leap exactly when the two digits are
    except ValueError:
        return False
    return True


def masked(number: str) -> str:
    """The number as it may be shown: birth date, then stars (`191155*****`)."""
    return f"{number[:6]}*****"


def redact(text: str) -> str:
    """`text` with every run of digits that could be an identity number replaced, synthetic ones too."""

    def hide(match: re.Match[str]) -> str:
        return "[national-id]" if is_valid(match[1] + match[2], SYNTHETIC_OFFSETS) else match[0]

    return _CANDIDATE.sub(hide, text)
