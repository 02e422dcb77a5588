"""What a mail says: a pure function from the fact, its reader and the order to sentences, rows and a button."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from gateway.domain.delivery import Delivery, DeliveryImpossible, FailureReason, Template
from gateway.domain.language import Count, Language


@dataclass(frozen=True)
class Reader:
    """Who reads the mail, in which language, and by the clocks of which place."""

    company_id: Id
    company: str
    name: str
    email: str
    language: Language
    zone: ZoneInfo


@dataclass(frozen=True)
class OrderLine:
    """One line of an order. A price is what the order's documents say, with or without VAT as the regime wants it."""

    title: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True)
class SellerPart:
    """One seller's part of an order; `number` is the order's number and the part's place in it."""

    id: Id
    number: str
    seller_id: Id
    lines: tuple[OrderLine, ...]
    shipping: Money


@dataclass(frozen=True)
class Account:
    """The account that a buyer transfers to."""

    iban: str
    bic: str | None
    holder: str
    reference: str


@dataclass(frozen=True)
class Order:
    """An order as far as mails tell of it."""

    id: Id
    number: str
    state: str
    buyer_id: Id
    net: Money
    vat: Money
    gross: Money
    hold_until: datetime | None
    parts: tuple[SellerPart, ...]
    account: Account | None = None
    card_link: str | None = None
    buyer_reference: str | None = None
    # Of the approval it waits for, or had: the present step, and what was said last.
    approval_step: int | None = None
    approval_comment: str | None = None

    @property
    def held_until(self) -> datetime:
        """The last second to pay, of an order that is held."""
        assert self.hold_until is not None, "only an order that is held has a deadline to pay"
        return self.hold_until

    @property
    def is_unpaid(self) -> bool:
        """Whether the buyer can still pay it."""
        return self.state in ("awaiting_payment", "partially_paid")

    def part(self, seller_order_id: Id) -> SellerPart:
        """One seller's part."""
        return next(part for part in self.parts if part.id == seller_order_id)


@dataclass(frozen=True)
class ReturnPlace:
    """Where a device that comes back is sent to."""

    company: str
    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True)
class MailedLink:
    """What a person needs to set a password: the first one, or another one."""

    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Row:
    """A label and what it labels."""

    label: str
    text: str


@dataclass(frozen=True)
class Line:
    """An order line in the reader's words."""

    title: str
    quantity: str
    unit_price: str


@dataclass(frozen=True)
class Letter:
    """Plain text in the reader's language: nothing in it is markup. `button_url` is empty where there is no button."""

    language: Language
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    sums: tuple[Row, ...] = ()
    button: str = ""
    button_url: str = ""
    footer: str = ""


@dataclass(frozen=True)
class _Content:
    """What a template's sentences are filled with, and what stands below them; `listed` are points after the sentences."""

    values: Mapping[str, str | Count] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    sums: tuple[Row, ...] = ()
    button_url: str = ""
    listed: tuple[str, ...] = ()
    wording: Template | None = None


def write_letter(
    delivery: Delivery,
    reader: Reader,
    order: Order | None,
    link: MailedLink | None,
    gateway_url: str,
    return_to: ReturnPlace | None = None,
) -> Letter:
    """The letter of a delivery. Raises `DeliveryImpossible` if what it asks for has been done in the meantime."""
    writer = _Writer(delivery.facts, reader, order, link, gateway_url, return_to)
    content = writer.content(delivery.template)
    language = reader.language
    text = language.mails[content.wording or delivery.template]
    values = {"company": reader.company, **content.values}
    return Letter(
        language=language,
        subject=text.subject.format_map(values),
        greeting=language.words["greeting"].format(name=reader.name),
        paragraphs=(
            *(paragraph.format_map(values) for paragraph in text.paragraphs),
            *(f"• {point}" for point in content.listed),
        ),
        rows=content.rows,
        lines=tuple(Line(one.title, str(one.quantity), language.money(one.unit_price)) for one in content.lines),
        sums=content.sums,
        button=text.button,
        button_url=content.button_url,
        footer=language.words["footer"].format(company=reader.company),
    )


