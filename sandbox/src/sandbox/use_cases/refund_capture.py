"""Send a card capture, or a part of it, back to the card."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.cards import check_capture_refundable
from sandbox.domain.moment import Moment
from sandbox.domain.moves import IN_TRANSIT, Outgoing, check_currency
from sandbox.domain.names import new_name
from sandbox.storage.accounts import get_wallet
from sandbox.storage.card_captures import change_capture_refunded, lock_capture
from sandbox.storage.journal import move_money
from sandbox.storage.outgoings import add_outgoing
from sandbox.use_cases.end_card_payments import settle_capture


@dataclass(frozen=True, slots=True)
class RefundCapture:
    """The wallet that pays may be another than the one that was credited."""

    capture_id: str
    reference: str
    wallet_id: str
    amount: Money
    told_to_fail: bool
    settle_after: timedelta


async def refund_capture(command: RefundCapture, tx: AsyncConnection, now: Moment) -> Outgoing:
    """Money must be there before it can go back, so an unsettled capture settles now.

    Raises NoSuchCapture, NoSuchWallet, WalletCurrencyDiffers, RefundExceedsCapture, InsufficientFunds.
    """
    capture = await lock_capture(tx, command.capture_id)
    wallet = await get_wallet(tx, command.wallet_id)
    check_currency(command.amount, wallet.currency)
    check_capture_refundable(capture, command.amount)
    if capture.status == "captured":
        await settle_capture(capture, tx, now)
    refund = Outgoing(
        id=new_name("rf"),
        kind="refund",
        reference=command.reference,
        wallet_id=wallet.id,
        credit_id=None,
        creditor_name="card",
        creditor_iban="",
        amount=command.amount,
        remittance=command.reference,
        status="created",
        failure_reason=None,
        created_at=now.business,
        finished_at=None,
        capture_id=capture.id,
    )
    await move_money(
        tx, "refund.created", wallet.id, IN_TRANSIT, refund.amount, refund.reference, refund.id, now.business
    )
    await change_capture_refunded(tx, capture.id, refund.amount.minor)
    await add_outgoing(tx, refund, command.told_to_fail, settle_at=now.real + command.settle_after)
    return refund
