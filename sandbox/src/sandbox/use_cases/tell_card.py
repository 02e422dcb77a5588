"""Tell the platform what happened to a card payment."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.cards import CardCapture, CardPayment
from sandbox.domain.moment import Moment
from sandbox.domain.names import new_name
from sandbox.domain.webhooks import make_webhook
from sandbox.storage.webhooks import queue_webhook


async def tell_card(
    tx: AsyncConnection, fact: str, payment: CardPayment, now: Moment, capture: CardCapture | None = None
) -> None:
    """`card_payment.<fact>` with the payment as it stands now, and the capture that the fact is about."""
    until = payment.authorised_until
    data: dict[str, Any] = {
        "id": payment.id,
        "reference": payment.reference,
        "amount": _json(payment.amount),
        "captured": _json(payment.captured),
        "status": payment.status,
        "failure_reason": payment.failure_reason,
        "authorised_until": until.isoformat() if until else None,
        "capture": _capture_data(capture) if capture else None,
    }
    webhook = make_webhook(new_name("evt"), "psp", f"card_payment.{fact}", data, now.business)
    await queue_webhook(tx, webhook, now.real)


def _capture_data(capture: CardCapture) -> dict[str, Any]:
    return {
        "id": capture.id,
        "reference": capture.reference,
        "amount": _json(capture.amount),
        "status": capture.status,
        "failure_reason": capture.failure_reason,
    }


def _json(amount: Money) -> dict[str, Any]:
    return {"amount": amount.minor, "currency": amount.currency}
