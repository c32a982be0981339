"""What a page says aloud to those who do not see it change."""

from datetime import datetime, timedelta

import reflex as rx

from digihelse_app.outside import clock

STAYS = timedelta(seconds=10)
"""For how long at least. A page reads itself anew moments after an act, while a screen reader may still be
saying something else."""
_AGAIN = "\u00a0"
"""A space that nobody sees or hears: a screen reader says only what differs from what stood there."""


class Announcing(rx.State, mixin=True):
    """`announcement` goes into the page's live region; `_said_at` is since when (UTC) it stands there."""

    announcement: str = ""
    _said_at: datetime | None = None

    def _announce(self, words: str) -> None:
        """Have `words` said, even if they were said last; empty: nothing new, and the last stays a while."""
        now = clock.now()
        if words:
            self.announcement = f"{words}{_AGAIN}" if words == self.announcement else words
            self._said_at = now
        elif self._said_at is None or now - self._said_at >= STAYS:
            self.announcement = ""
