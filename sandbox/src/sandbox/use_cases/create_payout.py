"""Send money of a wallet to a bank account; it arrives, or comes back, a little later."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.ibans import compact_iban
from sandbox.domain.moment import Moment
from sandbox.domain.moves import IN_TRANSIT, Outgoing, check_currency
from sandbox.domain.names import new_name
from sandbox.storage.accounts import get_wallet
from sandbox.storage.journal import move_money
from sandbox.storage.outgoings import add_outgoing


@dataclass(frozen=True, slots=True)
class CreatePayout:
    """`told_to_fail`: a tester's wish; `settle_after` is real time."""

    reference: str
    wallet_id: str
    creditor_name: str
    creditor_iban: str
    amount: Money
    remittance: str
    told_to_fail: bool
    settle_after: timedelta


async def create_payout(command: CreatePayout, tx: AsyncConnection, now: Moment) -> Outgoing:
    """Raises IbanInvalid, NoSuchWallet, WalletCurrencyDiffers, InsufficientFunds."""
    creditor_iban = compact_iban(command.creditor_iban)
    wallet = await get_wallet(tx, command.wallet_id)
    check_currency(command.amount, wallet.currency)
    payout = Outgoing(
        id=new_name("po"),
        kind="payout",
        reference=command.reference,
        wallet_id=wallet.id,
        credit_id=None,
        creditor_name=command.creditor_name,
        creditor_iban=creditor_iban,
        amount=command.amount,
        remittance=command.remittance,
        status="created",
        failure_reason=None,
        created_at=now.business,
        finished_at=None,
    )
    await move_money(
        tx, "payout.created", wallet.id, IN_TRANSIT, payout.amount, payout.reference, payout.id, now.business
    )
    await add_outgoing(tx, payout, command.told_to_fail, settle_at=now.real + command.settle_after)
    return payout
