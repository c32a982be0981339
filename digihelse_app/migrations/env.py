"""How Alembic reaches the database: by the connection it is handed, or by the app's own settings."""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, DateTime, Enum, String
from sqlalchemy.types import TypeDecorator

from digihelse_app import settings
from digihelse_app.models import database
from digihelse_app.models.tables import metadata, table_names


def _own(name: str | None, kind: str, _parents: Any) -> bool:
    """Other programs may keep tables in the same database: leave them alone."""
    return kind != "table" or name in table_names()


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Plain column types, so that an old migration does not follow the models as they change."""
    if kind != "type":
        return False
    if isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    plain = item.impl_instance if isinstance(item, TypeDecorator) else item
    if isinstance(plain, DateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(plain, String) and not (plain.collation or plain._variant_mapping):
        return f"sa.String(length={plain.length})" if plain.length else "sa.String()"
    return False


def _differs(
    _context: Any, _inspected: Any, _column: Any, inspected_type: Any, model_type: Any
) -> bool | None:
    if isinstance(model_type, Enum):
        return not isinstance(inspected_type, String) or inspected_type.length != model_type.length
    return None


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        include_name=_own,
        render_item=_render,
        render_as_batch=True,
        compare_type=_differs,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _by_settings() -> None:
    engine = database.connect(settings.from_environment().database)
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await database.disconnect()


handed: Connection | None = context.config.attributes.get("connection")
if handed is not None:
    _migrate(handed)
elif context.is_offline_mode():
    url = settings.from_environment().database
    context.configure(url=url, target_metadata=metadata(), literal_binds=True, include_name=_own)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(_by_settings())
