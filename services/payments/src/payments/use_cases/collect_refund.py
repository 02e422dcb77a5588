"""The money of a refund is brought together in the wallet it came to, from the seller's and the platform's."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.platform import PLATFORM_ID
from payments.domain.reversal import Reversal
from payments.use_cases.find_route import wallet_of
from payments.use_cases.ports import Psp, Run, UnitOfWork


async def collect_refund(credit_note_id: Id, run: Run, psp: Psp) -> bool:
    """False while nobody's money is there for it. Each transfer is named by the credit note, so a repeat moves nothing twice.

    What was pending never left the buyer's wallet.
    """
    reversal, wallets = await run(partial(_route, credit_note_id))
    if reversal.is_waiting:
        return False
    funding, currency = reversal.funding, reversal.gross.currency
    steps = (
        ("swept_back", PLATFORM_ID, reversal.buyer_id, funding.swept_back),
        ("advance", PLATFORM_ID, reversal.seller_id, funding.advanced),
        ("credit", reversal.seller_id, reversal.buyer_id, funding.from_available),
    )
    for name, giver, taker, minor in steps:
        if minor:
            await psp.transfer(f"{name}/{reversal.id}", wallets[giver], wallets[taker], Money(minor, currency))
    return True


async def _route(credit_note_id: Id, uow: UnitOfWork, now: datetime) -> tuple[Reversal, dict[Id, str]]:
    reversal = await uow.reversals.get(credit_note_id)
    funding = reversal.funding
    owners = [reversal.buyer_id, reversal.seller_id]
    if funding.swept_back or funding.advanced:
        owners.append(PLATFORM_ID)
    return reversal, {owner: await wallet_of(owner, reversal.gross.currency, uow) for owner in owners}
