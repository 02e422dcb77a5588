"""API keys of machine clients: `rgk_<id>_<secret>`, shown once; what is kept is a hash of it."""

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.domain.errors import ApiKeyRefused, ScopesNotYours
from accounts.domain.scopes import SELF
from chassis.kernel.ids import Id

PREFIX = "rgk"
USE_NOTED_EVERY = timedelta(minutes=1)
# How long the old and the new key may work side by side.
OVERLAP_MAX = timedelta(days=7)
_SECRET_BYTES = 32
_FORM = re.compile(rf"{PREFIX}_(?P<id>[0-9a-f]{{32}})_[A-Za-z0-9_-]{{32,}}")


@dataclass(frozen=True)
class ApiKey:
    """`kind` and `market` are its maker's; `id` is also the client id of OAuth. Times are real time.

    `last_used_at` is coarse and no part of its version. `last_four` are of the secret, to tell keys apart.
    """

    id: Id
    version: int
    company_id: Id
    kind: str
    market: str | None
    name: str
    scopes: frozenset[str]
    hash: str
    created_at: datetime
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    last_four: str | None = None

    def must_work(self, at: datetime) -> None:
        """Refuse one that was revoked or has expired."""
        if self.revoked_at is not None or (self.expires_at is not None and at >= self.expires_at):
            raise ApiKeyRefused()

    def use_is_news(self, at: datetime) -> bool:
        """Whether its last use was so long ago that it is worth a write."""
        return self.last_used_at is None or at >= self.last_used_at + USE_NOTED_EVERY

    def ends_at(self, at: datetime) -> "ApiKey":
        """It works until then at the longest."""
        return replace(self, version=self.version + 1, expires_at=min(at, self.expires_at or at))

    def revoke(self, at: datetime) -> "ApiKey":
        """Stop it for good; a key that is revoked stays so."""
        return replace(self, version=self.version + 1, revoked_at=self.revoked_at or at)


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_hex(_SECRET_BYTES)


def key_text(id: Id, secret: str) -> str:
    """The key as its owner keeps it."""
    return f"{PREFIX}_{id.hex}_{secret}"


def id_of(key: str) -> Id:
    """The id in a key that was made elsewhere; raises `ApiKeyRefused` if it has not our form or too short a secret."""
    found = _FORM.fullmatch(key)
    if found is None:
        raise ApiKeyRefused("a key is rgk_<32 hex digits>_<at least 32 characters>")
    return Id(found["id"])


def hash_of(key: str) -> str:
    """SHA-256 is right here: 256 random bits cannot be guessed however fast the hash is, unlike what people choose."""
    return hashlib.sha256(key.encode()).hexdigest()


def check_scopes(wanted: frozenset[str], held: frozenset[str]) -> None:
    """A key can do at most what its maker can do, and nothing to the person of its maker."""
    if excess := wanted - (held - {SELF}):
        raise ScopesNotYours(scopes=sorted(excess))
