"""The step that is taken when a correction was confirmed, and looked at before it is proposed."""

from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.bank_line import BankLine
from payments.domain.errors import CorrectionNotPossible
from payments.domain.money_correction import CorrectionKind
from payments.use_cases.fund_waiting import fund_waiting
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.return_unapplied import return_unapplied


async def check_correction(kind: CorrectionKind, subject_id: Id, amount: Money, uow: UnitOfWork) -> None:
    """Refuse what could not be done as things stand; they may change until somebody confirms."""
    match kind:
        case CorrectionKind.RETURN_UNAPPLIED:
            _must_be(amount, _unapplied(await uow.bank_lines.get(subject_id)))
        case CorrectionKind.ADVANCE_REFUND:
            reversal = await uow.reversals.get(subject_id)
            if not reversal.is_waiting:
                raise CorrectionNotPossible("this refund has its money")
            if amount.currency != reversal.gross.currency or not 0 < amount.minor <= reversal.owed.minor:
                raise CorrectionNotPossible("more than the seller owes", at_most=_shown(reversal.owed))


async def make_correction(kind: CorrectionKind, subject_id: Id, amount: Money, uow: UnitOfWork, now: datetime) -> None:
    """The money moves by the same rule as if its time had come, or nothing changes and it is said why."""
    match kind:
        case CorrectionKind.RETURN_UNAPPLIED:
            _must_be(amount, _unapplied(await uow.bank_lines.get(subject_id)))
            if not await return_unapplied(subject_id, uow, now):
                raise CorrectionNotPossible("this money was sent back already")
        case CorrectionKind.ADVANCE_REFUND:
            await _advance(subject_id, amount, uow, now)


async def _advance(credit_note_id: Id, at_most: Money, uow: UnitOfWork, now: datetime) -> None:
    reversal = await uow.reversals.get(credit_note_id)
    await uow.lock(reversal.seller_order_id)
    await uow.lock(reversal.seller_id)
    if not (await uow.reversals.get(credit_note_id)).is_waiting:
        raise CorrectionNotPossible("this refund has its money")
    await fund_waiting(reversal.seller_id, reversal.gross.currency, uow, now, may_advance=reversal.id)
    funded = await uow.reversals.get(credit_note_id)
    if funded.is_waiting:
        raise CorrectionNotPossible("the platform's own wallet cannot bear it")
    if funded.funding.advanced > at_most.minor:
        missing = Money(funded.funding.advanced, at_most.currency)
        raise CorrectionNotPossible("more is missing by now than was confirmed", missing=_shown(missing))


def _unapplied(line: BankLine) -> Money:
    parts = line.allocation.parts if line.allocation else ()
    return Money(sum(part.amount_minor for part in parts if part.kind == "unapplied"), line.credit.amount.currency)


def _must_be(amount: Money, wanted: Money) -> None:
    if amount != wanted or not amount.minor:
        raise CorrectionNotPossible("what is on no order is another amount", unapplied=_shown(wanted))


def _shown(money: Money) -> dict[str, object]:
    return {"amount": money.minor, "currency": money.currency}
