"""Queries are put down to the event that a person's click began, whatever followed from it."""

import json
from pathlib import Path

import pytest

from bench import queries


def written(folder: Path, *lines: dict[str, str]) -> Path:
    """What the app would have written."""
    file = folder / "queries"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def event(own: str, follows: str = "", name: str = "a.state.load") -> dict[str, str]:
    """An event that follows from another, or (empty) from a click."""
    return {"event": name, "id": own, "follows": follows}


def test_queries_of_what_follows_are_the_clicks_own(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        event("1", name="a.thread_state.reply"),
        {"query_of": "1"},
        event("2", "1"),
        {"query_of": "2"},
        event("3", "2"),
        {"query_of": "3"},
        event("4", name="a.live_state.refresh"),
        {"query_of": "4"},
        {"query_of": "1"},
        event("5", name="a.thread_state.reply"),
    )
    assert queries.by_event(file) == {"reply": [4, 0], "refresh": [1]}


@pytest.mark.parametrize(("counts", "words"), [([12], "12"), ([12, 12], "12"), ([14, 12, 13], "12–14")])
def test_counts_are_told_with_their_spread(counts: list[int], words: str) -> None:
    assert queries.in_words(counts) == words
