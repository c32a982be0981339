"""What a test leaves in PostgreSQL is gone before the next."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from tests.conftest import TEMPLATE
from tests.postgres_database import ReusedDatabase
from tests.servers import Postgres

WITHOUT_ITS_PERSON = "SET session_replication_role = replica"
CHANGE = "INSERT INTO activitychange (person_id, active, at) VALUES ('p', true, now()) RETURNING \"offset\""


@pytest.fixture
def own(postgres: Postgres) -> Iterator[ReusedDatabase]:
    """A database of this test's alone, from the template all have."""
    database = ReusedDatabase(postgres, TEMPLATE)
    yield database
    database.close()


def test_rows_are_gone_and_numbers_begin_anew(postgres: Postgres, own: ReusedDatabase) -> None:
    first = own.lend()
    assert postgres.sql(WITHOUT_ITS_PERSON, CHANGE, database=own.name) == "1\n"
    assert postgres.sql(WITHOUT_ITS_PERSON, CHANGE, database=own.name) == "2\n"
    own.take_back()
    assert own.lend() == first
    assert postgres.sql(WITHOUT_ITS_PERSON, CHANGE, database=own.name) == "1\n"
    own.take_back()


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE somebody_elses (id INTEGER)",
        "ALTER TABLE person DROP COLUMN language",
        "ALTER TABLE person ALTER COLUMN language DROP NOT NULL",
        "DROP INDEX ix_activitychange_person_id",
        "ALTER TABLE activitychange DROP CONSTRAINT fk_activitychange_person_id_person",
        "UPDATE alembic_version SET version_num = '0'",
    ],
)
def test_database_whose_schema_was_changed_is_not_lent_again(
    postgres: Postgres, own: ReusedDatabase, change: str
) -> None:
    first = own.lend()
    postgres.sql(change, database=own.name)
    own.take_back()
    assert own.lend() != first
    own.take_back()


async def test_one_who_still_holds_a_row_is_hung_up_on(postgres: Postgres, own: ReusedDatabase) -> None:
    engine = create_async_engine(own.lend())
    async with engine.connect() as left_open:
        await left_open.execute(text(WITHOUT_ITS_PERSON))
        await left_open.execute(text(CHANGE))
        await asyncio.to_thread(own.take_back)
        with pytest.raises(DBAPIError):
            await left_open.execute(text(CHANGE))
        await left_open.invalidate()
    await engine.dispose()
