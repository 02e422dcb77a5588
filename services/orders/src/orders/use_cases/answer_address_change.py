"""A seller says whether it sends the goods to the new address; silence is answered by the market."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.address_change import AddressAnswer
from orders.domain.policies import OrderRules
from orders.domain.seller_order import MOVES, SellerOrder
from orders.use_cases.ask_address_change import ADDRESS_ANSWER
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.mark_late import watch_ship_by
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class AnswerAddressChange:
    """`seller_id` None: the time to answer is over."""

    seller_order_id: Id
    seller_id: Id | None = None
    accepts: bool = False


async def answer_address_change(command: AnswerAddressChange, uow: UnitOfWork, now: datetime) -> Id:
    """TO_SHIP again, with the new address or the old one, and with the time to ship from now.

    Raises SellerOrderNotFound, or SellerOrderMoveRefused where nothing is asked.
    """
    order, part = await lock_seller_order(uow, command.seller_order_id, command.seller_id)
    rules = uow.rules.of_version(order.policy_version)
    if command.seller_id is not None:
        answer = AddressAnswer.ACCEPTED if command.accepts else AddressAnswer.REFUSED
        after = await _answer(part, command.accepts, answer, "seller", rules, uow, now)
        await uow.timers.cancel(ADDRESS_ANSWER, after.id)
    elif _is_overdue(part, now):
        accepts = rules.address_terms.unanswered == "accepted"
        await _answer(part, accepts, AddressAnswer.UNANSWERED, "timer", rules, uow, now)
    return part.id


def _is_overdue(part: SellerOrder, now: datetime) -> bool:
    # It may have been answered and asked anew while the clock went off.
    wish = part.address_change
    return MOVES.allows("accept_address", part.state) and wish is not None and wish.answer_by <= now


async def _answer(
    part: SellerOrder,
    accepts: bool,
    answer: AddressAnswer,
    actor: str,
    rules: OrderRules,
    uow: UnitOfWork,
    now: datetime,
) -> SellerOrder:
    move, play = ("accept_address", part.accept_address) if accepts else ("refuse_address", part.refuse_address)
    after = await keep_seller_order(uow, part, play(answer, rules, at=now), move, actor, now)
    await watch_ship_by(uow, after)
    return after
