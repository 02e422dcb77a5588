"""Payments has an account for the order: the purchase order can be made."""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.kernel.ids import Id
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
    await uow.papers.keep_instructions(await _with_holder(command.instructions, order.buyer_id, uow))
    await uow.timers.set("make_purchase_order", order.id, now)


async def _with_holder(instructions: PaymentInstructions, buyer_id: Id, uow: UnitOfWork) -> PaymentInstructions:
    """The account is the buyer's, so its holder is known here; topics name nobody."""
    if instructions.holder_name:
        return instructions
    (buyer,) = await uow.parties.get_many([buyer_id])
    return replace(instructions, holder_name=buyer.name)
