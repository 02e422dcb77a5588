"""A capture's money reached the wallet: P2 from the card schemes to the provider's cash."""

from dataclasses import replace
from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain import ledger_rules
from payments.domain.card_payment import CaptureState, CardCapture
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry


async def settle_capture(capture: CardCapture, order_id: Id, uow: UnitOfWork, now: datetime) -> bool:
    """Dr psp.cash Cr psp.card, once. False if it is settled already, or was never captured."""
    if capture.state != CaptureState.CAPTURED:
        return False
    await uow.card_payments.store_capture(replace(capture, state=CaptureState.SETTLED))
    await post_entry(ledger_rules.card_settled(order_id, capture.amount), f"card_capture/{capture.id}", uow, now)
    return True
