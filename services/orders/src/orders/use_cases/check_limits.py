"""An order is weighed against its buyer's spending limits at today's prices, before anything is held for it."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.approval import Approval, Purchase, Spent, month_around, need_of
from orders.domain.money import Totals, sum_of
from orders.domain.order import MOVES, Order
from orders.domain.policies import OrderRules
from orders.domain.purchasing import PurchasingRules
from orders.domain.reservation import HeldStock, Refusal
from orders.use_cases.keep_order import keep_order
from orders.use_cases.ports import UnitOfWork
from orders.use_cases.price_order import price_order

APPROVAL_LAPSE = "approval_lapse"


@dataclass(frozen=True)
class CheckLimits:
    """What catalog would hold for the order today, or why it would hold nothing."""

    order_id: Id
    estimate: HeldStock | Refusal


async def check_limits(command: CheckLimits, uow: UnitOfWork, now: datetime) -> tuple[Id, ...]:
    """Catalog is asked (RESERVING), its own people are (AWAITING_APPROVAL), or it is REFUSED. A repeat does nothing.

    The answer names the companies whose data is not here yet: it is being fetched, and then this is to be tried again.
    """
    order = await uow.orders.lock(command.order_id)
    if order is None or not MOVES.allows("await_approval", order.state):
        return ()
    if isinstance(command.estimate, Refusal):
        await keep_order(uow, order, order.refuse(command.estimate, at=now), "refuse", "catalog", now)
        return ()
    needed = [order.buyer_id, *command.estimate.seller_ids]
    parties = {party.company_id: party for party in await uow.parties.get_many(needed)}
    if missing := tuple(company_id for company_id in needed if company_id not in parties):
        for company_id in missing:
            await uow.timers.set("fetch_party", company_id, now)
        return missing
    rules = uow.rules.of_version(order.policy_version)
    sales = price_order(order, command.estimate, parties, rules, now)
    if isinstance(sales, Refusal):
        await keep_order(uow, order, order.refuse(sales, at=now), "refuse", "system", now)
    else:
        await _weigh(order, sum_of(sale.totals for _, sale in sales), rules, uow, now)
    return ()


async def _weigh(order: Order, totals: Totals, rules: OrderRules, uow: UnitOfWork, now: datetime) -> None:
    own_rules = await uow.purchasing.binding(order.buyer_id)
    if own_rules is None:
        await keep_order(uow, order, order.place(None, at=now), "place", "system", now)
        return
    purchase = Purchase(order.placed_by, order.cost_centre, order.currency, totals.gross)
    need = need_of(own_rules, purchase, await _spent(order, rules, uow))
    if need is None:
        await keep_order(uow, order, order.place(totals.gross, at=now), "place", "system", now)
    elif not need.can_be_met:
        refusal = Refusal("approval_impossible")
        await keep_order(uow, order, order.refuse(refusal, at=now), "refuse", "system", now)
    else:
        approval = Approval(need.reasons, need.steps, totals, lapses_at=now + rules.approval_lapses_after)
        await _ask(order, approval, own_rules, uow, now)


async def _ask(order: Order, approval: Approval, own_rules: PurchasingRules, uow: UnitOfWork, now: datetime) -> None:
    asked = approval.asking(own_rules, order.placed_by, now)
    await keep_order(uow, order, order.await_approval(asked, at=now), "await_approval", "system", now)
    await uow.timers.set(APPROVAL_LAPSE, order.id, approval.lapses_at)


async def _spent(order: Order, rules: OrderRules, uow: UnitOfWork) -> Spent:
    # One order of a company after the other: two that are weighed side by side must see each other.
    await uow.orders.take_turn_to_spend(order.buyer_id)
    month = month_around(order.placed_at, rules.calendar_of_market().zone)
    return await uow.orders.spent(order, month)
