"""Payments has an account for the order: the purchase order can be made."""

from dataclasses import dataclass
from datetime import datetime

from orders.use_cases.ports import PaymentInstructions, UnitOfWork


@dataclass(frozen=True)
class RecordPaymentOpened:
    """Where the money goes."""

    instructions: PaymentInstructions


async def record_payment_opened(command: RecordPaymentOpened, uow: UnitOfWork, now: datetime) -> None:
    """Keeps the instructions and sets the errand that makes the paper."""
    order = await uow.orders.find(command.instructions.order_id)
    if order is None:
        return
    await uow.papers.keep_instructions(command.instructions)
    await uow.timers.set("make_purchase_order", order.id, now)
