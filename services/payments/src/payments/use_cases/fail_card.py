"""An attempt to pay by card brings nothing: the provider knows nothing of it, or wants nothing of it."""

from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.card_payment import UNDECIDED
from payments.use_cases.keep_card import keep_card
from payments.use_cases.ports import UnitOfWork


async def fail_card(card_payment_id: Id, reason: str, uow: UnitOfWork, now: datetime) -> None:
    """Unless it was decided otherwise in the meantime."""
    card = await uow.card_payments.get(card_payment_id)
    if card.state in UNDECIDED:
        await keep_card(card.fail(reason), uow)
        await uow.timers.cancel("check_card_payment", card.id)
