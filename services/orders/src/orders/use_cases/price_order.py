"""An order at catalog's prices: taxed line by line and summed per seller, for the hold and for what is asked before it."""

from collections.abc import Mapping
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import Order
from orders.domain.party import Party
from orders.domain.policies import OrderRules
from orders.domain.pricing import PricedSale, Sale, price_sale
from orders.domain.reservation import HeldStock, Refusal, RefusedLine


def price_order(
    order: Order, held: HeldStock, parties: Mapping[Id, Party], rules: OrderRules, now: datetime
) -> list[tuple[Id, PricedSale]] | Refusal:
    """Each seller's part in the order of the sellers' first lines, or why the order cannot be sold this way."""
    foreign = [line for line in held.lines if line.currency != order.currency]
    if foreign:
        return Refusal("stock", tuple(RefusedLine(line.line_no, line.offer_id, "currency") for line in foreign))
    buyer_vat = parties[order.buyer_id].vat_towards(order.deliver_to.country)
    today = rules.calendar_of_market().local_day(now)
    sales: list[tuple[Id, PricedSale]] = []
    blocked: list[RefusedLine] = []
    for seller_id in held.seller_ids:
        sale = Sale(
            rules=rules,
            seller=parties[seller_id],
            buyer_vat=buyer_vat,
            delivery_country=order.deliver_to.country,
            delivery_postal_code=order.deliver_to.postal_code,
            currency=order.currency,
            on=today,
        )
        priced = price_sale(sale, held.lines_of(seller_id), held.shipping.get(seller_id, 0))
        if isinstance(priced, PricedSale):
            sales.append((seller_id, priced))
        else:
            blocked.extend(priced)
    return Refusal("vat", tuple(blocked)) if blocked else sales
