"""How many database queries a whole event costs: from the lines that bench/counted.py has the app write."""

import json
from collections import Counter
from pathlib import Path


def by_event(lines: Path) -> dict[str, list[int]]:
    """For each time an event came, by its name: its queries, the gate's and those of all that followed.

    Names are the handlers' own, without their states'. What was pushed to the tab because something changed
    follows from nothing, and is counted by itself.
    """
    names: dict[str, str] = {}
    roots: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for line in lines.read_text().splitlines():
        told = json.loads(line)
        if "event" in told:
            own, follows = str(told["id"]), str(told["follows"])
            roots[own] = roots.get(follows, own)
            names[own] = str(told["event"]).rpartition(".")[2]
        elif told["query_of"] in roots:
            counts[roots[told["query_of"]]] += 1
    found: dict[str, list[int]] = {}
    for root in dict.fromkeys(roots.values()):
        found.setdefault(names[root], []).append(counts[root])
    return found


def in_words(counts: list[int]) -> str:
    """`12`, or `12–14` when it was not the same each time."""
    least, most = min(counts), max(counts)
    return str(least) if least == most else f"{least}–{most}"
