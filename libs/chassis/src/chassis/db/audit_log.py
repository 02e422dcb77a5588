"""The table of the audit log: entries are added in a chain, in the transaction of the act, and never changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.locks import Lock
from chassis.kernel.audit_log import NOTHING_BEFORE, Act, Actor, Entry, EntryRecorded, sealed
from chassis.kernel.ids import Id

# Never edited once shipped: a change is a new tuple, called by a new migration in every service.
AUDIT_LOG_1 = (
    # The name under which this log's newest hashes are published; a log that was begun anew has another.
    """
    create table audit_log_chain (
        only_row boolean primary key default true check (only_row),
        id uuid not null default gen_random_uuid()
    )
    """,
    "insert into audit_log_chain default values",
    """
    create table audit_log (
        seq integer primary key check (seq > 0),
        at timestamptz not null,
        business_at timestamptz not null,
        act text not null,
        actor_kind text not null check (actor_kind in ('person', 'key', 'platform')),
        actor_id uuid check ((actor_id is null) = (actor_kind = 'platform')),
        actor_role text,
        subject_kind text not null,
        subject_id text not null,
        details jsonb not null,
        reason text,
        request_id text,
        prev_hash text not null unique,
        hash text not null
    )
    """,
    "create index audit_log_actor on audit_log (actor_id, seq)",
    "create index audit_log_subject on audit_log (subject_id, seq)",
    """
    create function refuse_change_of_audit_log() returns trigger language plpgsql as $$
    begin
        raise exception '% is append-only', tg_table_name using errcode = '23001';
    end $$
    """,
    "create trigger audit_log_append_only before update or delete or truncate on audit_log "
    "for each statement execute function refuse_change_of_audit_log()",
    "create trigger audit_log_chain_fixed before insert or update or delete or truncate on audit_log_chain "
    "for each statement execute function refuse_change_of_audit_log()",
    # The trigger tells what was tried; without the privilege nobody gets that far by mistake.
    "revoke update, delete, truncate on audit_log, audit_log_chain from current_user",
)

_LOCK = text(f"select pg_advisory_xact_lock({Lock.AUDIT_LOG:d})")
_HEAD = text(
    "select c.id as chain_id, clock_timestamp() as at, coalesce(l.seq, 0) as seq, l.hash as hash from audit_log_chain c "
    "left join (select seq, hash from audit_log order by seq desc limit 1) l on true"
)
_COLUMNS = (
    "seq, at, business_at, act, actor_kind, actor_id, actor_role, subject_kind, subject_id, details, reason, "
    "request_id, prev_hash, hash"
)
_ADD = text(f"insert into audit_log ({_COLUMNS}) values (:{_COLUMNS.replace(', ', ', :')})").bindparams(
    bindparam("details", type_=JSONB)
)
_READ = text(
    f"select c.id as chain_id, {_COLUMNS} from audit_log_chain c, audit_log "
    "where seq > :after and (cast(:actor as uuid) is null or actor_id = cast(:actor as uuid)) "
    "and (cast(:subject as text) is null or subject_id = cast(:subject as text)) "
    "and (cast(:act as text) is null or act = cast(:act as text)) order by seq limit :limit"
).columns(details=JSONB)


class AuditLog:
    """The service's chain. `publish` makes each new hash public, so that an end that is cut off is missed."""

    def __init__(self, connection: AsyncConnection, publish: Callable[[EntryRecorded], None]) -> None:
        self._connection = connection
        self._publish = publish

    async def record(self, act: Act, now: datetime) -> Entry:
        """Add an entry; it is there if, and only if, the act is. Entries are rare: they wait for each other."""
        await self._connection.execute(_LOCK)
        head = (await self._connection.execute(_HEAD)).one()
        entry = sealed(head.chain_id, head.seq + 1, head.at, now, act, head.hash or NOTHING_BEFORE)
        await self._connection.execute(_ADD, _row(entry))
        self._publish(
            EntryRecorded(
                aggregate_id=entry.chain_id, seq=entry.seq, act=act.code, hash=entry.hash, recorded_at=entry.at
            )
        )
        return entry


@dataclass(frozen=True)
class WantedEntries:
    """Those after a seq, oldest first; of one actor, about one subject, of one act."""

    after: int
    limit: int
    actor: Id | None = None
    subject: str | None = None
    act: str | None = None


async def entries(connection: AsyncConnection, wanted: WantedEntries) -> Sequence[Entry]:
    """The entries that fit."""
    return [_entry(dict(row)) for row in (await connection.execute(_READ, vars(wanted))).mappings().all()]


async def newest(connection: AsyncConnection) -> tuple[Id, int, str]:
    """The chain's id and the seq and hash of its newest entry; 0 and the hash of nothing where there is none."""
    row = (await connection.execute(_HEAD)).one()
    return row.chain_id, row.seq, row.hash or NOTHING_BEFORE


def _row(entry: Entry) -> dict[str, Any]:
    act = entry.act
    return {
        "seq": entry.seq,
        "at": entry.at,
        "business_at": entry.business_at,
        "act": act.code,
        "actor_kind": act.actor.kind,
        "actor_id": act.actor.id,
        "actor_role": act.actor.role,
        "subject_kind": act.subject_kind,
        "subject_id": act.subject_id,
        "details": dict(act.details),
        "reason": act.reason,
        "request_id": act.request_id,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
    }


def _entry(row: Mapping[str, Any]) -> Entry:
    actor = Actor(row["actor_kind"], row["actor_id"], row["actor_role"])
    act = Act(
        row["act"], actor, row["subject_kind"], row["subject_id"], row["details"], row["reason"], row["request_id"]
    )
    return Entry(row["chain_id"], row["seq"], row["at"], row["business_at"], act, row["prev_hash"], row["hash"])
