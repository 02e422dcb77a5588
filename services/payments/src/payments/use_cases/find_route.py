"""Which wallets a payout's money goes through."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.errors import FactsNotKnownYet
from payments.domain.payout import Payout
from payments.domain.psp_account import psp_account_id_of
from payments.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class PayoutRoute:
    """The wallets that the money goes through."""

    payout: Payout
    seller_wallet_id: str
    wallet_of_buyer: dict[Id, str]


async def find_route(payout_id: Id, uow: UnitOfWork, now: datetime) -> PayoutRoute:
    """Raises FactsNotKnownYet while a wallet is still being opened."""
    payout = await uow.payouts.get(payout_id)
    seller_wallet = await wallet_of(payout.seller_id, payout.currency, uow)
    buyers = {item.buyer_id: await wallet_of(item.buyer_id, payout.currency, uow) for item in payout.items}
    return PayoutRoute(payout, seller_wallet, buyers)


async def wallet_of(company_id: Id, currency: str, uow: UnitOfWork) -> str:
    """The company's wallet of a currency; raises FactsNotKnownYet while it is being opened."""
    account = await uow.psp_accounts.find(psp_account_id_of(company_id, currency))
    if account is None or account.wallet_id is None:
        raise FactsNotKnownYet("a wallet is not open yet", company_id=str(company_id))
    return account.wallet_id
