"""The key pairs that sign access tokens: kept in the database, shared by all copies of the service, changed in time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from accounts.domain.signing import KeyLife, forgotten, is_due
from accounts.storage.locks import wait_in_line
from accounts.storage.tables import signing_keys
from chassis.db.repository import among


class SigningKeyStore:
    """Private JWKs with their lives, oldest first."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def keys(self, make: Callable[[], dict[str, Any]], at: datetime) -> list[tuple[KeyLife, dict[str, Any]]]:
        """All that are published; makes another where one is due, by one copy only, and deletes what is forgotten."""
        async with self._engine.begin() as connection:
            await wait_in_line(connection, "signing keys")
            found = await connection.execute(
                select(signing_keys).order_by(signing_keys.c.created_at, signing_keys.c.kid)
            )
            kept = [(KeyLife(row.kid, row.created_at), dict(row.private_jwk)) for row in found]
            lives = [life for life, _ in kept]
            if is_due(lives, at):
                made = make()
                kept.append((KeyLife(made["kid"], at), made))
                await connection.execute(insert(signing_keys).values(kid=made["kid"], private_jwk=made, created_at=at))
            if over := {life.kid for life in forgotten(lives, at)}:
                await connection.execute(delete(signing_keys).where(among(signing_keys.c.kid, sorted(over))))
                kept = [(life, jwk) for life, jwk in kept if life.kid not in over]
        return kept
