"""Fixtures of the chassis' own tests: a toy service on a real database."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

sys.path.insert(0, str(Path(__file__).parent))

from toy.service import MIGRATIONS, ToyUnitOfWork, outbound

from chassis.db.executor import Executor
from chassis.testing.clock import FakeClock
from chassis.testing.postgres import database


@pytest.fixture
async def engine() -> AsyncIterator[AsyncEngine]:
    async with database(MIGRATIONS) as engine:
        yield engine


@pytest.fixture
async def executor(engine: AsyncEngine) -> AsyncIterator[Executor[ToyUnitOfWork]]:
    running = Executor(engine, ToyUnitOfWork, outbound, FakeClock())
    await running.start()
    yield running
    await running.stop()
