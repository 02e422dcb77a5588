"""Card payments: what a buyer was asked for, and how far it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.cards import CardPayment, CardStatus
from sandbox.domain.errors import NoSuchCardPayment
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import card_payments

_rows = card_payments.c


async def add_card_payment(tx: AsyncConnection, payment: CardPayment) -> None:
    await tx.execute(insert(card_payments).values(_values(payment)))


async def save_card_payment(tx: AsyncConnection, payment: CardPayment) -> None:
    await tx.execute(update(card_payments).where(_rows.id == payment.id).values(_values(payment)))


async def get_card_payment(tx: AsyncConnection, id: str) -> CardPayment:
    """Raises NoSuchCardPayment."""
    return _found((await tx.execute(select(card_payments).where(_rows.id == id))).first())


async def lock_card_payment(tx: AsyncConnection, id: str) -> CardPayment:
    """Locked, so that the buyer, the platform and the clock act one after the other. Raises NoSuchCardPayment."""
    return _found((await tx.execute(select(card_payments).where(_rows.id == id).with_for_update())).first())


async def list_card_payments(tx: AsyncConnection, reference: str | None, window: Window) -> Page[CardPayment]:
    query = select(card_payments)
    if reference is not None:
        query = query.where(_rows.reference == reference)
    return await read_page(tx, query, _rows.seq, window, _payment)


async def lock_lapsed(tx: AsyncConnection, now: datetime, limit: int) -> Sequence[CardPayment]:
    """Those whose buyer took too long, or whose authorisation ran out."""
    query = select(card_payments).where(lapsed(now)).order_by(_rows.seq).limit(limit).with_for_update(skip_locked=True)
    return [_payment(row) for row in await tx.execute(query)]


def lapsed(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """What the clock has to end."""
    undecided = _rows.status.in_((CardStatus.CREATED, CardStatus.REQUIRES_3DS))
    held = _rows.status.in_((CardStatus.AUTHORISED, CardStatus.CAPTURED))
    return or_(undecided & (_rows.expires_at <= now), held & (_rows.authorised_until <= now))


def lapsed_at(payment: CardPayment, now: datetime) -> bool:
    """The same of one payment."""
    if not payment.is_decided:
        return payment.expires_at <= now
    held = payment.status in (CardStatus.AUTHORISED, CardStatus.CAPTURED)
    return held and payment.authorised_until is not None and payment.authorised_until <= now


def _values(payment: CardPayment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "reference": payment.reference,
        "wallet_id": payment.wallet_id,
        "amount_minor": payment.amount.minor,
        "captured_minor": payment.captured.minor,
        "currency": payment.amount.currency,
        "description": payment.description,
        "return_url": payment.return_url,
        "capture": payment.capture,
        "status": payment.status,
        "failure_reason": payment.failure_reason,
        "behaviour": payment.behaviour,
        "code": payment.code,
        "codes_tried": payment.codes_tried,
        "created_at": payment.created_at,
        "expires_at": payment.expires_at,
        "authorised_until": payment.authorised_until,
    }


def _found(row: Row[Any] | None) -> CardPayment:
    if row is None:
        raise NoSuchCardPayment
    return _payment(row)


def _payment(row: Row[Any]) -> CardPayment:
    return CardPayment(
        row.id,
        row.reference,
        row.wallet_id,
        Money(row.amount_minor, row.currency),
        row.description,
        row.return_url,
        row.capture,
        CardStatus(row.status),
        row.failure_reason,
        Money(row.captured_minor, row.currency),
        row.behaviour,
        row.code,
        row.codes_tried,
        row.created_at,
        row.expires_at,
        row.authorised_until,
    )
