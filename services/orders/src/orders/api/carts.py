"""Saved carts of a buyer company: keep them, read them at today's prices with what has changed since, remove them."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints, model_validator
from starlette.responses import Response

from chassis.db.receipts import Answer
from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from chassis.web.auth import Subject, require
from chassis.web.etags import Seen, etag
from chassis.web.pages import MoneyBody, Page, Paging
from chassis.web.text import ONE_LINE
from chassis.web.writes import Write
from orders.api.orders import buyer_of
from orders.api.reading import owner
from orders.api.schemas import CountryCode, CurrencyCode, Note, OptionCode
from orders.domain.cart import NAME_MAX, Cart, CartLine, Change, LineLook, Look, changes
from orders.domain.order import LINES_MAX, QUANTITY_MAX
from orders.use_cases.ports import CartLooks, CartReads, Rules
from orders.use_cases.remove_cart import RemoveCart, remove_cart
from orders.use_cases.save_cart import SaveCart, save_cart

router = APIRouter(prefix="/v1/carts", tags=["carts"])

Reader = Annotated[Subject, require("orders:read", "audit:read")]
Writer = Annotated[Subject, require("orders:write")]
CartName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX), ONE_LINE]


class CartLineRequest(BaseModel, extra="forbid"):
    """An offer and how many of it; `options` are codes of the offer, `note` is for its seller."""

    offer_id: Id
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX, strict=True)]
    options: Annotated[list[OptionCode], Field(max_length=20)] = []
    note: Note | None = None

    @model_validator(mode="after")
    def _each_option_once(self) -> "CartLineRequest":
        if len(set(self.options)) != len(self.options):
            raise ValueError("each option is chosen once")
        return self


class CartRequest(BaseModel, extra="forbid"):
    """A cart under a name of your own; `price_country` is the country whose prices count, your market's where it is left out.

    `note` is for every seller of an order that is made of it.
    """

    name: CartName
    lines: Annotated[list[CartLineRequest], Field(min_length=1, max_length=LINES_MAX)]
    note: Note | None = None
    price_country: CountryCode | None = None
    currency: CurrencyCode | None = None

    @model_validator(mode="after")
    def _each_offer_once(self) -> "CartRequest":
        offers = [line.offer_id for line in self.lines]
        if len(set(offers)) != len(offers):
            raise ValueError("each offer stands on one line of a cart only")
        return self

    def of(self, cart_id: Id, subject: Subject, version: int | None) -> SaveCart:
        """For the use case; lines are numbered in their order."""
        return SaveCart(
            cart_id=cart_id,
            buyer_id=buyer_of(subject),
            market=subject.market,
            name=self.name,
            lines=tuple(
                CartLine(n, line.offer_id, line.quantity, tuple(line.options), line.note)
                for n, line in enumerate(self.lines, start=1)
            ),
            price_country=self.price_country,
            currency=self.currency,
            note=self.note,
            saved_by=subject.id if subject.session_id is not None else None,
            version=version,
        )


class CartSummary(BaseModel):
    """A cart in a list. `saved_by` is null for a program; `order_id` is the last order that was made of it."""

    id: Id
    version: int
    name: str
    market: str
    price_country: str
    currency: str
    line_count: int
    units: int
    saved_at: datetime
    saved_by: Id | None
    order_id: Id | None


class CartLineBody(BaseModel):
    """A line as it was saved."""

    line_no: int
    offer_id: Id
    quantity: int
    options: list[str]
    note: str | None


class SavedCartBody(CartSummary):
    """A cart as it is kept."""

    note: str | None
    lines: list[CartLineBody]


class LineLookBody(BaseModel):
    """What a line was at a moment: how many units were free, and the price of one with its options, null where it had none.

    `reason` says why the line could not be had as it stands in the cart, by the codes of an order's refusal; null where it could.
    """

    seller_id: Id | None
    title: str | None
    grade: str | None
    vat_regime: str | None
    available: int
    reason: str | None
    unit_price: MoneyBody | None


class CartLineTodayBody(CartLineBody):
    """A line with what it was when it was saved, what it is `today`, and what has changed.

    Either look is null where catalog has not told it. `total` is quantity times today's price.
    """

    as_saved: LineLookBody | None
    today: LineLookBody | None
    total: MoneyBody | None
    changes: list[Change]


class CartTodayBody(BaseModel):
    """What the lines that can be had come to, as the catalogue shows prices; VAT is decided when the order is placed.

    `can_be_ordered` says that all lines can be had. Nothing is held.
    """

    at: datetime
    price_basis: str
    goods: MoneyBody
    shipping: MoneyBody
    can_be_ordered: bool


class CartBody(CartSummary):
    """A cart at today's prices; `today` is null where catalog does not answer at the moment."""

    note: str | None
    lines: list[CartLineTodayBody]
    today: CartTodayBody | None


