"""Proposals on a real database: one at a time for a thing, one outcome, and never confirmed by who proposed them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.db.proposals import PROPOSALS_1, ProposalRepository, list_proposals
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id, new_id
from chassis.kernel.proposals import Proposal, ProposalState
from chassis.testing.clock import START

pytestmark = pytest.mark.storage

ANNA, BEN = new_id(), new_id()
LINE = new_id()


def a_proposal(**changes: object) -> Proposal:
    first = Proposal(
        id=new_id(),
        version=1,
        state=ProposalState.PENDING,
        kind="return_unapplied",
        subject_id=LINE,
        terms={"amount": 100, "currency": "EUR"},
        reason="the sender asks for it",
        proposed_by=ANNA,
        proposed_at=START,
        lapses_at=START + timedelta(days=7),
    )
    return replace(first, **changes)  # type: ignore[arg-type]


@pytest.fixture
async def made(engine: AsyncEngine) -> AsyncEngine:
    async with engine.begin() as connection:
        for statement in PROPOSALS_1:
            await connection.execute(text(statement))
    return engine


async def keep(engine: AsyncEngine, work: Callable[[ProposalRepository], Awaitable[object]]) -> None:
    async with engine.begin() as connection:
        await work(ProposalRepository(connection))


async def test_what_is_kept_is_what_was_proposed_and_lists_go_by_state(made: AsyncEngine) -> None:
    waiting, done = a_proposal(), a_proposal(subject_id=new_id()).confirm(BEN, START)
    await keep(made, lambda repository: repository.add(waiting, done))

    async def listed(
        connection: AsyncConnection, state: ProposalState | None, after: Id | None = None
    ) -> list[Proposal]:
        return list(await list_proposals(connection, state, after, 10))

    async with made.connect() as connection:
        assert await ProposalRepository(connection).pending_of("return_unapplied", LINE) == waiting
        assert await listed(connection, ProposalState.PENDING) == [waiting]
        assert await listed(connection, None) == sorted([waiting, done], key=lambda one: one.id)
        assert await listed(connection, None, max(waiting.id, done.id)) == []


async def test_the_database_refuses_a_second_pending_one_and_a_confirmation_by_the_proposer(made: AsyncEngine) -> None:
    await keep(made, lambda repository: repository.add(a_proposal()))
    with pytest.raises(IntegrityError, match="proposals_one_pending"):
        await keep(made, lambda repository: repository.add(a_proposal()))
    for by in (ANNA, None):
        own = a_proposal(subject_id=new_id(), state=ProposalState.CONFIRMED, decided_by=by, decided_at=START)
        with pytest.raises(IntegrityError, match="proposals_four_eyes"):
            await keep(made, lambda repository, own=own: repository.add(own))  # type: ignore[misc]


async def test_of_two_deciders_one_wins(made: AsyncEngine) -> None:
    waiting = a_proposal()
    await keep(made, lambda repository: repository.add(waiting))
    met = asyncio.Barrier(2)

    async def decide(move: Callable[[Proposal], Proposal]) -> bool:
        async def work(repository: ProposalRepository) -> None:
            found = await repository.get(waiting.id)
            await met.wait()
            await repository.save(move(found))

        try:
            await keep(made, work)
        except StaleVersion:
            return False
        return True

    won = await asyncio.gather(
        decide(lambda one: one.confirm(BEN, START)), decide(lambda one: one.withdraw(ANNA, START))
    )
    assert sorted(won) == [False, True]
