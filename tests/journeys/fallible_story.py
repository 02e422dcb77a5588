"""The whole story as acts of partners who do not give up; between an act and what comes of it the platform may fall."""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from regrade import numbers
from regrade.companies import TRADES
from regrade.platform import Refused, wait_for
from regrade.story import CompanyCard, Member, Story
from tests.journeys.persistence import insist

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Step:
    """Something was asked for and answered; `comes_true` waits until everything that follows from it has happened."""

    name: str
    comes_true: Callable[[], Any]


class FallibleStory:
    """From sign-up over a return to the payout. Each write has its own key, so that it may be repeated if no answer came."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._platform = story.platform
        self._trade = TRADES["fr-pro"]

    def told(self) -> Iterator[Step]:
        """The steps; whoever iterates lets the platform fall at each `yield`, and then waits for `comes_true`."""
        yield from self._joined()
        buyer, seller = self._members()
        order_id = yield from self._bought(buyer, seller)
        yield from self._returned(buyer, seller, order_id)
        yield from self._ended(buyer, seller, order_id)

    def _joined(self) -> Iterator[Step]:
        buyer, seller = self._trade.buyer, self._trade.seller
        self._write("/v1/companies", buyer.buyer_application(self._trade.market))
        yield Step("the buyer signs up", lambda: self._link(buyer))
        self._activate(buyer)
        yield Step("the buyer activates its account", lambda: self._sign_in(buyer))
        self._write("/v1/sellers", seller.seller_application(self._trade.market, ["normal"]))
        yield Step("the seller applies", lambda: self._link(seller))
        self._activate(seller)
        yield Step("the seller activates its account", lambda: self._sign_in(seller))
        person = self._sign_in(seller)
        seller_id = insist(lambda: person.get("/v1/me"), "the seller")["subject"]["company_id"]
        insist(lambda: self._hand_in(person, seller_id), "the papers")
        yield Step("the seller hands its papers in", lambda: self._case_of(seller, "submitted"))
        self._by(self._story.operator, f"/v1/operator/sellers/{seller_id}/approval")
        yield Step("the operator approves the seller", lambda: self._mandate(seller))
        version = self._mandate(seller)["version"]
        signature = {"version": version, "accepted": True, "signatory": "Direction"}
        self._by(self._sign_in(seller), "/v1/sellers/me/mandate", signature)
        yield Step("the seller signs the mandate", lambda: self._may_sell(seller))

    def _bought(self, buyer: Member, seller: Member) -> Generator[Step, None, str]:
        story = self._story
        offer = story.push(seller, [self._trade.line("STOP-1", 30_000, 10)])[0]["offer_id"]
        yield Step("the seller pushes stock", lambda: self._offer(buyer, offer))
        lines = [{"offer_id": offer, "quantity": 2}]
        asked = {"lines": lines, "deliver_to": self._trade.buyer.deliver_to(), "buyer_reference": "STOPS"}
        order_id = self._by(buyer.caller, "/v1/orders", asked)["id"]
        yield Step("the buyer orders", lambda: story.purchase_order(buyer, order_id))
        order, _ = insist(lambda: story.purchase_order(buyer, order_id), "the purchase order")
        self._outside("/bank/transfers", self._transfer(buyer, order))
        yield Step("the buyer pays", lambda: self._part(seller, order_id, "to_ship"))
        part = self._part(seller, order_id, "to_ship")
        shipment = self._by(seller.caller, f"/v1/seller/orders/{part['id']}/shipments", self._parcel(seller, part))
        yield Step("the seller ships", lambda: story.invoices(buyer, order_id, 1))
        parcel = {key: shipment["shipments"][-1][key] for key in ("carrier", "tracking_number")}
        self._outside("/carrier/events", {**parcel, "status": "delivered"})
        yield Step("the carrier delivers", lambda: story.order_in(buyer, order_id, "delivered"))
        return str(order_id)

    def _returned(self, buyer: Member, seller: Member, order_id: str) -> Iterator[Step]:
        unit = self._coverage(buyer, order_id)["lines"][0]["units"][0]
        case_id = self._by(buyer.caller, "/v1/cases", {"order_id": order_id, "unit": unit, "defect": "screen"})["id"]
        path = f"/v1/cases/{case_id}"
        rma = insist(lambda: buyer.caller.get(path), "the case")["rma"]
        yield Step("the buyer opens a case", lambda: self._platform.mail_to(buyer.email, rma))
        self._by(seller.caller, f"{path}/receipt")
        self._by(seller.caller, f"{path}/inspection", {"finding": "defect_confirmed"})
        yield Step("the seller receives the device", lambda: self._case_in(buyer, path, "inspected"))
        self._by(seller.caller, f"{path}/impossibility", {"reason": "no_part"})
        yield Step("the seller can do nothing", lambda: self._story.invoices(buyer, order_id, 2))
        yield Step("the buyer has its money back", lambda: self._case_in(buyer, path, "refunded"))

    def _ended(self, buyer: Member, seller: Member, order_id: str) -> Iterator[Step]:
        story = self._story
        advance = self._by(story.operator, "/v1/test-clock/advances", {"seconds": 16 * DAY_SECONDS})["id"]
        yield Step("sixteen days pass", lambda: self._arrived(advance))
        yield Step("the order is complete", lambda: story.order_in(buyer, order_id, "completed"))
        yield Step("the seller is paid out", lambda: story.payouts(seller))

    def _members(self) -> tuple[Member, Member]:
        buyer = insist(lambda: self._story.buyer(self._trade.buyer), "the buyer")
        return buyer, insist(lambda: self._story.seller(self._trade.seller, ["normal"]), "the seller")

    def _write(self, path: str, body: Any = None) -> Any:
        return self._by(self._platform.anybody, path, body)

    def _outside(self, path: str, body: Any) -> Any:
        return self._by(self._platform.outside, path, body)

    def _by(self, caller: Any, path: str, body: Any = None) -> Any:
        key = numbers.imei(f"{path}/{body}")
        return insist(lambda: caller.post(path, body, key=key), path)

    def _link(self, card: CompanyCard) -> str:
        mail = self._platform.mail_to(card.email)
        found = re.search(r"/activate\?token=([\w.%-]+)", mail["text"])
        assert found is not None, mail["text"]
        return found[1]

    def _activate(self, card: CompanyCard) -> None:
        token = insist(lambda: self._link(card), "an activation link")
        self._write("/v1/activations", {"token": token, "password": self._story.password_of(card.email)})

    def _sign_in(self, card: CompanyCard) -> Any:
        return insist(
            lambda: self._platform.signed_in(card.email, self._story.password_of(card.email)),
            f"a sign-in of {card.name}",
        )

    def _mandate(self, card: CompanyCard) -> Any:
        return insist(lambda: self._sign_in(card).get("/v1/sellers/me/mandate"), "the mandate")

    def _hand_in(self, person: Any, seller_id: str) -> None:
        if person.get("/v1/sellers/me")["state"] == "draft":
            self._story.hand_in(person, seller_id)

    def _case_of(self, card: CompanyCard, state: str) -> Any:
        def reached() -> Any:
            seller = self._sign_in(card).get("/v1/sellers/me")
            return seller if seller["state"] == state else None

        return wait_for(reached, f"{card.name} to be {state}")

    def _may_sell(self, card: CompanyCard) -> Any:
        def active() -> Any:
            seller = self._sign_in(card).get("/v1/sellers/me")
            return seller if seller["state"].lower() == "active" else None

        return wait_for(active, f"{card.name} to be active")

    def _offer(self, buyer: Member, offer_id: str) -> Any:
        def found() -> Any:
            try:
                return buyer.caller.get(f"/v1/offers/{offer_id}")
            except Refused as refusal:
                if refusal.status != 404:
                    raise
                return None

        return wait_for(found, "the offer")

    def _transfer(self, buyer: Member, order: dict[str, Any]) -> dict[str, Any]:
        payment = order["payment"]
        return {
            "iban": payment["virtual_account"]["iban"],
            "amount": payment["amount_due"],
            "debtor_name": buyer.company,
            "debtor_iban": buyer.iban,
            "remittance": payment["reference"],
        }

    def _part(self, seller: Member, order_id: str, state: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = seller.caller.each("/v1/seller/orders")
            return next((one for one in found if one["order_id"] == order_id and one["state"] == state), None)

        return insist(lambda: wait_for(look, f"a seller order that is {state}"), "a seller order")

    def _coverage(self, buyer: Member, order_id: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            return next(iter(buyer.caller.get("/v1/coverages", order_id=order_id)["items"]), None)

        return insist(lambda: wait_for(look, "the coverage"), "the coverage")

    def _case_in(self, buyer: Member, path: str, state: str) -> Any:
        def look() -> Any:
            case = buyer.caller.get(path)
            return case if case["state"] == state else None

        return wait_for(look, f"the case to be {state}")

    def _parcel(self, seller: Member, part: dict[str, Any]) -> dict[str, Any]:
        detail = insist(lambda: seller.caller.get(f"/v1/seller/orders/{part['id']}"), "a seller order")
        lines = [
            {
                "line_no": line["line_no"],
                "units": [{"imei": numbers.imei(f"{detail['id']}/{n}")} for n in range(line["quantity"])],
            }
            for line in detail["lines"]
        ]
        return {"carrier": self._trade.carrier, "tracking_number": f"ST{part['number']}", "lines": lines}

    def _arrived(self, advance_id: str) -> Any:
        def ended() -> Any:
            now = self._story.operator.get(f"/v1/test-clock/advances/{advance_id}")
            assert now["state"] != "failed", now
            return now if now["state"] == "done" else None

        return wait_for(ended, "the test clock to arrive", seconds=600)
