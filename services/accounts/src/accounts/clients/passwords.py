"""Passwords are hashed with argon2id, in a thread, because it is slow on purpose."""

import asyncio
import secrets

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# The first choice of OWASP's password storage cheat sheet.
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1


class Argon2Passwords:
    """19 MiB, two passes, one lane."""

    def __init__(self) -> None:
        self._hasher = PasswordHash((Argon2Hasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=LANES),))
        # Made now: made for the first stranger, it would cost that one answer twice the time.
        self._nobodys_hash = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        """An encoded hash with its own salt and parameters."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, hash: str | None) -> bool:
        """For nobody's hash the same work is done, so that the time of an answer tells nothing."""
        fits = await asyncio.to_thread(self._verify, password, hash)
        return fits and hash is not None

    def _verify(self, password: str, hash: str | None) -> bool:
        return self._hasher.verify(password, hash or self._nobodys_hash)
