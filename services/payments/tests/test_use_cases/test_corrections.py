"""Money moved by hand: by the rule it has anyway, between two people, once, and never more than was confirmed."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from chassis.kernel.proposals import PeopleOnly, Proposal, ProposalMoveRefused, ProposalPending, SecondPersonNeeded
from payments.domain.errors import CorrectionNotPossible, NoSuchBankLine
from payments.domain.money_correction import CorrectionKind
from payments.use_cases.confirm_correction import ConfirmCorrection, confirm_correction
from payments.use_cases.propose_correction import ProposeCorrection, propose_correction
from payments.use_cases.withdraw_correction import WithdrawCorrection, withdraw_correction
from services.payments.tests.test_use_cases.test_returns import (
    COMMISSION,
    OWED,
    WHOLE_COMMISSION,
    a_sale,
    at_rest,
    by_owner,
    finish_refunds,
    pay_out,
    refund_states,
)
from services.payments.tests.world import World

pytestmark = pytest.mark.storage

FINN, FAY = new_id(), new_id()
LIVES = timedelta(days=7)


async def propose(world: World, kind: CorrectionKind, subject: Id, minor: int, by: Id | None = FINN) -> Proposal:
    command = ProposeCorrection(kind, subject, Money(minor, "EUR"), "asked for by the sender", by, LIVES)
    return await world.executor.run(partial(propose_correction, command))


async def confirm(world: World, proposal: Proposal, by: Id | None = FAY) -> Proposal:
    return await world.executor.run(partial(confirm_correction, ConfirmCorrection(proposal.id, by)))


async def withdraw(world: World, proposal: Proposal, by: Id | None = FINN) -> Proposal:
    return await world.executor.run(partial(withdraw_correction, WithdrawCorrection(proposal.id, by)))


async def states(world: World) -> list[str]:
    return [row.state for row in await world.rows("select state from proposals order by id")]


async def an_unknown_transfer(world: World, minor: int = 5000) -> Id:
    """Money of a buyer that names no order."""
    await world.wire(await world.buyer(), minor, "no idea")
    ((line,),) = await world.rows("select id from bank_lines")
    return Id(str(line))


async def a_short_refund(world: World) -> Id:
    """A credit note whose seller was paid out already, while the platform has earned enough to help."""
    buyer, seller, other = await world.buyer(), await world.seller(), await world.seller("Seconde Main Pro SARL", "SMP")
    sale = await a_sale(world, buyer, seller)
    for n in range(3):
        await (await a_sale(world, buyer, other, f"10005{n}")).close_window()
    await sale.close_window()
    await pay_out(world)
    await sale.refund_due("SN-1-000")
    ((credit_note,),) = await world.rows("select credit_note_id from reversals where state = 'waiting'")
    return Id(str(credit_note))


async def test_unknown_money_goes_back_once_two_people_say_so_and_not_again_by_itself(world: World) -> None:
    line = await an_unknown_transfer(world)
    proposal = await propose(world, CorrectionKind.RETURN_UNAPPLIED, line, 5000)
    assert await refund_states(world) == []
    confirmed = await confirm(world, proposal)
    assert (confirmed.state, confirmed.proposed_by, confirmed.decided_by) == ("confirmed", FINN, FAY)
    await world.settle()
    assert await refund_states(world) == ["sent"]
    kinds = [kind for kind, _ in await world.journals()]
    assert kinds == ["P3_transfer_received", "P8_refund_of_unapplied"]
    await finish_refunds(world)
    # The deadline that would have sent it back comes all the same, and does nothing.
    world.clock.advance(days=60)
    await world.settle()
    assert await refund_states(world) == ["settled"]
    await at_rest(world)


async def test_the_platform_helps_a_refund_before_its_time_when_two_people_say_so(world: World) -> None:
    credit_note = await a_short_refund(world)
    await confirm(world, await propose(world, CorrectionKind.ADVANCE_REFUND, credit_note, OWED))
    await world.settle()
    await finish_refunds(world)
    assert await refund_states(world) == ["settled"]
    balances = by_owner(await world.balances())
    assert balances["mkt.receivable"] == OWED
    assert balances["mkt.cash"] == 4 * WHOLE_COMMISSION - COMMISSION - OWED
    await at_rest(world)


async def test_never_more_than_was_confirmed_and_then_nothing_changes(world: World) -> None:
    credit_note = await a_short_refund(world)
    proposal = await propose(world, CorrectionKind.ADVANCE_REFUND, credit_note, OWED - 1)
    with pytest.raises(CorrectionNotPossible) as refused:
        await confirm(world, proposal)
    assert refused.value.facts == {"missing": {"amount": OWED, "currency": "EUR"}}
    assert await states(world) == ["pending"]
    assert "mkt.receivable" not in by_owner(await world.balances())
    await at_rest(world)


async def test_what_the_platform_advances_by_itself_is_in_the_audit_log(world: World) -> None:
    credit_note = await a_short_refund(world)
    world.clock.advance(days=5)
    await world.settle()
    ((actor, act, subject, details),) = await world.rows(
        "select actor_kind, act, subject_id, details from audit_log order by seq"
    )
    assert (actor, act, subject) == ("platform", "advance_refund", str(credit_note))
    assert details == {"advanced": {"amount": OWED, "currency": "EUR"}, "market": "fr-pro"}


async def test_neither_the_same_person_nor_a_key_is_a_second_one(world: World) -> None:
    line = await an_unknown_transfer(world)
    proposal = await propose(world, CorrectionKind.RETURN_UNAPPLIED, line, 5000)
    for by, refusal in ((FINN, SecondPersonNeeded), (None, PeopleOnly)):
        with pytest.raises(refusal):
            await confirm(world, proposal, by)
    with pytest.raises(PeopleOnly):
        await propose(world, CorrectionKind.RETURN_UNAPPLIED, line, 5000, by=None)
    with pytest.raises(PeopleOnly):
        await withdraw(world, proposal, by=None)
    assert await states(world) == ["pending"]
    assert await refund_states(world) == []


async def test_one_proposal_at_a_time_and_after_a_withdrawal_another_one(world: World) -> None:
    line = await an_unknown_transfer(world)
    first = await propose(world, CorrectionKind.RETURN_UNAPPLIED, line, 5000)
    with pytest.raises(ProposalPending):
        await propose(world, CorrectionKind.RETURN_UNAPPLIED, line, 5000, by=FAY)
    await withdraw(world, first)
    with pytest.raises(ProposalMoveRefused):
        await confirm(world, first)
    await confirm(world, await propose(world, CorrectionKind.RETURN_UNAPPLIED, line, 5000))
    with pytest.raises(CorrectionNotPossible):
        await confirm(world, await propose(world, CorrectionKind.RETURN_UNAPPLIED, line, 5000))
    assert await states(world) == ["withdrawn", "confirmed", "pending"]


async def test_a_proposal_that_nobody_confirms_lapses(world: World) -> None:
    proposal = await propose(world, CorrectionKind.RETURN_UNAPPLIED, await an_unknown_transfer(world), 5000)
    world.clock.advance(days=7)
    await world.settle()
    assert await states(world) == ["lapsed"]
    with pytest.raises(ProposalMoveRefused):
        await confirm(world, proposal)


@pytest.mark.parametrize(
    ("kind", "minor", "code"),
    [
        (CorrectionKind.RETURN_UNAPPLIED, 4999, "correction_not_possible"),
        (CorrectionKind.ADVANCE_REFUND, 100, "not_found"),
    ],
)
async def test_what_could_not_be_done_is_not_even_proposed(
    world: World, kind: CorrectionKind, minor: int, code: str
) -> None:
    line = await an_unknown_transfer(world)
    with pytest.raises(DomainError) as refused:
        await propose(world, kind, line, minor)
    assert refused.value.code.endswith(code)
    with pytest.raises(NoSuchBankLine):
        await propose(world, CorrectionKind.RETURN_UNAPPLIED, new_id(), minor)
    assert await states(world) == []


async def test_of_two_who_decide_at_once_one_wins(world: World) -> None:
    proposal = await propose(world, CorrectionKind.RETURN_UNAPPLIED, await an_unknown_transfer(world), 5000)

    async def attempt(work: Any) -> bool:
        try:
            await work
        except ProposalMoveRefused:
            return False
        return True

    won = await asyncio.gather(
        attempt(confirm(world, proposal)),
        attempt(withdraw(world, proposal)),
        attempt(confirm(world, proposal, new_id())),
    )
    assert sorted(won) == [False, False, True]
    await world.settle()
    assert len(await refund_states(world)) == (await states(world) == ["confirmed"])
