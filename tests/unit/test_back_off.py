"""How long a failed delivery waits."""

from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.jobs.outbox import back_off


def test_back_off_doubles_from_two_seconds_to_ten_minutes() -> None:
    waits = [back_off(attempts, 1.0) for attempts in range(1, 12)]
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_back_off_spreads_over_the_upper_half(attempts: int, chance: float) -> None:
    longest = back_off(attempts, 1.0)
    assert longest / 2 <= back_off(attempts, chance) <= longest
