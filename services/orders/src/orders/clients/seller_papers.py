"""Papers that a seller asks for while it packs: they are made on the spot, from what is stored, and kept nowhere."""

from collections.abc import Sequence
from datetime import datetime

from documents import packing_slip, pick_list
from documents.parties import company_of
from documents.press import Press
from documents.purchase_order import Market
from orders.clients.printed_parties import language_of, printed_delivery
from orders.domain.order import Order
from orders.domain.party import Party
from orders.domain.picking import Pick
from orders.domain.policies import OrderRules
from orders.domain.seller_order import SellerOrder
from orders.domain.shipment import Shipment


class PrintedSellerPapers:
    """Prints in a process of its own, for somebody who waits."""

    def __init__(self) -> None:
        self._press = Press(stands_back=False)

    async def packing_slip(
        self,
        part: SellerOrder,
        order: Order,
        shipment: Shipment | None,
        seller: Party,
        buyer: Party | None,
        rules: OrderRules,
        now: datetime,
    ) -> bytes:
        """See the port."""
        days, language = rules.calendar_of_market(), language_of(buyer, rules.languages)
        notes = part.own(order.notes)
        numbers = {line.line_no: line.units for line in shipment.lines} if shipment else {}
        slip = packing_slip.PackingSlip(
            number=part.number,
            order_number=str(order.number),
            ordered_on=days.local_day(order.placed_at),
            printed_on=days.local_day(now),
            language=language,
            currency=order.currency,
            market=Market.titled(rules.title),
            seller=company_of(seller.snapshot),
            deliver_to=printed_delivery(part.goes_to(order)),
            lines=tuple(
                packing_slip.PackedLine(
                    title=line.title,
                    grade=rules.grade_label(line.grade, language),
                    quantity=line.quantity,
                    sku=line.sku,
                    extras=line.option_titles,
                    numbers=tuple(unit.number for unit in numbers.get(line.line_no, ())),
                    note=notes.lines.get(line.line_no),
                )
                for line in part.lines
            ),
            buyer_reference=order.buyer_reference,
            note=notes.order,
            parcel=f"{_as_printed(shipment.carrier)} {shipment.tracking_number}" if shipment else None,
        )
        return await self._press.make(packing_slip.render, slip)

    async def pick_list(
        self, picks: Sequence[Pick], orders: int, seller: Party, rules: OrderRules, now: datetime
    ) -> bytes:
        """See the port."""
        language = language_of(seller, rules.languages)
        paper = pick_list.PickList(
            printed_at=now,
            time_zone=rules.calendar_of_market().zone,
            language=language,
            currency=rules.currencies[0],
            market=Market.titled(rules.title),
            seller=seller.name,
            orders=orders,
            lines=tuple(
                pick_list.PickLine(
                    sku=pick.sku,
                    title=pick.title,
                    grade=rules.grade_label(pick.grade, language),
                    quantity=pick.quantity,
                    orders=tuple(pick_list.PickedFor(one.number, one.quantity) for one in pick.seller_orders),
                    extras=pick.options,
                    leaves_by=pick.ship_by,
                )
                for pick in picks
            ),
        )
        return await self._press.make(pick_list.render, paper)


def _as_printed(carrier: str) -> str:
    # Kept in lower case so that one carrier is one; short names are initials (DHL, GLS).
    return carrier.upper() if len(carrier) <= 4 else carrier.title()
