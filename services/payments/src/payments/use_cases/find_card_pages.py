"""Where the pages of a payment link are, for orders whose market takes cards."""

from payments.domain.payment import HeldOrder
from payments.use_cases.ports import UnitOfWork


def find_card_pages(order: HeldOrder, uow: UnitOfWork) -> str | None:
    """`https://…/pay`, or None (row D1)."""
    return uow.platform.card_pages if uow.rules.of_version(order.policy_version).takes_cards else None
