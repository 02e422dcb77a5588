"""Move money between two wallets."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.moment import Moment
from sandbox.domain.moves import Transfer, check_currency, check_two_wallets
from sandbox.domain.names import new_name
from sandbox.storage.accounts import lock_wallets
from sandbox.storage.journal import move_money
from sandbox.storage.transfers import add_transfer


@dataclass(frozen=True, slots=True)
class TransferMoney:
    reference: str
    from_wallet_id: str
    to_wallet_id: str
    amount: Money
    metadata: Mapping[str, str]


async def transfer_money(command: TransferMoney, tx: AsyncConnection, now: Moment) -> Transfer:
    """Raises SameWallet, NoSuchWallet, WalletCurrencyDiffers, InsufficientFunds."""
    check_two_wallets(command.from_wallet_id, command.to_wallet_id)
    for wallet in (await lock_wallets(tx, command.from_wallet_id, command.to_wallet_id)).values():
        check_currency(command.amount, wallet.currency)
    transfer = Transfer(
        id=new_name("tr"),
        reference=command.reference,
        from_wallet_id=command.from_wallet_id,
        to_wallet_id=command.to_wallet_id,
        amount=command.amount,
        metadata=dict(command.metadata),
        created_at=now.business,
    )
    await move_money(
        tx,
        "transfer",
        transfer.from_wallet_id,
        transfer.to_wallet_id,
        transfer.amount,
        transfer.reference,
        transfer.id,
        now.business,
    )
    await add_transfer(tx, transfer)
    return transfer
