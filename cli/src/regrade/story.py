"""The story of a purchase, told step by step through the gateway: what the demo plays and the journeys prove."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from regrade import numbers
from regrade.papers import paper
from regrade.platform import Caller, Platform, Refused, wait_for

DAY_SECONDS = 24 * 3600
# What the sandbox's card page knows; more of them are in its README.
GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
ABANDONED_CARD = "4000008260003178"


@dataclass(frozen=True)
class Member:
    """A company on the platform: how its person signs in, its API key, and the bank account it pays from."""

    company: str
    company_id: str
    email: str
    password: str
    api_key: str
    iban: str
    caller: Caller

    def contract(self) -> dict[str, Any]:
        """What demo.json says of it."""
        return {"company": self.company, "email": self.email, "password": self.password, "api_key": self.api_key}


@dataclass(frozen=True)
class CompanyCard:
    """Who signs up; the numbers are made from the name, so that the same card is always the same company."""

    name: str
    email: str
    city: str
    postal_code: str
    street: str
    country: str = "FR"

    @property
    def registration_number(self) -> str:
        """In the register of its country."""
        return numbers.registration_number(self.country, self.name)

    @property
    def vat_number(self) -> str:
        """Issued by its country."""
        return numbers.vat_number(self.country, self.name)

    @property
    def tax_number(self) -> str:
        """Its taxpayer's number: in some countries that of the register, in others that for VAT."""
        return self.registration_number if self.country in ("FR", "BE", "DK", "FI") else self.vat_number

    @property
    def iban(self) -> str:
        """Its bank account at home."""
        return numbers.iban(self.country, self.name)

    def details(self) -> dict[str, Any]:
        """What buyers and sellers say alike."""
        return {
            "legal_name": self.name,
            "country": self.country,
            "registration_number": self.registration_number,
            "legal_form": self.name.rpartition(" ")[2],
            "share_capital": "10 000 EUR",
            "address": self.address(),
            "contact": {"email": self.email, "name": "Service clients", "phone": "+33 1 99 00 12 34"},
        }

    def buyer_application(self, market: str) -> dict[str, Any]:
        """What it sends to `POST /v1/companies`."""
        return {**self.details(), "market": market, "vat_number": self.vat_number}

    def seller_application(self, market: str, regimes: Sequence[str]) -> dict[str, Any]:
        """What it sends to `POST /v1/sellers`; it ships from its own country."""
        return {
            **self.details(),
            "vat_numbers": {self.country: self.vat_number},
            "markets": [market],
            "regimes": list(regimes),
            "payout_iban": self.iban,
            "payout_holder": self.name,
            "return_address": self.address(),
            "support_phone": "+33 1 99 00 56 78",
            "beneficial_owners": {
                "owners": [
                    {
                        "person": {"name": "Dominique Exemple", "birth_date": "1980-04-01", "country": self.country},
                        "share_basis_points": 10_000,
                        "control": "shares",
                    }
                ]
            },
            "tax_data": {"nature": "entity", "tax_number": self.tax_number, "tax_country": self.country},
        }

    def address(self) -> dict[str, str]:
        """The registered address."""
        return {"street": self.street, "postal_code": self.postal_code, "city": self.city, "country": self.country}

    def deliver_to(self) -> dict[str, str]:
        """The same address, for parcels."""
        return {"company": self.name, **self.address()}


