"""Card payments and their captures: rows ↔ aggregates."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.dialects.postgresql import insert

from chassis.db.repository import Repository
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.card_payment import CaptureState, CardCapture, CardPayment, CardState
from payments.domain.errors import NoSuchCardPayment
from payments.domain.refund import Source, SourceKind
from payments.domain.tender import Share
from payments.storage import tables

_captures = tables.card_captures.c
_TAKEN = (CaptureState.CAPTURED, CaptureState.SETTLED)


class CardPaymentRepository(Repository[CardPayment]):
    """One attempt of a payment waits for its buyer at a time (unique in the database)."""

    table = tables.card_payments
    not_found = NoSuchCardPayment

    async def of_payment(self, payment_id: Id) -> list[CardPayment]:
        """Every attempt, the first one first."""
        found = await self.where(self.table.c.payment_id == payment_id)
        return sorted(found, key=lambda card: card.attempt)

    async def captures_of(self, card_payment_id: Id) -> list[CardCapture]:
        """In the order in which they were wanted."""
        return await self._captures(_captures.card_payment_id == card_payment_id)

    async def find_capture(self, id: Id) -> CardCapture | None:
        """By our id of it."""
        return next(iter(await self._captures(_captures.id == id)), None)

    async def capture_of_shipment(self, shipment_id: Id) -> CardCapture | None:
        """A shipment is captured once."""
        return next(iter(await self._captures(_captures.shipment_id == shipment_id)), None)

    async def store_capture(self, capture: CardCapture) -> None:
        """Insert or overwrite."""
        row = {
            "id": capture.id,
            "card_payment_id": capture.card_payment_id,
            "order_id": capture.order_id,
            "buyer_id": capture.buyer_id,
            "wallet_id": capture.wallet_id,
            "currency": capture.amount.currency,
            "amount_minor": capture.amount.minor,
            "applied_minor": capture.applied.minor,
            "state": capture.state,
            "wanted_at": capture.wanted_at,
            "seller_order_id": capture.seller_order_id,
            "shipment_id": capture.shipment_id,
            "provider_id": capture.provider_id,
            "failure_reason": capture.failure_reason,
        }
        changed = {key: value for key, value in row.items() if key != "id"}
        statement = insert(tables.card_captures).values(row).on_conflict_do_update(index_elements=["id"], set_=changed)
        await self._connection.execute(statement)

    async def shares_of(self, order_id: Id) -> list[Share]:
        """What captures put on an order, in the order in which they came."""
        taken = await self._captures(_captures.order_id == order_id, _captures.state.in_(_TAKEN))
        return [_share(capture) for capture in taken if capture.applied.minor]

    async def _captures(self, *conditions: ColumnElement[bool]) -> list[CardCapture]:
        statement = select(tables.card_captures).where(*conditions).order_by(_captures.wanted_at, _captures.id)
        return [_capture(row) for row in (await self._connection.execute(statement)).all()]

    def to_row(self, aggregate: CardPayment) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "payment_id": aggregate.payment_id,
            "order_id": aggregate.order_id,
            "buyer_id": aggregate.buyer_id,
            "number": aggregate.number,
            "attempt": aggregate.attempt,
            "state": aggregate.state,
            "currency": aggregate.amount.currency,
            "amount_minor": aggregate.amount.minor,
            "stands_for_minor": aggregate.stands_for.minor,
            "captured_minor": aggregate.captured.minor,
            "capture_moment": aggregate.capture_moment,
            "wallet_id": aggregate.wallet_id,
            "created_at": aggregate.created_at,
            "expires_at": aggregate.expires_at,
            "provider_id": aggregate.provider_id,
            "hosted_page": aggregate.hosted_page,
            "valid_until": aggregate.valid_until,
            "failure_reason": aggregate.failure_reason,
        }

    def from_row(self, row: Mapping[str, Any]) -> CardPayment:
        """The aggregate."""
        currency = row["currency"]
        return CardPayment(
            id=row["id"],
            version=row["version"],
            payment_id=row["payment_id"],
            order_id=row["order_id"],
            buyer_id=row["buyer_id"],
            number=row["number"],
            attempt=row["attempt"],
            state=CardState(row["state"]),
            amount=Money(row["amount_minor"], currency),
            stands_for=Money(row["stands_for_minor"], currency),
            captured=Money(row["captured_minor"], currency),
            capture_moment=row["capture_moment"],
            wallet_id=row["wallet_id"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            provider_id=row["provider_id"],
            hosted_page=row["hosted_page"],
            valid_until=row["valid_until"],
            failure_reason=row["failure_reason"],
        )


def _capture(row: Row[Any]) -> CardCapture:
    return CardCapture(
        id=row.id,
        card_payment_id=row.card_payment_id,
        order_id=row.order_id,
        buyer_id=row.buyer_id,
        wallet_id=row.wallet_id,
        amount=Money(row.amount_minor, row.currency),
        applied=Money(row.applied_minor, row.currency),
        state=CaptureState(row.state),
        wanted_at=row.wanted_at,
        seller_order_id=row.seller_order_id,
        shipment_id=row.shipment_id,
        provider_id=row.provider_id,
        failure_reason=row.failure_reason,
    )


def _share(capture: CardCapture) -> Share:
    assert capture.provider_id is not None, "what was taken has the provider's id"
    source = Source(SourceKind.CARD_CAPTURE, capture.id, capture.provider_id, capture.wallet_id)
    return Share(source, capture.applied)
