"""What mails are written from, by internal calls: parties and links from accounts, orders, and documents."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from chassis.kernel.errors import NotFound
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from gateway.clients.services import Services
from gateway.clients.wording import language_of
from gateway.domain.delivery import DeliveryImpossible, FailureReason
from gateway.domain.errors import ServiceSilent
from gateway.domain.letter import Account, MailedLink, Order, OrderLine, Reader, ReturnPlace, SellerPart

Json = Mapping[str, Any]
QUOTES_MAX = 10


class MailSources:
    """Names and addresses are asked for when a mail is written and kept nowhere here."""

    def __init__(
        self,
        services: Services,
        client: httpx.AsyncClient,
        internal_token: str,
        zone_of: Callable[[str | None], ZoneInfo],
    ) -> None:
        self._services = services
        self._client = client
        self._headers = {INTERNAL_TOKEN_HEADER: internal_token}
        self._zone_of = zone_of

    async def reader(self, company_id: Id) -> Reader:
        """The person of a company who gets our mails. Raises `DeliveryImpossible` if there is nobody to write to."""
        try:
            party = await self._services.call("accounts", "GET", f"/internal/parties/{company_id}")
        except NotFound as error:
            raise DeliveryImpossible(FailureReason.NO_ADDRESS) from error
        contact = main_contact(party)
        return self._reader(party, contact["name"], contact["email"])

    async def person(self, user_id: Id) -> Reader:
        """One person, for mails about this person's sign-in."""
        try:
            return await self._person(await self._services.call("accounts", "GET", f"/internal/people/{user_id}"))
        except NotFound as error:
            raise DeliveryImpossible(FailureReason.NO_ADDRESS) from error

    async def link(self, path: str, whose: Json) -> tuple[Reader, MailedLink]:
        """A person and the link of this kind; `DeliveryImpossible` if there is no use for it by now."""
        link = await self._link(path, whose)
        return await self._person(link), MailedLink(link["link_token"], datetime.fromisoformat(link["expires_at"]))

    async def order(self, order_id: Id) -> Order:
        """An order as mails tell of it."""
        return order_of(await self._services.call("orders", "GET", f"/internal/orders/{order_id}"))

    async def purchase_order(self, order_id: Id) -> bytes:
        """The PDF."""
        return await self._services.content("orders", f"/internal/orders/{order_id}/purchase-order")

    async def return_place(self, case_id: Id) -> ReturnPlace | None:
        """Where the device of a case goes; None while the seller's address is not known."""
        case = await self._services.call("aftersales", "GET", f"/internal/cases/{case_id}")
        return ReturnPlace(**case["return_to"]) if case["return_to"] else None

    async def quotes(self, quote_request_id: Id) -> list[bytes]:
        """The PDFs of what was offered; `ServiceSilent` while one is still being printed."""
        path = f"/internal/quote-requests/{quote_request_id}/quotes"
        # A mail that nobody can open is worth less than one that leads to the rest.
        ids = (await self._services.call("catalog", "GET", path))[:QUOTES_MAX]
        return [await self._services.content("catalog", f"{path}/{bid_id}") for bid_id in ids]

    async def invoice(self, invoice_id: Id) -> bytes:
        """The PDF of an invoice or credit note."""
        return await self._services.content("payments", f"/internal/invoices/{invoice_id}/pdf")

    async def _person(self, person: Json) -> Reader:
        party = await self._services.call("accounts", "GET", f"/internal/parties/{person['company_id']}")
        return self._reader(party, person["name"], person["email"])

    async def _link(self, path: str, whose: Json) -> Json:
        try:
            response = await self._client.post(
                f"{self._services.urls['accounts']}{path}",
                json=dict(whose),
                headers=self._headers,
            )
            if response.status_code in (httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY):
                raise DeliveryImpossible(FailureReason.OVERTAKEN)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise ServiceSilent(f"accounts: {type(error).__name__}", service="accounts") from error
        link: Json = response.json()
        return link

    def _reader(self, party: Json, name: str, email: str) -> Reader:
        return Reader(
            company_id=Id(party["company_id"]),
            company=party["legal_name"],
            name=name,
            email=email,
            language=language_of(party["language"]),
            # A seller of several markets reads the clocks of the first; the operator is in none.
            zone=self._zone_of(next(iter(party["markets"]), None)),
        )


def main_contact(party: Json) -> Json:
    """The contact with the role `main`, or the first of a company that names none."""
    contacts: list[Json] = party["contacts"]
    if not contacts:
        raise DeliveryImpossible(FailureReason.NO_ADDRESS)
    return next((contact for contact in contacts if contact["role"] == "main"), contacts[0])


def order_of(data: Json) -> Order:
    """The order of the internal answer; what mails do not tell is passed over."""
    payment = data.get("payment")
    approval = data.get("approval")
    # Until it is held an order comes to what its approval is about.
    totals = data["totals"] or data["approval"]["totals"]
    return Order(
        id=Id(data["id"]),
        number=str(data["number"]),
        state=data["state"],
        buyer_id=Id(data["buyer_id"]),
        net=_money(totals["net"]),
        vat=_money(totals["vat"]),
        gross=_money(totals["gross"]),
        hold_until=datetime.fromisoformat(data["hold_until"]) if data["hold_until"] else None,
        parts=tuple(_part(part) for part in data["seller_orders"]),
        account=_account(payment) if payment else None,
        card_link=payment.get("card_payment_link") if payment else None,
        buyer_reference=data.get("buyer_reference"),
        approval_step=approval["step"] if approval else None,
        approval_comment=approval["decisions"][-1]["comment"] if approval and approval["decisions"] else None,
    )


def _part(data: Json) -> SellerPart:
    lines = tuple(OrderLine(line["title"], line["quantity"], _money(line["unit_price"])) for line in data["lines"])
    return SellerPart(Id(data["id"]), data["number"], Id(data["seller_id"]), lines, _money(data["shipping_fee"]))


def _account(data: Json) -> Account:
    virtual = data["virtual_account"]
    return Account(virtual["iban"], virtual["bic"], virtual["holder_name"], data["reference"])


def _money(data: Json) -> Money:
    return Money(data["amount"], data["currency"])
