"""Per's story: he cannot consent, and the municipality has assigned his son Erik to act for him."""

from datetime import timedelta

from digihelse_app.outside import clock
from digihelse_app.standins import record_system
from digihelse_app.standins.people import BY_KEY

HOLDS_FOR = timedelta(days=4 * 365)


async def play(municipality: record_system.RecordSystem) -> None:
    """Register it over the real wire; the night run then connects Per to Solsida."""
    erik = BY_KEY["erik"]
    await municipality.assign_proxy(
        "per", erik.national_id, erik.name, evidence="2026/4711", until=clock.today() + HOLDS_FOR
    )
    await municipality.run_night_job()
