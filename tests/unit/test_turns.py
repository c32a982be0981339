"""Who takes which tests first, and how it went in all."""

from tests.repository import ROOT
from tools import turns
from tools.test import outcome, programs
from tools.turns import Part


def test_parts_are_files_and_folders_of_one_server_with_the_browser_apart() -> None:
    names = [
        "tests/attack/test_a.py",
        "tests/e2e/test_b.py",
        "tests/attack/test_c.py",
        "tests/e2e/test_b.py:page",
    ]
    parts = turns.parts_of(
        names, lambda name: name.removesuffix(":page"), lambda name: name.endswith(":page")
    )
    assert parts == [
        Part("tests/attack", False, [names[0], names[2]]),
        Part("tests/e2e/test_b.py", False, [names[1]]),
        Part("tests/e2e/test_b.py", True, [names[3]]),
    ]
    assert len({part.mark for part in parts}) == 3


def test_each_begins_with_its_own_kind_and_goes_on_with_the_longest() -> None:
    few, many = Part("tests/a.py", False, [1]), Part("tests/b.py", False, [1, 2])
    fault, page = Part("tests/faults/test_c.py", False, [1]), Part("tests/e2e/test_d.py", True, [1])
    given = [few, page, fault, many]
    assert turns.in_order(given, "long") == [fault, many, few, page]
    assert turns.in_order(given, "others") == [many, few, fault, page]
    assert turns.in_order(given, "browser") == [page, fault, many, few]


def test_what_is_named_as_long_or_together_exists() -> None:
    assert [name for name in (*turns.LONGEST, *turns.TOGETHER) if not (ROOT / name).exists()] == []


def test_any_program_that_went_wrong_makes_it_wrong() -> None:
    assert outcome([0, 0, 0]) == 0
    assert outcome([0, 1, 0]) == 1
    assert outcome([0, -11, 0]) == 11
    assert outcome([0, 5, 5]) == 0
    assert outcome([5, 5, 5]) == 5


def test_one_program_more_than_processors_and_not_without_end() -> None:
    assert [programs(count) for count in (1, 2, 4, 64)] == [2, 3, 5, 6]
