"""Catalog holds the stock: the order is taxed, summed, split by seller, and its payment hold begins."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.events import SellerPart
from orders.domain.hold import Hold, hold_from
from orders.domain.money import sum_of
from orders.domain.order import Order, OrderState
from orders.domain.policies import OrderRules
from orders.domain.pricing import PricedSale
from orders.domain.reservation import HeldStock, Refusal
from orders.domain.seller_order import open_seller_order
from orders.use_cases.keep_order import keep_order
from orders.use_cases.ports import HistoryEntry, UnitOfWork
from orders.use_cases.price_order import price_order
from orders.use_cases.remind_buyer import set_reminder


@dataclass(frozen=True)
class SettleReservation:
    """What catalog holds for the order."""

    held: HeldStock


async def settle_reservation(command: SettleReservation, uow: UnitOfWork, now: datetime) -> None:
    """Begin the hold, or refuse with a reason. A repeat does nothing; an unknown party is waited for, not failed on."""
    held = command.held
    order = await uow.orders.lock(held.order_id)
    if order is None or order.state is not OrderState.RESERVING:
        return
    needed = [order.buyer_id, *held.seller_ids]
    parties = {party.company_id: party for party in await uow.parties.get_many(needed)}
    if missing := [company_id for company_id in needed if company_id not in parties]:
        await _wait_for(missing, held, uow, now)
        return
    await uow.pending_holds.drop(order.id)
    rules = uow.rules.of_version(order.policy_version)
    order = order.named(held.lines)
    sales = price_order(order, held, parties, rules, now)
    refusal = sales if isinstance(sales, Refusal) else await _refusal_by_value(order, sales, rules, uow)
    if refusal is not None:
        await keep_order(uow, order, order.refuse(refusal, at=now), "refuse", "system", now)
        return
    assert not isinstance(sales, Refusal)
    await _open(order, sales, hold_from(rules, now), uow, now)


async def _wait_for(missing: list[Id], held: HeldStock, uow: UnitOfWork, now: datetime) -> None:
    await uow.pending_holds.keep(held, missing)
    for company_id in missing:
        # Set even if one is running: the fetch that ends after our commit then surely sees what waits for it.
        await uow.timers.set("fetch_party", company_id, now)


async def _refusal_by_value(
    order: Order, sales: list[tuple[Id, PricedSale]], rules: OrderRules, uow: UnitOfWork
) -> Refusal | None:
    gross = sum(sale.totals.gross for _, sale in sales)
    if order.estimated is not None and gross > order.estimated:
        # The buyer's people said yes to less, or nobody had to: whoever wants it at today's price asks them again.
        return Refusal("price_changed")
    # Checked again now that the value is known: orders placed side by side could not see each other when they were placed.
    others = await uow.orders.open_holds(order.buyer_id, order.currency, besides=order.id)
    value = others.value + gross
    tier = rules.tier(others.paid_orders, others.granted_tier)
    return None if tier.holds(others.units + order.units, value) else Refusal("open_holds_limit")


async def _open(order: Order, sales: list[tuple[Id, PricedSale]], hold: Hold, uow: UnitOfWork, now: datetime) -> None:
    parts = [open_seller_order(order, n, seller_id, sale, at=now) for n, (seller_id, sale) in enumerate(sales, start=1)]
    totals = sum_of(part.totals for part in parts)
    if order.award_id is not None:
        await uow.orders.name_lines(order)
    if order.cart_id is not None:
        await uow.carts.leave_with(order.id)
    summary = [SellerPart(part.id, part.seller_id, part.totals) for part in parts]
    await keep_order(uow, order, order.keep(totals, hold, summary, at=now), "hold", "catalog", now)
    await uow.seller_orders.add(*parts)
    await uow.history.append(
        *(HistoryEntry(order.id, now, "system", "open", None, part.state, part.version, part.id) for part in parts)
    )
    uow.publish(part.opened() for part in parts)
    await uow.timers.set("hold_expiry", order.id, hold.acts_at)
    await set_reminder(uow, order.id, hold.reminders)
