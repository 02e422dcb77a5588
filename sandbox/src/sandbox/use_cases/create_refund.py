"""Send a bank credit, or a part of it, back to who paid it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.ibans import compact_iban
from sandbox.domain.moment import Moment
from sandbox.domain.moves import IN_TRANSIT, Outgoing, check_currency, check_refundable
from sandbox.domain.names import new_name
from sandbox.storage.accounts import get_wallet
from sandbox.storage.credits import change_refunded, lock_credit
from sandbox.storage.journal import move_money
from sandbox.storage.outgoings import add_outgoing


@dataclass(frozen=True, slots=True)
class CreateRefund:
    """The wallet that pays may be another than the one that was credited; no `debtor_iban` = where it came from."""

    reference: str
    credit_id: str
    wallet_id: str
    amount: Money
    debtor_iban: str | None
    told_to_fail: bool
    settle_after: timedelta


async def create_refund(command: CreateRefund, tx: AsyncConnection, now: Moment) -> Outgoing:
    """Raises IbanInvalid, NoSuchCredit, NoSuchWallet, WalletCurrencyDiffers, RefundExceedsCredit, InsufficientFunds."""
    chosen_iban = compact_iban(command.debtor_iban) if command.debtor_iban else None
    credit = await lock_credit(tx, command.credit_id)
    wallet = await get_wallet(tx, command.wallet_id)
    check_currency(command.amount, wallet.currency)
    check_refundable(credit, command.amount)
    refund = Outgoing(
        id=new_name("rf"),
        kind="refund",
        reference=command.reference,
        wallet_id=wallet.id,
        credit_id=credit.id,
        creditor_name=credit.debtor_name,
        creditor_iban=chosen_iban or credit.debtor_iban,
        amount=command.amount,
        remittance=command.reference,
        status="created",
        failure_reason=None,
        created_at=now.business,
        finished_at=None,
    )
    await move_money(
        tx, "refund.created", wallet.id, IN_TRANSIT, refund.amount, refund.reference, refund.id, now.business
    )
    await change_refunded(tx, credit.id, refund.amount.minor)
    await add_outgoing(tx, refund, command.told_to_fail, settle_at=now.real + command.settle_after)
    return refund
