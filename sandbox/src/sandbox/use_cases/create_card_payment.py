"""Ask for a card payment: nothing moves until the buyer has been on the hosted page."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.cards import CaptureMode, CardPayment, CardStatus
from sandbox.domain.moment import Moment
from sandbox.domain.moves import check_currency
from sandbox.domain.names import new_name
from sandbox.storage.accounts import get_wallet
from sandbox.storage.card_payments import add_card_payment


@dataclass(frozen=True, slots=True)
class CreateCardPayment:
    """`expires_in`: how long the buyer has, in business time; `description` is what the hosted page says is paid."""

    reference: str
    wallet_id: str
    amount: Money
    description: str
    return_url: str
    capture: CaptureMode
    expires_in: timedelta


async def create_card_payment(command: CreateCardPayment, tx: AsyncConnection, now: Moment) -> CardPayment:
    """Raises NoSuchWallet, WalletCurrencyDiffers."""
    wallet = await get_wallet(tx, command.wallet_id)
    check_currency(command.amount, wallet.currency)
    payment = CardPayment(
        id=new_name("cp"),
        reference=command.reference,
        wallet_id=wallet.id,
        amount=command.amount,
        description=command.description,
        return_url=command.return_url,
        capture=command.capture,
        status=CardStatus.CREATED,
        failure_reason=None,
        captured=Money(0, wallet.currency),
        behaviour=None,
        code=f"{secrets.randbelow(1_000_000):06}",
        codes_tried=0,
        created_at=now.business,
        expires_at=now.business + command.expires_in,
        authorised_until=None,
    )
    await add_card_payment(tx, payment)
    return payment
