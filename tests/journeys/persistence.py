"""A partner who does not give up: every write keeps its key until it is answered, every read is tried until it works."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import httpx

from regrade import demo, numbers
from regrade.platform import Refused, wait_for
from regrade.story import Member
from tests.journeys.world import World

T = TypeVar("T")

PATIENCE_SECONDS = 180.0


def insist(ask: Callable[[], T], what: str, *, seconds: float = PATIENCE_SECONDS) -> T:
    """Ask again while nobody answers (no connection, 503); any other refusal is an answer."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except httpx.TransportError as error:
            silence: Exception = error
        except Refused as refusal:
            if refusal.status != 503:
                raise
            silence = refusal
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody answered for {seconds:.0f} s: {what}") from silence
        time.sleep(0.2)


@dataclass
class Trade:
    """Purchases that go on while parts of the platform die. `answered` are the orders the buyer was told of, by key."""

    world: World
    answered: dict[str, str] = field(default_factory=dict)
    bought: list[str] = field(default_factory=list)
    _offers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def order(self, key: str, units: Sequence[int] = (1, 1)) -> str:
        """Place one order at all sellers under this key, until it is answered; gives its id."""
        offers = [self._offer(seller, len(self.answered)) for seller in self.world.sellers]
        lines = [{"offer_id": offer["id"], "quantity": n} for offer, n in zip(offers, units, strict=True) if n]
        body = {"lines": lines, "deliver_to": demo.BUYER.deliver_to(), "buyer_reference": key}
        caller = self.world.buyer.caller
        placed: dict[str, Any] = insist(lambda: caller.post("/v1/orders", body, key=key), "an order")
        self.answered[key] = placed["id"]
        return str(placed["id"])

    def buy(self, key: str) -> str:
        """A whole purchase: ordered, paid by transfer, shipped by both sellers and delivered."""
        world, buyer = self.world, self.world.buyer
        order_id = self.order(key)
        self.see(order_id, "awaiting_payment", "secured", "in_fulfilment")
        order, _ = insist(lambda: world.story.purchase_order(buyer, order_id), "the purchase order")
        self._wire(order, key)
        self.see(order_id, "secured", "in_fulfilment", "partially_shipped", "shipped")
        shipments = [self._ship(seller, order_id) for seller in world.sellers]
        for shipment in shipments:
            self._deliver(shipment)
        self.see(order_id, "delivered")
        insist(lambda: world.story.invoices(buyer, order_id, len(shipments)), "the invoices")
        self.bought.append(order_id)
        return order_id

    def see(self, order_id: str, *states: str) -> dict[str, Any]:
        """The order once it is in one of these states."""
        story, buyer = self.world.story, self.world.buyer
        return insist(
            lambda: story.order_in(buyer, order_id, *states, seconds=PATIENCE_SECONDS), f"order {order_id}: {states}"
        )

    def _offer(self, seller: Member, turn: int) -> dict[str, Any]:
        """One of ten well stocked offers of this seller, another one each turn."""
        if seller.company_id not in self._offers:
            found = self.world.buyer.caller.each("/v1/offers", category="smartphone", in_stock=True, limit=200)
            plenty = (one for one in found if one["seller_id"] == seller.company_id and one["available"] >= 20)
            self._offers[seller.company_id] = list(islice(plenty, 10))
        offers = self._offers[seller.company_id]
        return offers[turn % len(offers)]

    def _wire(self, order: dict[str, Any], key: str) -> None:
        payment = order["payment"]
        transfer = {
            "iban": payment["virtual_account"]["iban"],
            "amount": payment["amount_due"],
            "debtor_name": self.world.buyer.company,
            "debtor_iban": self.world.buyer.iban,
            "remittance": payment["reference"],
        }
        outside = self.world.platform.outside
        insist(lambda: outside.post("/bank/transfers", transfer, key=f"wire-{key}"), "a bank transfer")

    def _ship(self, seller: Member, order_id: str) -> dict[str, Any]:
        def part() -> dict[str, Any] | None:
            found = seller.caller.each("/v1/seller/orders")
            return next((one for one in found if one["order_id"] == order_id and one["state"] == "to_ship"), None)

        to_ship = insist(lambda: wait_for(part, "a parcel to send", seconds=PATIENCE_SECONDS), "a parcel to send")
        path = f"/v1/seller/orders/{to_ship['id']}"
        detail = insist(lambda: seller.caller.get(path), "a seller order")
        lines = [
            {
                "line_no": line["line_no"],
                "units": [{"imei": numbers.imei(f"{detail['id']}/{n}")} for n in range(line["quantity"])],
            }
            for line in detail["lines"]
        ]
        parcel = {"carrier": "DHL", "tracking_number": f"CR{numbers.imei(detail['id'])[2:13]}", "lines": lines}
        shipped = insist(
            lambda: seller.caller.post(f"{path}/shipments", parcel, key=f"ship-{detail['id']}"), "a parcel"
        )
        shipment: dict[str, Any] = shipped["shipments"][-1]
        return shipment

    def _deliver(self, shipment: dict[str, Any]) -> None:
        event = {
            "carrier": shipment["carrier"],
            "tracking_number": shipment["tracking_number"],
            "status": "delivered",
        }
        outside, key = self.world.platform.outside, f"deliver-{shipment['id']}"
        insist(lambda: outside.post("/carrier/events", event, key=key), "a delivery")