@router.post("", status_code=201, response_model=SavedCartBody)
async def create_cart(body: CartRequest, write: Write, subject: Writer) -> Response:
    """Save a cart for all people and keys of your company. 409 `cart_name_taken`, `too_many_carts` (100 are kept)."""
    command = body.of(new_id(), subject, None)

    def made(cart: Cart) -> Answer:
        headers = {"Location": f"/v1/carts/{cart.id}", "ETag": etag(cart.version)}
        return Answer(201, _saved(cart).model_dump(mode="json"), headers)

    return await write.respond(subject.tenant, partial(save_cart, command), made)


@router.get("")
async def list_carts(request: Request, paging: Paging, subject: Reader) -> Page[CartSummary]:
    """Your company's carts, those saved last first."""
    reads: CartReads = request.app.state.carts
    found = await reads.carts(owner(subject, "buyer"), paging.limit, paging.after_moment)

    def key(cart: Cart) -> tuple[Any, Id]:
        return cart.saved_at, cart.id

    return paging.page_of(found, lambda cart: CartSummary(**_summary(cart)), key)


@router.get("/{cart_id}")
async def read_cart(cart_id: Id, request: Request, response: Response, subject: Reader) -> CartBody:
    """A cart at today's prices, with what has changed since it was saved. Order it with its `version`, and it is ordered once."""
    reads: CartReads = request.app.state.carts
    looks: CartLooks = request.app.state.cart_looks
    rules: Rules = request.app.state.rules
    now: datetime = request.app.state.executor.clock.now()
    cart = await reads.cart(cart_id, owner(subject, "buyer"))
    response.headers["ETag"] = etag(cart.version)
    return _shown(cart, await looks.at(cart), rules.in_force(cart.market, now.date()).price_basis, now)


@router.put("/{cart_id}", response_model=SavedCartBody)
async def replace_cart(cart_id: Id, body: CartRequest, write: Write, seen: Seen, subject: Writer) -> Response:
    """Save other contents under the same id; If-Match names the version you have read. 412: somebody was faster."""
    command = body.of(cart_id, subject, seen.version)

    def kept(cart: Cart) -> Answer:
        return Answer(200, _saved(cart).model_dump(mode="json"), {"ETag": etag(cart.version)})

    return await write.respond(subject.tenant, partial(save_cart, command), kept)


@router.delete("/{cart_id}", status_code=204)
async def delete_cart(cart_id: Id, write: Write, subject: Writer) -> Response:
    """Remove a cart; orders that were made of it stay."""
    command = RemoveCart(cart_id, buyer_of(subject))

    def nothing(result: None) -> Answer:
        return Answer(204, None)

    return await write.respond(subject.tenant, partial(remove_cart, command), nothing)


def _summary(cart: Cart) -> dict[str, Any]:
    return {
        "id": cart.id,
        "version": cart.version,
        "name": cart.contents.name,
        "market": cart.market,
        "price_country": cart.contents.price_country,
        "currency": cart.contents.currency,
        "line_count": len(cart.contents.lines),
        "units": sum(line.quantity for line in cart.contents.lines),
        "saved_at": cart.saved_at,
        "saved_by": cart.saved_by,
        "order_id": cart.order_id,
    }


def _line(line: CartLine) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "offer_id": line.offer_id,
        "quantity": line.quantity,
        "options": list(line.options),
        "note": line.note,
    }


def _saved(cart: Cart) -> SavedCartBody:
    lines = [CartLineBody(**_line(line)) for line in cart.contents.lines]
    return SavedCartBody(**_summary(cart), note=cart.contents.note, lines=lines)


def _shown(cart: Cart, look: Look | None, price_basis: str, at: datetime) -> CartBody:
    currency = cart.contents.currency
    lines = [_line_today(line, cart, look) for line in cart.contents.lines]
    today = None
    if look is not None:
        goods = sum(line.total.amount for line in lines if line.total and line.today and line.today.reason is None)
        today = CartTodayBody(
            at=at,
            price_basis=price_basis,
            goods=MoneyBody(amount=goods, currency=currency),
            shipping=MoneyBody(amount=sum(look.shipping.values()), currency=currency),
            can_be_ordered=all(line.reason is None for line in look.lines),
        )
    return CartBody(**_summary(cart), note=cart.contents.note, lines=lines, today=today)


def _line_today(line: CartLine, cart: Cart, look: Look | None) -> CartLineTodayBody:
    saved = cart.seen.line(line.line_no) if cart.seen else None
    today = look.line(line.line_no) if look else None
    price = today.unit_price if today else None
    return CartLineTodayBody(
        **_line(line),
        as_saved=_look(saved, cart.contents.currency) if saved else None,
        today=_look(today, cart.contents.currency) if today else None,
        total=None if price is None else MoneyBody.of(Money(line.quantity * price, cart.contents.currency)),
        changes=list(changes(saved, today)) if today else [],
    )


def _look(line: LineLook, currency: str) -> LineLookBody:
    return LineLookBody(
        seller_id=line.seller_id,
        title=line.title,
        grade=line.grade,
        vat_regime=line.vat_regime,
        available=line.available,
        reason=line.reason,
        unit_price=None if line.unit_price is None else MoneyBody(amount=line.unit_price, currency=currency),
    )
