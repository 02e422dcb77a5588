"""A fresh, migrated database per test module, cloned from a template that is migrated once per run."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db.engine import make_engine
from chassis.db.migrate import migrate
from chassis.kernel.ids import new_id

_template_lock = asyncio.Lock()
_templates: dict[Path, str] = {}


@contextlib.asynccontextmanager
async def database(migrations: Path, *, lock_seconds: int = 5) -> AsyncIterator[AsyncEngine]:
    """An engine on a new database at the newest revision; the database is dropped at the end.

    Where very many wait for the same lock on purpose, a busy machine needs more than the services' own 5 s for all of them.
    """
    from launcher.testing import postgres_server

    admin = postgres_server()
    name = f"t_{new_id().hex}"
    async with _template_lock:
        template = await _template(admin, migrations)
    await _admin(admin, f'create database "{name}" template "{template}"')
    engine = make_engine(_url(admin, name), lock_seconds=lock_seconds)
    try:
        yield engine
    finally:
        await engine.dispose()
        await _admin(admin, f'drop database "{name}" with (force)')


async def _template(admin: str, migrations: Path) -> str:
    if migrations not in _templates:
        name = f"template_{new_id().hex}"
        await _admin(admin, f'create database "{name}"')
        engine = make_engine(_url(admin, name))
        await migrate(engine, migrations)
        await engine.dispose()
        _templates[migrations] = name
    return _templates[migrations]


async def _admin(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _url(admin: str, name: str) -> str:
    return admin.replace("postgresql://", "postgresql+asyncpg://").rsplit("/", 1)[0] + f"/{name}"
