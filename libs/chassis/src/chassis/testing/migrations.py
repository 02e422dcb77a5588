"""The drift check: a migrated database must look exactly as the tables in the code say."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db.migrate import own_tables_only


async def differences(engine: AsyncEngine, metadata: MetaData) -> list[Any]:
    """What a new migration would have to change; empty if code and database agree."""

    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"include_name": own_tables_only})
        return list(compare_metadata(context, metadata))

    async with engine.connect() as connection:
        return await connection.run_sync(compare)
