"""How every use case keeps what a card payment's move returned: saved and published."""

from chassis.kernel.events import DomainEvent
from payments.domain.card_payment import CardPayment
from payments.use_cases.ports import UnitOfWork


async def keep_card(moved: tuple[CardPayment, DomainEvent], uow: UnitOfWork) -> CardPayment:
    """The card payment after the move."""
    card, event = moved
    await uow.card_payments.save(card)
    uow.publish(event)
    return card
