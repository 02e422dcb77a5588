"""Runs a service's Alembic migrations, one copy at a time, and keeps the archive's partitions ahead of the calendar."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db.locks import Lock


def alembic_config(migrations: Path) -> Config:
    """A configuration without a file: the folder is all that differs between services."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(engine: AsyncEngine, migrations: Path) -> None:
    """Upgrade to the newest revision under an advisory lock, so that copies started together do not meet."""
    async with engine.connect() as connection:
        await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": Lock.MIGRATIONS})
        try:
            await connection.run_sync(_upgrade, migrations)
            await connection.commit()
        finally:
            await connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": Lock.MIGRATIONS})
            await connection.commit()
    await make_partitions(engine)


def _upgrade(connection: Connection, migrations: Path) -> None:
    config = alembic_config(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def make_partitions(engine: AsyncEngine) -> None:
    """Create the outbox archive's partitions for this month and the two after it; what exists stays."""
    async with engine.begin() as connection:
        months = await connection.execute(
            text(
                "select to_char(m, 'YYYY_MM') as name, m::date::text as first, (m + interval '1 month')::date::text as next "
                "from generate_series(date_trunc('month', now()), now() + interval '2 months', interval '1 month') m"
            )
        )
        for name, first, after in months.all():
            await connection.execute(
                text(
                    f"create table if not exists outbox_archive_{name} partition of outbox_archive "
                    f"for values from ('{first}') to ('{after}')"
                )
            )


def run_migrations(connection: Connection, target_metadata: MetaData) -> None:
    """What a service's `env.py` calls: configure Alembic on the connection that `migrate` opened."""
    from alembic import context

    context.configure(connection=connection, target_metadata=target_metadata, include_name=own_tables_only)
    with context.begin_transaction():
        # A migration that waits behind a long transaction would block every request queued behind it.
        context.execute("set lock_timeout = '5s'")
        context.run_migrations()


_SHARED = (
    "outbox",
    "receipts",
    "watermarks",
    "parked",
    "attempts",
    "timers",
    "test_clock",
    "audit_log",
    "proposals",
    "alembic_version",
)


def own_tables_only(name: str | None, kind: str, parents: object) -> bool:
    """Leave the chassis's tables to the chassis: Alembic would propose to drop what it does not know."""
    return not (kind == "table" and name is not None and name.startswith(_SHARED))


def migrate_blocking(engine: AsyncEngine, migrations: Path) -> None:
    """For the `migrate` command: open a loop, upgrade, close."""
    asyncio.run(migrate(engine, migrations))
