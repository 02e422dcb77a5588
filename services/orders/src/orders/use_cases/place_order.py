"""A buyer places an order: it is written down, and catalog is asked to reserve all of it or nothing.

Where the buyer company keeps spending limits that could concern it, nothing is asked for yet: the limits are looked at first.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from orders.domain.errors import BuyerWithoutMarket, CurrencyNotAccepted, OpenHoldsLimit
from orders.domain.notes import Notes
from orders.domain.order import DeliverTo, Order, OrderLine, OrderState, check_lines
from orders.domain.purchasing import no_rules
from orders.domain.trust import TrustTier
from orders.use_cases.order_cart import CartToOrder, notes_of, order_cart
from orders.use_cases.ports import HistoryEntry, OpenHolds, UnitOfWork

# A refusal names so many of the orders that stand in the way, oldest first.
OPEN_ORDERS_NAMED = 20


@dataclass(frozen=True)
class AskedOffer:
    """An offer, how many of it, the options with each, and the highest price the buyer agrees to (None: today's)."""

    offer_id: Id
    quantity: int
    unit_price: Money | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlaceOrder:
    """`order_id` is made by the caller, who can then wait for it before it exists; `placed_by` is None for a program."""

    order_id: Id
    buyer_id: Id
    market: str | None
    lines: tuple[AskedOffer, ...]
    deliver_to: DeliverTo
    buyer_reference: str | None = None
    price_country: str | None = None
    currency: str | None = None
    placed_by: Id | None = None
    cost_centre: str | None = None
    # Instead of lines: what the buyer took of sellers' quotes.
    award_id: Id | None = None
    notes: Notes | None = None
    # Instead of lines: a cart that was saved before.
    cart: CartToOrder | None = None


async def place_order(command: PlaceOrder, uow: UnitOfWork, now: datetime) -> Id:
    """The new order's id; it is RESERVING until catalog answers, or CHECKING_LIMITS before that.

    Raises what the market or the buyer's own purchasing rules refuse.
    """
    if command.market is None:
        raise BuyerWithoutMarket
    rules = uow.rules.in_force(command.market, now.date())
    if command.cart is not None:
        command = await _with_lines_of(command.cart, command, uow)
    price_country = rules.price_country(command.price_country)
    currency = rules.currency(command.currency, price_country)
    lines = tuple(
        OrderLine(n, asked.offer_id, asked.quantity, _agreed_price(asked, currency), asked.options)
        for n, asked in enumerate(command.lines, start=1)
    )
    if command.award_id is None:
        check_lines(lines)
    rules.must_deliver_to(command.deliver_to.country, command.deliver_to.postal_code)
    held = await uow.orders.open_holds(command.buyer_id, currency)
    tier = rules.tier(held.paid_orders, held.granted_tier)
    await _must_stay_below_limit(tier, held, lines, command.buyer_id, uow)
    own_rules = await uow.purchasing.binding(command.buyer_id) or no_rules(command.buyer_id)
    own_rules.must_be_named(command.buyer_reference, command.cost_centre)
    limited = bool(own_rules.limits_on(command.placed_by, command.cost_centre, currency))
    order = Order(
        id=command.order_id,
        version=1,
        number=await uow.orders.next_number(),
        buyer_id=command.buyer_id,
        market=rules.market,
        policy_version=rules.version,
        price_country=price_country,
        currency=currency,
        lines=lines,
        deliver_to=command.deliver_to,
        state=OrderState.CHECKING_LIMITS if limited else OrderState.RESERVING,
        placed_at=now,
        updated_at=now,
        buyer_reference=command.buyer_reference,
        placed_by=command.placed_by,
        cost_centre=command.cost_centre,
        award_id=command.award_id,
        notes=command.notes,
        trust_tier=tier.name,
        cart_id=command.cart.cart_id if command.cart else None,
        cart_version=command.cart.version if command.cart else None,
    )
    await uow.orders.add(order)
    await uow.history.append(HistoryEntry(order.id, now, "buyer", "place", None, order.state, order.version))
    uow.publish(order.begun())
    if limited:
        await uow.timers.set("check_limits", order.id, now)
    return order.id


async def _with_lines_of(wanted: CartToOrder, command: PlaceOrder, uow: UnitOfWork) -> PlaceOrder:
    cart = await order_cart(wanted, command.buyer_id, command.order_id, uow)
    contents = cart.contents
    return replace(
        command,
        lines=tuple(
            AskedOffer(line.offer_id, line.quantity, wanted.prices.get(line.offer_id), line.options)
            for line in contents.lines
        ),
        price_country=contents.price_country,
        currency=contents.currency,
        notes=notes_of(cart, command.notes),
    )


async def _must_stay_below_limit(
    tier: TrustTier, held: OpenHolds, lines: tuple[OrderLine, ...], buyer_id: Id, uow: UnitOfWork
) -> None:
    """Refuse an order that would hold more unpaid stock than the market allows a buyer company that is trusted so far.

    Lines without a price count by units only; their value is checked when catalog has named it, and so is what an award holds.
    """
    units = held.units + sum(line.quantity for line in lines)
    value = held.value + sum(line.quantity * (line.unit_price or 0) for line in lines)
    if not tier.holds(units, value):
        open_orders = await uow.orders.holding(buyer_id, OPEN_ORDERS_NAMED)
        raise OpenHoldsLimit(
            "pay or cancel open orders first, or order less",
            trust_tier=tier.name,
            units=units,
            units_max=tier.units_max,
            value_minor=value,
            value_max_minor=tier.value_max,
            open_orders=[{"order_id": str(one.id), "number": one.number, "units": one.units} for one in open_orders],
        )


def _agreed_price(asked: AskedOffer, currency: str) -> int | None:
    if asked.unit_price is None:
        return None
    if asked.unit_price.currency != currency:
        raise CurrencyNotAccepted("an order has one currency", currency=asked.unit_price.currency, accepted=[currency])
    return asked.unit_price.minor
