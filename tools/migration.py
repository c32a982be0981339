"""Write a migration for what the models have become: `make migration NAME="what changes"`.

With `--initial` the first migration is written anew instead, which is right only until the first release.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from digihelse_app.migrations.run import configuration, upgrade
from digihelse_app.models import database

VERSIONS = Path("digihelse_app/migrations/versions")


def main() -> int:
    """Compare the models with an empty database brought to the newest revision, and write the difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--initial", action="store_true")
    asked = parser.parse_args()
    if not asked.initial and not asked.name:
        print('Say what changes: make migration NAME="delegations have a scope"')
        return 2
    if asked.initial:
        for old in VERSIONS.glob("*.py"):
            old.unlink()
    number = f"{len(list(VERSIONS.glob('*.py'))) + 1:04d}"
    asyncio.run(write(asked.name or "the first tables", number))
    for written in VERSIONS.glob(f"{number}_*.py"):
        lines = written.read_text().splitlines(keepends=True)
        written.write_text("".join(line for line in lines if "###" not in line))
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", written], check=True)
        print(f"Wrote {written}. Read it before you commit it.")
    return 0


async def write(message: str, number: str) -> None:
    """Write the migration with revision id `number`."""
    with tempfile.TemporaryDirectory() as folder:
        engine = database.connect(f"sqlite+aiosqlite:///{folder}/empty.db")
        await upgrade(engine)
        async with engine.connect() as connection:
            await connection.run_sync(_revision, message, number)
        await database.disconnect()


def _revision(connection: Connection, message: str, number: str) -> None:
    command.revision(configuration(connection), message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    sys.exit(main())
