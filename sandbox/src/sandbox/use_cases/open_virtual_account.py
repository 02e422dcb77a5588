"""Open an IBAN that fills a wallet."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.accounts import VirtualAccount
from sandbox.domain.ibans import virtual_bic, virtual_iban
from sandbox.domain.moment import Moment
from sandbox.domain.moves import check_currency
from sandbox.domain.names import new_name
from sandbox.storage.accounts import add_virtual_account, get_wallet, next_iban_number


@dataclass(frozen=True, slots=True)
class OpenVirtualAccount:
    wallet_id: str
    reference: str
    holder_name: str
    country: str
    currency: str


async def open_virtual_account(command: OpenVirtualAccount, tx: AsyncConnection, now: Moment) -> VirtualAccount:
    """Raises NoSuchWallet, WalletCurrencyDiffers, CountryWithoutIbans."""
    wallet = await get_wallet(tx, command.wallet_id)
    check_currency(Money(0, command.currency), wallet.currency)
    account = VirtualAccount(
        id=new_name("va"),
        reference=command.reference,
        wallet_id=wallet.id,
        iban=virtual_iban(command.country, await next_iban_number(tx)),
        bic=virtual_bic(command.country),
        holder_name=command.holder_name,
        country=command.country,
        currency=wallet.currency,
        created_at=now.business,
    )
    await add_virtual_account(tx, account)
    return account
