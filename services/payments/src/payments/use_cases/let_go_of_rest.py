"""All that a card stands for was taken from it: what is still reserved beyond that is let go, instead of lapsing some day."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.card_payment import CardPayment, CardState
from payments.use_cases.ports import Psp, Run, UnitOfWork

VOID_REST = "void_card_rest"


async def let_go_of_rest(card: CardPayment, uow: UnitOfWork, now: datetime) -> None:
    """After every capture, and after every part that is not delivered: whichever comes last leaves nothing to take."""
    if _has_idle_rest(card):
        await uow.timers.set(VOID_REST, card.id, now)


async def void_card_rest(card_payment_id: Id, run: Run, psp: Psp) -> None:
    """Errand: the captures stay. Nothing becomes due again once it was taken or ended, so that a repeat does no harm."""
    card = await run(partial(_read, card_payment_id))
    if _has_idle_rest(card):
        assert card.provider_id is not None, "what was captured is known to the provider"
        await psp.void_card(card.provider_id, str(card.id))


def _has_idle_rest(card: CardPayment) -> bool:
    # A capture that was only asked for is not among the captured: its answer comes first.
    return card.state is CardState.CAPTURED and card.captured == card.stands_for and card.captured < card.amount


async def _read(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> CardPayment:
    return await uow.card_payments.get(card_payment_id)
