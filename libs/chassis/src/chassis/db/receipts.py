"""HTTP receipts: an Idempotency-Key is answered once; a repeat gets the stored answer, refusals included."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db import direct
from chassis.db.rows import RANK_OF_SHARED_TABLES, as_json
from chassis.db.session import write_now_or_later
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


# In one order for everybody: two batches with the same keys never wait for each other in a circle.
_CLAIM = (
    "insert into receipts (tenant, key, fingerprint) select tenant, key, fingerprint "
    "from unnest($1::text[], $2::text[], $3::text[]) as k(tenant, key, fingerprint) "
    "order by 1, 2 on conflict do nothing returning tenant, key"
)
_READ = (
    "select r.tenant, r.key, fingerprint, status, body, headers from receipts r "
    "join unnest($1::text[], $2::text[]) as k(tenant, key) using (tenant, key)"
)
_SETTLE = (
    "update receipts r set status = v.status, body = v.body, headers = v.headers "
    "from jsonb_to_recordset($1::jsonb) as v(tenant text, key text, status integer, body jsonb, headers jsonb) "
    "where r.tenant = v.tenant and r.key = v.key"
)
_FORGET = text("delete from receipts where tenant = :tenant and key = :key")
PURGE = text("delete from receipts where created_at < now() - make_interval(days => :days)")

# The status of a stored refusal is below any HTTP status, so the two cannot be taken for one another.
_REFUSED = 0


async def claim(connection: AsyncConnection, receipt: Receipt) -> Answer | StoredRefusal | KeyReused | None:
    """Take the key, or give back what it was answered. A rival that has not committed is waited for (lock_timeout)."""
    return (await claim_all(connection, [receipt]))[0]


async def claim_all(
    connection: AsyncConnection, wanted: Sequence[Receipt]
) -> list[Answer | StoredRefusal | KeyReused | None]:
    """Take the keys, all of them different, in one statement; None for each that is taken now, else what it was answered."""
    keys = [one.tenant for one in wanted], [one.key for one in wanted]
    rows = await direct.change_and_read(connection, _CLAIM, *keys, [one.fingerprint for one in wanted])
    taken = {(row["tenant"], row["key"]) for row in rows}
    if len(taken) == len(wanted):
        return [None] * len(wanted)
    stored = {(row["tenant"], row["key"]): row for row in await direct.read(connection, _READ, *keys)}
    return [None if (one.tenant, one.key) in taken else _verdict(one, stored[one.tenant, one.key]) for one in wanted]


def _verdict(receipt: Receipt, row: direct.Row) -> Answer | StoredRefusal | KeyReused:
    if row["fingerprint"] != receipt.fingerprint:
        return KeyReused()
    if row["status"] == _REFUSED:
        return StoredRefusal(**row["body"])
    return Answer(row["status"], row["body"], row["headers"], replayed=True)


@dataclass(frozen=True)
class _SettleReceipts:
    rank: int = RANK_OF_SHARED_TABLES

    async def __call__(self, connection: AsyncConnection, items: Sequence[dict[str, Any]]) -> None:
        await direct.change(connection, _SETTLE, as_json(items))


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
        row = {**keys, "status": _REFUSED, "body": body, "headers": {}}
        await write_now_or_later(connection, _SettleReceipts(), row)
    else:
        row = {**keys, "status": verdict.status, "body": verdict.body, "headers": verdict.headers}
        await write_now_or_later(connection, _SettleReceipts(), row)


def kind_of(refusal: DomainError) -> str:
    """The name of the refusal's kind (`NotFound`, `WrongState`, …), which decides its HTTP status."""
    for base in type(refusal).__mro__:
        if DomainError in base.__bases__:
            return base.__name__
    return type(refusal).__name__
