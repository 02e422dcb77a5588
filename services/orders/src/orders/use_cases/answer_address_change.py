"""A seller says whether it sends the goods to the new address; silence is answered by the market."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.address_change import AddressAnswer
from orders.domain.seller_order import MOVES, SellerOrder
from orders.use_cases.ask_address_change import ADDRESS_ANSWER
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
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
    if command.seller_id is None:
        if MOVES.allows("accept_address", part.state):
            accepts = rules.address_terms.unanswered == "accepted"
            await _answer(part, accepts, AddressAnswer.UNANSWERED, "timer", uow, now)
        return part.id
    answer = AddressAnswer.ACCEPTED if command.accepts else AddressAnswer.REFUSED
    await _answer(part, command.accepts, answer, "seller", uow, now)
    await uow.timers.cancel(ADDRESS_ANSWER, part.id)
    return part.id


async def _answer(
    part: SellerOrder, accepts: bool, answer: AddressAnswer, actor: str, uow: UnitOfWork, now: datetime
) -> None:
    rules = uow.rules.of_version(part.policy_version)
    if accepts:
        await keep_seller_order(uow, part, part.accept_address(answer, rules, at=now), "accept_address", actor, now)
        return
    await keep_seller_order(uow, part, part.refuse_address(answer, rules, at=now), "refuse_address", actor, now)
