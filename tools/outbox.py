"""What the outbox gave up on: `python -m tools.outbox` lists it, with `retry ID …` it is tried again.

Prints ids and codes alone, never what was written or by whom.
"""

import argparse
import asyncio
import sys

from sqlalchemy.exc import SQLAlchemyError

from digihelse_app import settings
from digihelse_app.access.context import NotFoundError
from digihelse_app.models import (
    database,
    tables,  # noqa: F401 - a row is written only when every table it refers to is known
)
from digihelse_app.services import delivery
from digihelse_app.settings import SettingsError


def main() -> int:
    """0 when done; 1 with a sentence when the database cannot be used or an id is of no dead row."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command")
    retry = commands.add_parser("retry", help="try rows that were given up once more, for another 24 hours")
    retry.add_argument("ids", nargs="+", metavar="ID")
    asked = parser.parse_args()
    try:
        address = settings.from_environment().database
        return asyncio.run(_with_database(address, asked.ids if asked.command else []))
    except SettingsError as failure:
        print(failure, file=sys.stderr)
    except (SQLAlchemyError, ConnectionError) as failure:
        reason = type(getattr(failure, "orig", failure)).__name__
        print(f"The database cannot be used ({reason}): see DIGIHELSE_DATABASE_URL.", file=sys.stderr)
    return 1


async def _with_database(address: str, ids: list[str]) -> int:
    database.connect(address)
    try:
        return await _retry(ids) if ids else await _show()
    finally:
        await database.disconnect()


async def _show() -> int:
    dead = await delivery.dead_items()
    for item in dead:
        print(
            f"{item.id}  {item.kind.value}  organisation {item.organisation_id}  "
            f"{item.created_at:%Y-%m-%d %H:%M} UTC  {item.attempts} tries  {item.last_error}"
        )
    if not dead:
        print("Nothing was given up.")
    return 0


async def _retry(ids: list[str]) -> int:
    unknown = 0
    for item_id in ids:
        try:
            await delivery.revive(item_id)
            print(f"{item_id}  is tried again")
        except NotFoundError:
            unknown = 1
            print(f"{item_id}  is no row that was given up", file=sys.stderr)
    return unknown


if __name__ == "__main__":
    sys.exit(main())