class Story:
    """The steps; each waits for what it promises and gives back what the next one needs."""

    def __init__(self, platform: Platform, operator_key: str, password_secret: str) -> None:
        self.platform = platform
        self.operator = platform.with_key(operator_key)
        self._password_secret = password_secret

    def password_of(self, email: str) -> str:
        """A demo password that can be made again: nothing has to be remembered between two starts."""
        digest = hmac.new(self._password_secret.encode(), email.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:15]).decode()

    def buyer(self, card: CompanyCard, market: str = "fr-pro", known_key: str | None = None) -> Member:
        """A buyer that can order: signed up, activated by the link of the mail, with an API key. Found again if it is there."""
        if (member := self._found_again(card, known_key)) is not None:
            return member
        self.platform.anybody.post("/v1/companies", card.buyer_application(market))
        self._activate(card)
        return self._member(
            card, ["account:read", "catalog:read", "orders:read", "orders:write", "payments:read", "aftersales:read"]
        )

    def seller(
        self, card: CompanyCard, regimes: Sequence[str], known_key: str | None = None, market: str = "fr-pro"
    ) -> Member:
        """A seller that can sell: applied, activated, papers handed in, approved by the operator, mandate signed."""
        if (member := self._found_again(card, known_key)) is not None:
            return member
        self.platform.anybody.post("/v1/sellers", card.seller_application(market, regimes))
        self._activate(card)
        person = self.platform.signed_in(card.email, self.password_of(card.email))
        seller_id = person.get("/v1/me")["subject"]["company_id"]
        self.hand_in(person, seller_id)
        self.operator.post(f"/v1/operator/sellers/{seller_id}/approval")
        mandate = person.get("/v1/sellers/me/mandate")
        person.post(
            "/v1/sellers/me/mandate", {"version": mandate["version"], "accepted": True, "signatory": "Direction"}
        )
        scopes = ["stock:read", "stock:write", "seller_orders:read", "seller_orders:write", "payouts:read"]
        return self._member(card, ["account:read", *scopes, "payments:read", "catalog:read"])

    def hand_in(self, person: Caller, seller_id: str) -> None:
        """Upload what is missing in the application, have the operator accept it, and submit."""
        for paper_of in [one for one in person.get("/v1/sellers/me")["requirements"] if one["name"] == "document"]:
            kind = paper_of["subject"]
            path = f"/v1/sellers/me/documents?kind={kind}&file_name={kind}.pdf"
            document = person.post_file(path, paper(f"{kind} of {seller_id}"))
            self.operator.post(f"/v1/operator/sellers/{seller_id}/documents/{document['id']}/acceptance", {})
        person.post("/v1/sellers/me/submission")

    def push(self, seller: Member, lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Push stock lines; waits until the platform knows that the seller may sell."""
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

        def pushed() -> list[dict[str, Any]] | None:
            try:
                return seller.caller.patch_lines("/v1/seller/offers", body)
            except Refused as refusal:
                if refusal.code == "seller_not_active":
                    return None
                raise

        return wait_for(pushed, f"{seller.company} to be admitted")

    def place_order(
        self, buyer: Member, offers: Sequence[tuple[dict[str, Any], int]], deliver_to: dict[str, str], reference: str
    ) -> dict[str, Any]:
        """Order so many of each offer; gives the order once its stock is held."""
        lines = [
            {"offer_id": offer["id"], "quantity": quantity, "unit_price": offer["price"]} for offer, quantity in offers
        ]
        placed = buyer.caller.post(
            "/v1/orders", {"lines": lines, "deliver_to": deliver_to, "buyer_reference": reference}
        )
        return self.order_in(buyer, placed["id"], "AWAITING_PAYMENT")

    def order_in(self, buyer: Member, order_id: str, *states: str, seconds: float = 120.0) -> dict[str, Any]:
        """The order, as soon as it is in one of these states."""
        wanted = {state.lower() for state in states}

        def look() -> dict[str, Any] | None:
            order: dict[str, Any] = buyer.caller.get(f"/v1/orders/{order_id}")
            return order if order["state"].lower() in wanted else None

        return wait_for(look, f"order {order_id} to be {' or '.join(sorted(wanted))}", seconds=seconds)

    def purchase_order(self, buyer: Member, order_id: str) -> tuple[dict[str, Any], bytes]:
        """The order with its payment instructions, and the purchase order's PDF."""

        def ready() -> dict[str, Any] | None:
            order: dict[str, Any] = buyer.caller.get(f"/v1/orders/{order_id}")
            return order if order["payment"] and order["purchase_order"] else None

        order = wait_for(ready, "the purchase order")
        return order, buyer.caller.content(order["purchase_order"]["href"])

    def wire(self, buyer: Member, order: dict[str, Any], amount: int | None = None, **also: Any) -> dict[str, Any]:
        """Pay by bank transfer to the buyer's virtual IBAN, the whole amount unless another is given."""
        due = order["payment"]["amount_due"]
        transfer: dict[str, Any] = self.platform.outside.post(
            "/bank/transfers",
            {
                "iban": order["payment"]["virtual_account"]["iban"],
                "amount": {"amount": due["amount"] if amount is None else amount, "currency": due["currency"]},
                "debtor_name": buyer.company,
                "debtor_iban": buyer.iban,
                "remittance": order["payment"]["reference"],
                **also,
            },
        )
        return transfer

    def pay_by_card(self, buyer: Member, order: dict[str, Any], card: str = GOOD_CARD) -> dict[str, Any]:
        """Pay what is missing by card, as an ERP and a browser would; gives the attempt as it stands once it is decided."""
        started = self.start_card_payment(buyer, order)
        self.enter_card(started["hosted_page"], card)
        return self.card_payment_decided(buyer, started)

    def start_card_payment(self, buyer: Member, order: dict[str, Any]) -> dict[str, Any]:
        """A card payment whose hosted page waits for the buyer."""
        path = f"/v1/payments/{order['payment']['payment_id']}/card_payments"
        started: dict[str, Any] = buyer.caller.post(path)

        def waiting() -> dict[str, Any] | None:
            found: dict[str, Any] = buyer.caller.get(f"{path}/{started['id']}")
            return found if found["hosted_page"] else None

        return wait_for(waiting, "the provider's card page")

    def enter_card(self, hosted_page: str, card: str = GOOD_CARD) -> str:
        """What a buyer does on the provider's page: the card, then the code of its bank. Gives where it leads back to."""
        with httpx.Client(timeout=30.0) as browser:
            challenge = browser.post(hosted_page, data={"number": card, "expiry": "12/30", "cvc": "123"})
            page = browser.get(f"{hosted_page}/challenge")
            code = re.search(r'id="sent">(\d{6})<', page.text)
            if challenge.status_code != 303 or code is None:
                raise RuntimeError(f"the card page answered {challenge.status_code} and no challenge")
            done = browser.post(f"{hosted_page}/challenge", data={"code": code[1]})
        return done.headers["location"]

    def card_payment_decided(self, buyer: Member, attempt: dict[str, Any]) -> dict[str, Any]:
        """The attempt once it failed, was captured, or stands as a reservation for a secured order."""
        path = f"/v1/payments/{attempt['payment_id']}"

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = buyer.caller.get(f"{path}/card_payments/{attempt['id']}")
            reserved = found["state"] == "authorised" and buyer.caller.get(path)["capture"] == "at_dispatch"
            return found if reserved or found["state"] in ("captured", "failed") else None

        return wait_for(look, "the card payment to be decided")

    def accept(self, seller: Member, order_id: str) -> dict[str, Any]:
        """Where the market lets the seller look at a paid order first: take the seller's part."""
        part = self._part_of(seller, order_id, "awaiting_acceptance")
        accepted: dict[str, Any] = seller.caller.post(f"/v1/seller/orders/{part['id']}/acceptance")
        return accepted

    def ship(self, seller: Member, order_id: str, carrier: str = "DHL") -> dict[str, Any]:
        """Ship the seller's part of the order, with an IMEI for every unit."""

        part = self._part_of(seller, order_id, "to_ship")
        detail = seller.caller.get(f"/v1/seller/orders/{part['id']}")
        lines = [
            {"line_no": line["line_no"], "units": [_unit(detail["id"], line, n) for n in range(line["quantity"])]}
            for line in detail["lines"]
        ]
        tracking = f"RG{numbers.imei(detail['id'])[2:13]}"
        shipped = seller.caller.post(
            f"/v1/seller/orders/{part['id']}/shipments",
            {"carrier": carrier, "tracking_number": tracking, "lines": lines},
        )
        # A parcel whose charge failed stays in the list, withdrawn.
        shipment: dict[str, Any] = next(one for one in shipped["shipments"] if one["state"] != "withdrawn")
        return shipment

    def deliver(self, shipment: dict[str, Any]) -> dict[str, Any]:
        """The carrier hands the parcel over."""
        return self.scan(shipment, "delivered")

    def scan(self, shipment: dict[str, Any], status: str, reason: str | None = None) -> dict[str, Any]:
        """The carrier says what became of the parcel; `reason` is why a delivery failed."""
        event: dict[str, Any] = self.platform.outside.post(
            "/carrier/events",
            {
                "carrier": shipment["carrier"],
                "tracking_number": shipment["tracking_number"],
                "status": status,
                **({"reason": reason} if reason else {}),
            },
        )
        return event

    def invoices(self, buyer: Member, order_id: str, count: int) -> list[dict[str, Any]]:
        """The issued invoices of an order, as soon as there are so many."""

        def issued() -> list[dict[str, Any]] | None:
            found = [
                one for one in buyer.caller.each("/v1/invoices", order_id=order_id) if one["state"].lower() == "issued"
            ]
            return found if len(found) >= count else None

        return wait_for(issued, f"{count} invoices")

    def payouts(self, seller: Member, count: int = 1) -> list[dict[str, Any]]:
        """The seller's settled payouts, as soon as there are so many."""

        def settled() -> list[dict[str, Any]] | None:
            found = [one for one in seller.caller.each("/v1/payouts") if one["state"].lower() == "settled"]
            return found if len(found) >= count else None

        return wait_for(settled, f"a payout to {seller.company}")

    def open_case(self, buyer: Member, order_id: str, unit: str, defect: str = "does_not_start") -> dict[str, Any]:
        """The buyer says that a delivered device is broken; gives the case with its number and checklist."""

        def opened() -> dict[str, Any] | None:
            try:
                case: dict[str, Any] = buyer.caller.post(
                    "/v1/cases", {"order_id": order_id, "unit": unit, "defect": defect}
                )
            except Refused as refusal:
                # The news of the delivery is on its way.
                if refusal.code in ("not_delivered", "warranty_not_known_yet"):
                    return None
                raise
            return case

        return wait_for(opened, f"a case for {unit}")

    def on_case(self, who: Member, case: dict[str, Any], step: str, **body: Any) -> dict[str, Any]:
        """One step of a party: withdrawal, dispatch, receipt, inspection, remedy, resolution, impossibility."""
        after: dict[str, Any] = who.caller.post(f"/v1/cases/{case['id']}/{step}", body or None)
        return after

    def cannot_repair(self, seller: Member, case: dict[str, Any], reason: str = "cannot_repair") -> dict[str, Any]:
        """The seller receives the device, confirms the defect, tries a repair, and gives it up."""
        self.on_case(seller, case, "receipt")
        self.on_case(seller, case, "inspection", finding="defect_confirmed")
        self.on_case(seller, case, "remedy", remedy="repair")
        return self.on_case(seller, case, "impossibility", reason=reason)

    def case_in(self, who: Member, case: dict[str, Any], *states: str) -> dict[str, Any]:
        """The case, as soon as it is in one of these states."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = who.caller.get(f"/v1/cases/{case['id']}")
            return found if found["state"] in states else None

        return wait_for(look, f"case {case['rma']} to be {' or '.join(states)}")

    def refund_of(self, buyer: Member, case: dict[str, Any], *states: str) -> dict[str, Any]:
        """The refund of a case, as soon as it is in one of these states."""

        def look() -> dict[str, Any] | None:
            found = buyer.caller.each("/v1/refunds", order_id=case["order_id"])
            return next((one for one in found if one["case_id"] == case["id"] and one["state"] in states), None)

        return wait_for(look, f"the refund of case {case['rma']} to be {' or '.join(states)}")

    def live(self, days: float) -> None:
        """Let the platform live through so many days of business time."""
        self.platform.advance_clock(self.operator, seconds=int(days * DAY_SECONDS))

    def now(self) -> datetime:
        """The platform's business time."""
        return datetime.fromisoformat(self.platform.anybody.get("/v1/test-clock")["now"])

    def _part_of(self, seller: Member, order_id: str, state: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = seller.caller.each("/v1/seller/orders")
            parts = (part for part in found if part["order_id"] == order_id and part["state"].lower() == state)
            return next(parts, None)

        return wait_for(look, f"a part of order {order_id} for {seller.company} to be {state}")

    def _activate(self, card: CompanyCard) -> None:
        mail = self.platform.mail_to(card.email)
        token = re.search(r"/activate\?token=([\w.%-]+)", mail["text"])
        if token is None:
            raise RuntimeError(f"the mail {mail['subject']!r} has no activation link")
        self.platform.anybody.post("/v1/activations", {"token": token[1], "password": self.password_of(card.email)})

    def _found_again(self, card: CompanyCard, known_key: str | None) -> Member | None:
        try:
            self.platform.signed_in(card.email, self.password_of(card.email))
        except Refused as refusal:
            if refusal.status in (401, 403, 409):
                return None
            raise
        return self._member(card, None, known_key)

    def _member(self, card: CompanyCard, scopes: list[str] | None, known_key: str | None = None) -> Member:
        password = self.password_of(card.email)
        person = self.platform.signed_in(card.email, password)
        subject = person.get("/v1/me")["subject"]
        key = known_key
        if key is None:
            # What one does to oneself is no key's business.
            granted = scopes or [one for one in subject["scopes"] if one not in ("account:write", "self")]
            key = person.post("/v1/api-keys", {"name": "demo", "scopes": granted})["api_key"]
        assert key is not None
        caller = self.platform.with_key(key)
        return Member(card.name, subject["company_id"], card.email, password, key, card.iban, caller)


def _unit(seed: str, line: dict[str, Any], n: int) -> dict[str, str]:
    name = f"{seed}/{line['line_no']}/{n}"
    if line["category"] in ("smartphone", "tablet", "watch"):
        return {"imei": numbers.imei(name)}
    return {"serial": f"SN{numbers.imei(name)}"}
