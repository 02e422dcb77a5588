"""A fresh database per test file, emptied before each test, and a running world for every test that asks for one."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.testing.postgres import database
from payments.main import MIGRATIONS
from services.payments.tests.world import World, make_world

# The books refuse to be changed row by row; a test may still begin with empty ones.
_OWN_TABLES = text(
    "select string_agg(quote_ident(tablename), ', ') from pg_tables where schemaname = 'public' "
    "and tablename not in ('alembic_version', 'test_clock', 'audit_log_chain')"
)


@pytest.fixture(scope="module")
async def migrated() -> AsyncIterator[AsyncEngine]:
    async with database(MIGRATIONS, lock_seconds=60) as engine:
        yield engine


@pytest.fixture
async def engine(migrated: AsyncEngine) -> AsyncEngine:
    async with migrated.begin() as connection:
        # The audit log refuses even that, to anybody but a superuser who insists.
        await connection.execute(text("set local session_replication_role = replica"))
        await connection.execute(text(f"truncate {await connection.scalar(_OWN_TABLES)}"))
    return migrated


@pytest.fixture
async def world(engine: AsyncEngine) -> AsyncIterator[World]:
    world = await make_world(engine)
    yield world
    await world.loop.stop()
    await world.executor.stop()
