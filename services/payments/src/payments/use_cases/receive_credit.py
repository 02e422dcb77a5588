"""Money came in on a virtual account: booked, matched to the buyer's orders, and allocated to the last cent."""

from datetime import datetime

from chassis.kernel.money import Money
from payments.domain.bank_line import BankLine, ReceivedCredit, receive_bank_line
from payments.domain.ledger_rules import transfer_matched, transfer_received
from payments.domain.matching import Credit, MatchCase, Part, match_credit
from payments.domain.payment import payment_id_of
from payments.domain.psp_account import PspAccount
from payments.domain.refund import Source, SourceKind
from payments.use_cases.end_card_payment import end_open_cards
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry
from payments.use_cases.refund_unapplied import refund_unapplied


async def receive_credit(credit: ReceivedCredit, uow: UnitOfWork, now: datetime) -> bool:
    """True if it is dealt with (now, or before); False if the virtual account is not known here yet.

    P3: Dr psp.cash Cr buyer.unapplied, then what matches moves on to the orders' escrow.
    """
    account = await uow.psp_accounts.lock_by_virtual_account(credit.virtual_account_id)
    if account is None:
        return False
    line, received = receive_bank_line(account.company_id, credit, now)
    allocation = match_credit(
        _seen_by_matching(credit, account), [one.candidate() for one in await uow.payments.of_buyer(line.buyer_id)]
    )
    line, allocated = line.allocate(allocation)
    if not await uow.bank_lines.add_if_new(line):
        return True
    uow.publish(received, allocated)
    await post_entry(transfer_received(line.buyer_id, credit.amount), f"bank_line/{line.id}", uow, now)
    for part in allocation.parts:
        await _carry_out(part, line, account, uow, now)
    return True


def _seen_by_matching(credit: ReceivedCredit, account: PspAccount) -> Credit:
    return Credit(
        amount_minor=credit.amount.minor,
        currency=credit.amount.currency,
        remittance=credit.remittance,
        debtor_name=credit.debtor_name,
        account_name=account.holder_name or "",
    )


async def _carry_out(part: Part, line: BankLine, account: PspAccount, uow: UnitOfWork, now: datetime) -> None:
    assert line.allocation is not None
    case = line.allocation.case
    if part.kind == "order":
        await _put_on_order(part, line, uow, now)
    elif part.kind == "refund":
        await refund_unapplied(_source(line), line.buyer_id, _money(part, line), str(case), uow, now, part.order_id)
    else:
        await uow.timers.set("return_unapplied", line.id, _returns_at(case, account, uow, now))


async def _put_on_order(part: Part, line: BankLine, uow: UnitOfWork, now: datetime) -> None:
    assert part.order_id is not None
    amount = _money(part, line)
    payment, event = (await uow.payments.get(payment_id_of(part.order_id))).receive(amount, now)
    await uow.payments.save(payment)
    uow.publish(event)
    if not payment.is_open:
        # The transfer won: a card that is being authorised at this moment is let go, or paid back.
        await end_open_cards(payment.id, uow, now)
    entry = transfer_matched(line.buyer_id, part.order_id, amount)
    await post_entry(entry, f"bank_line/{line.id}/{part.order_id}", uow, now)


def _returns_at(case: MatchCase, account: PspAccount, uow: UnitOfWork, now: datetime) -> datetime:
    # What was paid beyond an order has no use here: it goes back at once. What nobody can place yet waits as long as the
    # market says, so that the buyer can be asked.
    if case == MatchCase.OVERPAID:
        return now
    return uow.rules.in_force(account.market, now.date()).unmatched_refund_at(now)


def _source(line: BankLine) -> Source:
    return Source(SourceKind.BANK_CREDIT, line.id, line.credit.credit_id, line.credit.wallet_id)


def _money(part: Part, line: BankLine) -> Money:
    return Money(part.amount_minor, line.credit.amount.currency)
