"""The key pairs that sign access tokens: made once, kept in the database, shared by all copies of the service."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from accounts.storage.tables import signing_keys
from chassis.kernel.clock import real_now


class SigningKeyStore:
    """Private JWKs, oldest first; the newest one signs, all of them verify."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def keys(self, make: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
        """All keys; if there is none yet, the first one is made, by one copy only."""
        async with self._engine.begin() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("signing keys"))))
            found = await connection.execute(
                select(signing_keys.c.private_jwk).order_by(signing_keys.c.created_at, signing_keys.c.kid)
            )
            kept = list(found.scalars())
            if not kept:
                kept = [make()]
                await connection.execute(
                    insert(signing_keys).values(kid=kept[0]["kid"], private_jwk=kept[0], created_at=real_now())
                )
        return kept
