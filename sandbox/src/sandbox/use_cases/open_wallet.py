"""Open an empty wallet."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.accounts import Wallet
from sandbox.domain.moment import Moment
from sandbox.domain.names import new_name
from sandbox.storage.accounts import add_wallet, require_user


@dataclass(frozen=True, slots=True)
class OpenWallet:
    owner_id: str
    reference: str
    currency: str


async def open_wallet(command: OpenWallet, tx: AsyncConnection, now: Moment) -> Wallet:
    """Raises NoSuchUser."""
    await require_user(tx, command.owner_id)
    wallet = Wallet(
        id=new_name("wlt"),
        owner_id=command.owner_id,
        reference=command.reference,
        currency=command.currency,
        balance=Money(0, command.currency),
        created_at=now.business,
    )
    await add_wallet(tx, wallet)
    return wallet
