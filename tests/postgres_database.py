"""One PostgreSQL database that test after test finds empty: to make it anew costs more than most tests."""

import asyncio
from typing import Any

import asyncpg

from digihelse_app.models.database import new_id
from tests.servers import Postgres

SCHEMA = """
    SELECT md5(concat(
        (SELECT string_agg(concat_ws(' ', oid, relname, relkind), ',' ORDER BY oid)
         FROM pg_class WHERE relnamespace = 'public'::regnamespace),
        (SELECT string_agg(concat_ws(' ', attrelid, attnum, attname, atttypid, atttypmod, attnotnull,
                                     atthasdef, attisdropped), ',' ORDER BY attrelid, attnum)
         FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = 'public'::regnamespace),
        (SELECT string_agg(concat_ws(' ', oid, conname), ',' ORDER BY oid)
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
        (SELECT xmin::text FROM alembic_version)))
"""
"""A fingerprint of tables, columns, indexes, sequences, constraints and revision, as they were made."""

HANG_UP = """
    DO $$ BEGIN
        PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    END $$
"""

EMPTY_WHILE = """
    DO $$
    DECLARE
        filled text;
    BEGIN
        IF ({schema}) <> '{known}' THEN
            RETURN;
        END IF;
        SET LOCAL session_replication_role = replica;
        FOR filled IN SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
              AND pg_relation_size(oid) > 0
        LOOP
            EXECUTE format('DELETE FROM %I', filled);
        END LOOP;
        PERFORM setval(oid::regclass, 1, false) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
    END $$
"""
"""While the schema is the known one. A table whose file has no page has never had a row.

To truncate the few rows of a test makes new files for each table and index: it takes twice as long.
"""


class ReusedDatabase:
    """A copy of `template`, kept from test to test while its schema is the template's."""

    def __init__(self, server: Postgres, template: str) -> None:
        self._server, self._template = server, template
        self.name, self._schema = "", ""
        self._loop = asyncio.new_event_loop()
        self._connection: Any = None

    def lend(self) -> str:
        """Address of the database, with every table and no row."""
        if not self.name:
            self.name = f"test_{new_id().replace('-', '')}"
            self._server.sql(f"CREATE DATABASE {self.name} TEMPLATE {self._template}")
            self._schema = self._server.sql(SCHEMA, database=self.name).strip()
        return self._server.url(self.name)

    def take_back(self) -> None:
        """Empty it, as soon as nobody is connected; one whose schema a test changed is dropped."""
        if not self._loop.run_until_complete(self._empty()):
            self.drop()

    async def _empty(self) -> bool:
        # One line that stays open: to start psql for it took longer than many tests.
        if self._connection is None:
            self._connection = await asyncpg.connect(
                host=str(self._server.folder), user="postgres", database=self.name
            )
        await self._connection.execute(HANG_UP)
        is_as_made = await self._connection.fetchval(SCHEMA) == self._schema
        if is_as_made:
            await self._connection.execute(EMPTY_WHILE.format(schema=SCHEMA, known=self._schema))
        return is_as_made

    def drop(self) -> None:
        """Let the next be another."""
        if self._connection is not None:
            self._loop.run_until_complete(self._connection.close())
            self._connection = None
        if self.name:
            self._server.sql(f"DROP DATABASE {self.name} WITH (FORCE)")
        self.name = ""

    def close(self) -> None:
        """For good."""
        self.drop()
        self._loop.close()
