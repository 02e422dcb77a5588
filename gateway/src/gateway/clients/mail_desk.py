"""Writes the mail of a delivery: finds its reader, its order and its papers, and puts them together."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chassis.kernel.ids import Id
from gateway.clients.mail_paper import Attachment, Message, message_of
from gateway.domain.delivery import Delivery, Template
from gateway.domain.letter import MailedLink, Order, Reader, ReturnPlace, write_letter

_WITH_PURCHASE_ORDER = (Template.PURCHASE_ORDER, Template.PAYMENT_REMINDER)
# Mails to one person, about this person's sign-in or an approval; those with a link have it from `accounts`.
_LINKS = {
    Template.ACTIVATION: "/internal/activation-links",
    Template.INVITATION: "/internal/invitation-links",
    Template.PASSWORD_LINK: "/internal/password-links",
    Template.EMAIL_LINK: "/internal/email-links",
}
_ABOUT_SIGN_IN = (
    Template.PASSWORD_CHANGED,
    Template.EMAIL_NOTE,
    Template.EMAIL_WANTED,
    Template.FACTOR_ADDED,
    Template.FACTOR_REMOVED,
    Template.RECOVERY_CODE_USED,
    Template.EXPORT_READY,
)
_ABOUT_APPROVAL = (Template.APPROVAL_AWAITED, Template.ORDER_APPROVED, Template.ORDER_NOT_APPROVED)
_TO_PERSON = (*_ABOUT_SIGN_IN, *_ABOUT_APPROVAL)
_WITH_INVOICE = (
    Template.INVOICE_TO_BUYER,
    Template.INVOICE_TO_SELLER,
    Template.CREDIT_NOTE_TO_BUYER,
    Template.CREDIT_NOTE_TO_SELLER,
    Template.CORRECTION_TO_BUYER,
    Template.CORRECTION_TO_SELLER,
)


class Sources(Protocol):
    """Where the contents come from; each may fail because a service is away."""

    async def reader(self, company_id: Id) -> Reader: ...
    async def person(self, user_id: Id) -> Reader: ...
    async def link(self, path: str, whose: Mapping[str, Any]) -> tuple[Reader, MailedLink]: ...
    async def order(self, order_id: Id) -> Order: ...
    async def purchase_order(self, order_id: Id) -> bytes: ...
    async def invoice(self, invoice_id: Id) -> bytes: ...
    async def quotes(self, quote_request_id: Id) -> list[bytes]: ...
    async def return_place(self, case_id: Id) -> ReturnPlace | None: ...


@dataclass(frozen=True)
class WrittenMail:
    """A mail, and the company of who reads it."""

    company_id: Id
    message: Message


class MailDesk:
    """`sender` is the From header; `gateway_url` is where people open our pages."""

    def __init__(self, sources: Sources, sender: str, gateway_url: str, now: Callable[[], datetime]) -> None:
        self._sources = sources
        self._sender = sender
        self._gateway_url = gateway_url.rstrip("/")
        self._now = now

    async def write(self, delivery: Delivery) -> WrittenMail:
        """The mail as it stands now. Raises `DeliveryImpossible`, or an error of a source that is away."""
        order = await self._sources.order(delivery.order_id) if delivery.order_id else None
        reader, link = await self._reader(delivery, order)
        place = await self._return_to(delivery)
        letter = write_letter(delivery, reader, order, link, self._gateway_url, place)
        papers = await self._papers(delivery, order)
        message = message_of(delivery, letter, reader, papers, self._sender, self._now())
        return WrittenMail(reader.company_id, message)

    async def _reader(self, delivery: Delivery, order: Order | None) -> tuple[Reader, MailedLink | None]:
        if delivery.template in _LINKS:
            return await self._sources.link(_LINKS[delivery.template], delivery.facts)
        # What a program ordered has no person behind it: the company is told.
        if delivery.template in _TO_PERSON and "user_id" in delivery.facts:
            return await self._sources.person(Id(delivery.facts["user_id"])), None
        company_id = delivery.company_id or _company_of(delivery, order)
        return await self._sources.reader(company_id), None

    async def _return_to(self, delivery: Delivery) -> ReturnPlace | None:
        if delivery.template is not Template.RETURN_AUTHORISED or "case_id" not in delivery.facts:
            return None
        return await self._sources.return_place(Id(delivery.facts["case_id"]))

    async def _papers(self, delivery: Delivery, order: Order | None) -> list[Attachment]:
        if delivery.template in _WITH_PURCHASE_ORDER:
            assert order is not None, "a purchase order is about an order"
            return [Attachment(f"{_file_name(order.number)}.pdf", await self._sources.purchase_order(order.id))]
        if delivery.template is Template.QUOTES_OFFERED:
            papers = await self._sources.quotes(Id(delivery.facts["quote_request_id"]))
            return [Attachment(f"quote-{n}.pdf", content) for n, content in enumerate(papers, start=1)]
        if delivery.template in _WITH_INVOICE:
            content = await self._sources.invoice(Id(delivery.facts["invoice_id"]))
            return [Attachment(f"{_file_name(delivery.facts['number'])}.pdf", content)]
        return []


def _company_of(delivery: Delivery, order: Order | None) -> Id:
    """Where the event did not name the reader's company, the order knows it."""
    assert order is not None, "an event that names no company names an order"
    if delivery.template is Template.SELLER_ORDER_CANCELLED:
        return order.part(Id(delivery.facts["seller_order_id"])).seller_id
    return order.buyer_id


def _file_name(number: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", number)