@dataclass(frozen=True)
class _Writer:
    """What all templates of one mail are written from."""

    facts: Mapping[str, Any]
    reader: Reader
    of_order: Order | None
    of_link: MailedLink | None
    gateway_url: str
    return_to: ReturnPlace | None = None

    def content(self, template: Template) -> _Content:
        match template:
            case Template.ACTIVATION:
                return self._linked("/activate")
            case Template.INVITATION:
                return self._linked("/join")
            case Template.PASSWORD_LINK:
                return self._linked("/new-password")
            case Template.EMAIL_LINK:
                return self._linked("/new-email")
            case (
                Template.PASSWORD_CHANGED
                | Template.EMAIL_NOTE
                | Template.EMAIL_WANTED
                | Template.FACTOR_ADDED
                | Template.FACTOR_REMOVED
                | Template.RECOVERY_CODE_USED
            ):
                return _Content(button_url=f"{self.gateway_url}/forgot-password?lang={self.reader.language.code}")
            case Template.ACCOUNT_CLOSING | Template.ACCOUNT_UNUSED | Template.EXPORT_READY:
                return _Content()
            case Template.ACCOUNT_REOPENED:
                return _Content({"count": Count(self.facts["count"])}, listed=tuple(self.facts["open"]))
            case Template.SELLER_APPROVED | Template.SELLER_ACTIVATED:
                return _Content(button_url=f"{self.gateway_url}/seller")
            case Template.SELLER_REQUIREMENT:
                return self._required()
            case Template.SELLER_SUSPENDED | Template.SELLER_OFFBOARDED:
                why = self._why_of_seller(self.facts["reason"])
                return _Content({"reason": why}, button_url=f"{self.gateway_url}/seller")
            case Template.SELLER_PAYOUTS_HELD:
                return _Content(button_url=f"{self.gateway_url}/seller")
            case Template.CHANGE_GRANTED | Template.CHANGE_REFUSED:
                return _Content()
            case Template.SELLER_REJECTED | Template.SELLER_INFO_REQUESTED | Template.SELLER_REMINDED:
                reasons = self.reader.language.reasons
                reason = reasons.get(self.facts["reason"], reasons["other"])
                return _Content({"reason": reason}, button_url=f"{self.gateway_url}/seller")
            case Template.APPROVAL_AWAITED:
                return self._approval_awaited()
            case Template.ORDER_APPROVED:
                return _Content({"number": self.order.number}, self._rows_of_approval())
            case Template.ORDER_NOT_APPROVED:
                return self._not_approved()
            case Template.QUOTE_ASKED:
                return self._about_quotes("answers_until", "answer_by", "pieces")
            case Template.QUOTES_OFFERED:
                return self._about_quotes("valid_until", "valid_until", "bids")
            case Template.QUOTE_WITHDRAWN:
                return self._about_quotes(None, None, "bids")
            case Template.QUOTE_NONE | Template.QUOTE_EXPIRED:
                return self._about_quotes(None, None, None)
            case Template.PURCHASE_ORDER | Template.PURCHASE_ORDER_CARD:
                return self._purchase_order()
            case Template.CARD_CAPTURE_FAILED:
                return self._card_capture_failed()
            case Template.PAYMENT_REMINDER | Template.PAYMENT_PARTIAL:
                return self._missing_money()
            case Template.PAYMENT_RECEIVED:
                return _Content({"number": self.order.number}, lines=self._all_lines(), sums=self._sums())
            case Template.ACCEPTANCE_AWAITED:
                return self._for_seller("accept_by")
            case Template.READY_TO_SHIP:
                return self._for_seller("ship_by")
            case Template.SHIPMENT_DISPATCHED:
                return self._dispatched()
            case Template.ADDRESS_CHANGE_ASKED:
                return self._for_seller("answer_by")
            case Template.ADDRESS_CHANGED | Template.ADDRESS_CHANGE_REFUSED:
                return self._about_parcel()
            case Template.DELIVERY_FAILED:
                return self._about_parcel(self.facts["reason"])
            case (
                Template.REDELIVERY_ASKED
                | Template.PARCEL_RETURNED
                | Template.PARCEL_RETURNED_TO_SELLER
                | Template.PARCEL_LOST
                | Template.PARCEL_LOST_TO_SELLER
            ):
                return self._about_parcel()
            case Template.CLAIM_WINDOW_OPENED:
                return self._delivered()
            case (
                Template.INVOICE_TO_BUYER
                | Template.INVOICE_TO_SELLER
                | Template.CREDIT_NOTE_TO_BUYER
                | Template.CREDIT_NOTE_TO_SELLER
            ):
                total = self._money(self.facts["total"])
                return _Content({"number": self.order.number, "invoice": self.facts["number"], "total": total})
            case Template.CORRECTION_TO_BUYER | Template.CORRECTION_TO_SELLER:
                total = self._money(self.facts["total"])
                values = {"number": self.order.number, "invoice": self.facts["number"], "total": total}
                return _Content({**values, "corrects": self.facts["corrects"]})
            case Template.INVOICE_CONTESTED:
                return self._contested(self._row("contest", self.facts["contest_id"]))
            case Template.CONTEST_DISMISSED:
                return self._contested()
            case Template.RETURN_AUTHORISED:
                return self._return_authorised()
            case Template.RETURN_ANNOUNCED:
                part = self.order.part(Id(self.facts["seller_order_id"]))
                values = {"number": part.number, "rma": self.facts["rma"]}
                return _Content(values, (self._row("order", part.number), self._row("rma", self.facts["rma"])))
            case Template.ORDER_EXPIRED | Template.ORDER_CANCELLED:
                return _Content({"number": self.order.number})
            case Template.SELLER_ORDER_CANCELLED:
                part = self.order.part(Id(self.facts["seller_order_id"]))
                return _Content({"number": part.number}, lines=part.lines)
            case (
                Template.PART_CANCELLED_TO_BUYER | Template.PART_CANCELLED_TO_SELLER | Template.PART_CANCELLED_AS_ASKED
            ):
                return self._part_ended()
            case Template.CANCELLATION_ASKED:
                return self._for_seller("answer_by")
            case Template.CANCELLATION_DECLINED:
                return self._cancellation_declined()
            case Template.DELAY_ANNOUNCED:
                return self._delay_announced()
            case Template.PART_LATE_TO_BUYER | Template.PART_LATE_TO_SELLER:
                return self._late()
            case Template.REFUND_PROMISED:
                until = self._moment(datetime.fromisoformat(self.facts["due_at"]))
                amount = self._money(self.facts["amount"])
                return _Content({"number": self.order.number, "amount": amount, "until": until})
            case Template.REFUND_SETTLED:
                rows = (self._row("order", self.of_order.number),) if self.of_order else ()
                return _Content({"amount": self._money(self.facts["amount"])}, rows)
            case Template.PAYOUT_SETTLED:
                return self._payout()

    @property
    def order(self) -> Order:
        assert self.of_order is not None, "this template is about an order"
        return self.of_order

    def _linked(self, page: str) -> _Content:
        assert self.of_link is not None, "this mail carries a link"
        language = self.reader.language
        return _Content(
            {"until": self._moment(self.of_link.expires_at)},
            button_url=f"{self.gateway_url}{page}?token={self.of_link.token}&lang={language.code}",
        )

    def _about_quotes(self, moment: str | None, label: str | None, count: str | None) -> _Content:
        """About a request for quotation, which has an id and no number: nothing of its lines or prices is in a mail."""
        values: dict[str, str | Count] = {"count": Count(self.facts[count])} if count else {}
        rows: tuple[Row, ...] = (self._row("quote_request", self.facts["quote_request_id"]),)
        if moment and label:
            until = self._moment(datetime.fromisoformat(self.facts[moment]))
            values["until"] = until
            rows = (*rows, self._row(label, until))
        return _Content(values, rows)

    def _approval_awaited(self) -> _Content:
        """To somebody who is asked. Nobody is asked for what has been decided, or withdrawn, in the meantime."""
        if self.order.state != "awaiting_approval" or self.order.approval_step != self.facts["step"]:
            raise DeliveryImpossible(FailureReason.OVERTAKEN)
        until = self._moment(datetime.fromisoformat(self.facts["lapses_at"]))
        words = self.reader.language.words
        return _Content(
            {"number": self.order.number, "total": self._money(self.facts["gross"]), "until": until},
            (*self._rows_of_approval(), self._row("decide_by", until), self._row("order_id", str(self.order.id))),
            button_url=f"{self.gateway_url}/approvals?order={self.order.id}",
            listed=tuple(words[f"limit_{code}"] for code in self.facts["reasons"] if f"limit_{code}" in words),
        )

    def _not_approved(self) -> _Content:
        words = self.reader.language.words
        why = words.get(f"not_approved_{self.facts['reason']}", words["not_approved_other"])
        comment = self.order.approval_comment if self.facts["reason"] == "approval_refused" else None
        # On one line: whoever writes it may break lines, and must not be able to add rows to our mail.
        said = (self._row("comment", " ".join(comment.split())),) if comment else ()
        return _Content({"number": self.order.number, "why": why}, (*self._rows_of_approval(), *said))

    def _rows_of_approval(self) -> tuple[Row, ...]:
        own = self.order.buyer_reference
        return (
            self._row("order", self.order.number),
            *((self._row("po_number", own),) if own else ()),
            self._row("total", self._money_of(self.order.gross)),
        )

    def _purchase_order(self) -> _Content:
        order = self.order
        total, until = self._money_of(order.gross), self._moment(order.held_until)
        rows = (self._row("to_pay", total), self._row("pay_by", until), *self._account())
        values = {"number": order.number, "total": total, "until": until}
        if order.card_link is None:
            return _Content(values, rows, self._all_lines(), self._sums())
        return _Content(
            values, rows, self._all_lines(), self._sums(), order.card_link, wording=Template.PURCHASE_ORDER_CARD
        )

    def _card_capture_failed(self) -> _Content:
        if self.order.card_link is None:
            raise DeliveryImpossible(FailureReason.OVERTAKEN)
        rows = (self._row("order", self.order.number),)
        return _Content({"number": self.order.number}, rows, button_url=self.order.card_link)

    def _missing_money(self) -> _Content:
        """A reminder and a part payment ask for the same: the rest. Nobody is asked for money that has come."""
        if not self.order.is_unpaid:
            raise DeliveryImpossible(FailureReason.OVERTAKEN)
        missing, until = self._money(self.facts["missing"]), self._moment(self.order.held_until)
        values = {"number": self.order.number, "missing": missing, "until": until, "until_day": self._day_of_hold()}
        rows = [self._row("missing", missing), self._row("pay_by", until), *self._account()]
        if "received" in self.facts:
            values["received"] = self._money(self.facts["received"])
            rows.insert(0, self._row("received", values["received"]))
        return _Content(values, tuple(rows))

    def _for_seller(self, deadline: str) -> _Content:
        """What the seller has to do until the instant that the fact of this name gives."""
        part = self.order.part(Id(self.facts["seller_order_id"]))
        due_at = datetime.fromisoformat(self.facts[deadline])
        until = self._moment(due_at)
        values = {"number": part.number, "until": until, "until_day": self._day(due_at)}
        return _Content(values, (self._row("order", part.number), self._row(deadline, until)), part.lines)

    def _dispatched(self) -> _Content:
        part = self.order.part(Id(self.facts["seller_order_id"]))
        rows = (
            self._row("carrier", self.facts["carrier"]),
            self._row("tracking_number", self.facts["tracking_number"]),
        )
        return _Content({"number": self.order.number}, rows, part.lines)

    def _about_parcel(self, failure: str | None = None) -> _Content:
        """About what is in a parcel; `failure` is why it could not be handed over."""
        part, words = self.order.part(Id(self.facts["seller_order_id"])), self.reader.language.words
        values: dict[str, str | Count] = {"number": part.number}
        if failure is not None:
            values["why"] = words.get(f"delivery_failed_{failure}", words["delivery_failed_other"])
        return _Content(values, (self._row("order", part.number),), part.lines)

    def _delivered(self) -> _Content:
        delivered = self._day(datetime.fromisoformat(self.facts["delivered_at"]))
        damage = self._moment(datetime.fromisoformat(self.facts["damage_until"]))
        until = self._moment(datetime.fromisoformat(self.facts["claim_until"]))
        values = {"number": self.order.number, "delivered": delivered, "damage": damage, "until": until}
        rows = (
            self._row("delivered_on", delivered),
            self._row("damage_until", damage),
            self._row("claim_until", until),
        )
        return _Content(values, rows)

    def _return_authorised(self) -> _Content:
        until = self._moment(datetime.fromisoformat(self.facts["send_until"]))
        rma = self.facts["rma"]
        points = self.reader.language.checklist
        return _Content(
            {"number": self.order.number, "rma": rma, "until": until},
            (self._row("rma", rma), *self._send_to(), self._row("send_until", until)),
            # A market may ask for something that has no sentence yet; the API says it all the same.
            listed=tuple(points[code] for code in self.facts["checklist"] if code in points),
        )

    def _send_to(self) -> tuple[Row, ...]:
        to = self.return_to
        if to is None:
            return ()
        return (self._row("send_to", f"{to.company}, {to.street}, {to.postal_code} {to.city}, {to.country}"),)

    def _required(self) -> _Content:
        """What is asked of a seller, why, and until when where there is a day."""
        language = self.reader.language
        named = language.requirements
        what = named.get(self.facts["subject"] or self.facts["requirement"], named["other"])
        values = {"what": what, "why": self._why_of_seller(self.facts["why"])}
        due_on = self.facts["due_on"]
        rows = (self._row("due_on", language.day(date.fromisoformat(due_on))),) if due_on else ()
        return _Content(values, rows, button_url=f"{self.gateway_url}/seller")

    def _why_of_seller(self, code: str) -> str:
        """A code that has no sentence yet is told without it."""
        language = self.reader.language
        return language.seller_reasons.get(code, language.reasons["something_else"])

    def _contested(self, *rows: Row) -> _Content:
        """A code that has no sentence yet is told without it."""
        words = self.reader.language.words
        why = words.get(f"contest_{self.facts['reason']}", words["contest_other"])
        return _Content({"invoice": self.facts["number"], "why": why}, (self._row("order", self.order.number), *rows))

    def _part_ended(self) -> _Content:
        part, words = self.order.part(Id(self.facts["seller_order_id"])), self.reader.language.words
        why = words.get(f"part_ended_{self.facts['reason']}", words["part_ended_other"])
        total = self._money(self.facts["gross"])
        rows = (self._row("order", part.number), self._row("total", total))
        return _Content({"number": part.number, "why": why, "total": total}, rows, part.lines)

    def _cancellation_declined(self) -> _Content:
        part, words = self.order.part(Id(self.facts["seller_order_id"])), self.reader.language.words
        why = words.get(f"not_cancelled_{self.facts['reason']}", words["not_cancelled_other"])
        return _Content({"number": part.number, "why": why}, (self._row("order", part.number),), part.lines)

    def _delay_announced(self) -> _Content:
        """A code that has no sentence yet is told without it."""
        part, words = self.order.part(Id(self.facts["seller_order_id"])), self.reader.language.words
        expected = self.reader.language.day(date.fromisoformat(self.facts["expected_on"]))
        values = {
            "number": part.number,
            "why": words.get(f"delay_{self.facts['reason']}", words["delay_other"]),
            "expected": expected,
        }
        rows = (self._row("order", part.number), self._row("expected_on", expected))
        return _Content(values, rows, part.lines)

    def _late(self) -> _Content:
        part = self.order.part(Id(self.facts["seller_order_id"]))
        ship_by, free = (datetime.fromisoformat(self.facts[name]) for name in ("ship_by", "buyer_may_cancel_from"))
        values = {"number": part.number, "ship_by": self._day(ship_by), "free_from": self._moment(free)}
        rows = (self._row("order", part.number), self._row("ship_by", self._moment(ship_by)))
        return _Content(values, rows, part.lines)

    def _payout(self) -> _Content:
        amount = self._money(self.facts["amount"])
        rows = (
            self._row("amount", amount),
            self._row("paid_on", self._day(datetime.fromisoformat(self.facts["at"]))),
            self._row("payout", self.facts["payout_id"]),
        )
        return _Content({"amount": amount}, rows)

    def _account(self) -> tuple[Row, ...]:
        account = self.order.account
        if account is None:
            return ()
        # Plain spaces: a bank form must take what is copied from here.
        grouped = " ".join(account.iban[at : at + 4] for at in range(0, len(account.iban), 4))
        return (
            self._row("account_holder", account.holder),
            self._row("iban", grouped),
            *((self._row("bic", account.bic),) if account.bic else ()),
            self._row("reference", account.reference),
        )

    def _all_lines(self) -> tuple[OrderLine, ...]:
        return tuple(line for part in self.order.parts for line in part.lines)

    def _sums(self) -> tuple[Row, ...]:
        order = self.order
        shipping = Money(sum(part.shipping.minor for part in order.parts), order.gross.currency)
        sums = {"shipping": shipping, "net": order.net, "vat": order.vat, "total": order.gross}
        if order.vat.minor == 0:
            # Where no VAT is shown (margin goods, reverse charge) there is nothing to tell apart.
            del sums["net"], sums["vat"]
        return tuple(self._row(label, self._money_of(money)) for label, money in sums.items())

    def _row(self, label: str, text: str) -> Row:
        return Row(self.reader.language.words[label], text)

    def _money(self, fact: Mapping[str, Any]) -> str:
        return self._money_of(Money(fact["amount"], fact["currency"]))

    def _money_of(self, money: Money) -> str:
        return self.reader.language.money(money)

    def _moment(self, instant: datetime) -> str:
        return self.reader.language.moment(instant, self.reader.zone)

    def _day(self, instant: datetime) -> str:
        return self.reader.language.day(instant.astimezone(self.reader.zone).date())

    def _day_of_hold(self) -> str:
        return self._day(self.order.held_until)
