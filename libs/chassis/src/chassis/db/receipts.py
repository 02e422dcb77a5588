"""HTTP receipts: an Idempotency-Key is answered once; a repeat gets the stored answer, refusals included."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.errors import DomainError, Invalid, Unavailable, WrongState

KEPT_DAYS = 30


class KeyReused(Invalid):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for a different request"


class KeyInProgress(WrongState):
    """A rival with the same Idempotency-Key has not finished."""

    code = "idempotency_key_in_progress"
    title = "A request with this Idempotency-Key is still being worked on"


@dataclass(frozen=True)
class Receipt:
    """Who asks (`tenant`), with which key, for what (`fingerprint` = hash of method, path and body)."""

    tenant: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class Answer:
    """What the client gets: status, JSON body, headers. `refusal` marks a stored problem that must be rendered again."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


class StoredRefusal(Exception):
    """The first answer to this key was a refusal: it is given again, word for word."""

    def __init__(self, code: str, title: str, detail: str, kind: str, facts: dict[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.title = title
        self.detail = detail
        self.kind = kind
        self.facts = facts


_CLAIM = text(
    "insert into receipts (tenant, key, fingerprint) values (:tenant, :key, :fingerprint) "
    "on conflict do nothing returning key"
)
_READ = text("select fingerprint, status, body, headers from receipts where tenant = :tenant and key = :key").columns(
    body=JSONB, headers=JSONB
)
_SETTLE = text(
    "update receipts set status = :status, body = :body, headers = :headers where tenant = :tenant and key = :key"
).bindparams(bindparam("body", type_=JSONB), bindparam("headers", type_=JSONB))
_FORGET = text("delete from receipts where tenant = :tenant and key = :key")
PURGE = text("delete from receipts where created_at < now() - make_interval(days => :days)")

# The status of a stored refusal is below any HTTP status, so the two cannot be taken for one another.
_REFUSED = 0


async def claim(connection: AsyncConnection, receipt: Receipt) -> Answer | StoredRefusal | None:
    """Take the key, or give back what it was answered. A rival that has not committed is waited for (lock_timeout)."""
    keys = {"tenant": receipt.tenant, "key": receipt.key}
    taken = await connection.execute(_CLAIM, {**keys, "fingerprint": receipt.fingerprint})
    if taken.first() is not None:
        return None
    row = (await connection.execute(_READ, keys)).one()
    if row.fingerprint != receipt.fingerprint:
        raise KeyReused()
    if row.status == _REFUSED:
        return StoredRefusal(**row.body)
    return Answer(row.status, row.body, row.headers, replayed=True)


async def settle(connection: AsyncConnection, receipt: Receipt, verdict: Answer | DomainError) -> None:
    """Store the answer, or the refusal. "Something does not answer" is no verdict: the key is free again."""
    keys = {"tenant": receipt.tenant, "key": receipt.key}
    if isinstance(verdict, Unavailable):
        await connection.execute(_FORGET, keys)
    elif isinstance(verdict, DomainError):
        body = {
            "code": verdict.code,
            "title": verdict.title,
            "detail": verdict.detail,
            "kind": kind_of(verdict),
            "facts": verdict.facts,
        }
        await connection.execute(_SETTLE, {**keys, "status": _REFUSED, "body": body, "headers": {}})
    else:
        await connection.execute(
            _SETTLE, {**keys, "status": verdict.status, "body": verdict.body, "headers": verdict.headers}
        )


def kind_of(refusal: DomainError) -> str:
    """The name of the refusal's kind (`NotFound`, `WrongState`, …), which decides its HTTP status."""
    for base in type(refusal).__mro__:
        if DomainError in base.__bases__:
            return base.__name__
    return type(refusal).__name__
