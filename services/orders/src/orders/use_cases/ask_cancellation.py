"""The buyer wants to be free of what it has paid: at once, with its seller's consent, or not at all, as its market says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id
from orders.domain.cancellation import way_out
from orders.domain.errors import NothingToCancel, SellerOrderNotFound
from orders.domain.order import Order
from orders.domain.policies import OrderRules
from orders.domain.seller_order import MOVES, SellerOrder
from orders.use_cases.end_paid_part import CANCELLATION_LAPSE, end_paid_part
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_order import lock_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class AskCancellation:
    """Who wants to be free of which order; `seller_order_id` None means of all that has not left."""

    buyer_id: Id
    order_id: Id
    seller_order_id: Id | None = None


async def ask_cancellation(command: AskCancellation, uow: UnitOfWork, now: datetime) -> Id:
    """Each part ends, or its seller is asked. Of a whole order, what cannot end any more does not keep the rest from it.

    Raises OrderNotFound, SellerOrderNotFound, NothingToCancel, and, if it is so for every part that is meant, what
    `way_out` raises.
    """
    order = await lock_order(uow, command.order_id, command.buyer_id)
    rules = uow.rules.of_version(order.policy_version)
    refusal: DomainError | None = None
    done = False
    for part in _meant(command, order, await uow.seller_orders.of_order(order.id)):
        try:
            reason = way_out(part, rules, now)
        except DomainError as refused:
            refusal = refusal or refused
            continue
        if reason is None:
            await _ask(part, rules, uow, now)
        else:
            # The order goes on with every part that ends: it is the one of this moment that is moved.
            order = await lock_order(uow, command.order_id, command.buyer_id)
            await end_paid_part(uow, order, part, reason, "buyer", now)
        done = True
    if not done and refusal is not None:
        raise refusal
    return command.order_id


def _meant(command: AskCancellation, order: Order, parts: Sequence[SellerOrder]) -> Sequence[SellerOrder]:
    if command.seller_order_id is not None:
        named = [part for part in parts if part.id == command.seller_order_id]
        if not named:
            raise SellerOrderNotFound(id=str(command.seller_order_id))
        return named
    there = [part for part in parts if MOVES.allows("end", part.state)]
    if not there:
        raise NothingToCancel(state=str(order.state))
    return there


async def _ask(part: SellerOrder, rules: OrderRules, uow: UnitOfWork, now: datetime) -> None:
    answer_by = rules.calendar_of_market().same_time_after(now, rules.cancellation_answer_business_days)
    moved = part.ask_cancellation(answer_by, at=now)
    await keep_seller_order(uow, part, moved, "ask_cancellation", "buyer", now)
    await uow.timers.set(CANCELLATION_LAPSE, part.id, answer_by)
