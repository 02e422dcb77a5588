"""The table of proposals: row ↔ dataclass; the database itself refuses one that its proposer confirms."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.repository import Repository
from chassis.kernel.ids import Id
from chassis.kernel.proposals import Proposal, ProposalNotFound, ProposalState

# Never edited once shipped: a change is a new tuple, called by a new migration in the services that use it.
PROPOSALS_1 = (
    """
    create table proposals (
        id uuid primary key,
        version integer not null,
        state text not null check (state in ('pending', 'confirmed', 'withdrawn', 'lapsed')),
        kind text not null,
        subject_id uuid not null,
        terms jsonb not null,
        reason text not null,
        proposed_by uuid not null,
        proposed_at timestamptz not null,
        lapses_at timestamptz not null,
        decided_by uuid,
        decided_at timestamptz,
        constraint proposals_four_eyes check (state <> 'confirmed' or coalesce(decided_by <> proposed_by, false)),
        constraint proposals_decided_once check ((state = 'pending') = (decided_at is null))
    )
    """,
    "create unique index proposals_one_pending on proposals (kind, subject_id) where state = 'pending'",
)

proposals = Table(
    "proposals",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Uuid, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("lapses_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
)


class ProposalRepository(Repository[Proposal]):
    """All proposals of a service."""

    table = proposals
    not_found = ProposalNotFound

    async def pending_of(self, kind: str, subject_id: Id) -> Proposal | None:
        """The one that waits for a second person."""
        found = await self.where(
            proposals.c.kind == kind,
            proposals.c.subject_id == subject_id,
            proposals.c.state == ProposalState.PENDING,
        )
        return found[0] if found else None

    def to_row(self, aggregate: Proposal) -> dict[str, Any]:
        """Column values."""
        return {**vars(aggregate), "terms": dict(aggregate.terms)}

    def from_row(self, row: Mapping[str, Any]) -> Proposal:
        """The proposal of a row."""
        return Proposal(**{**row, "state": ProposalState(row["state"])})


async def list_proposals(
    connection: AsyncConnection, state: ProposalState | None, after: Id | None, limit: int
) -> Sequence[Proposal]:
    """In the order in which they were made, in one state or all."""
    conditions = [] if state is None else [proposals.c.state == state]
    if after is not None:
        conditions.append(proposals.c.id > after)
    return await ProposalRepository(connection).where(*conditions, limit=limit)
