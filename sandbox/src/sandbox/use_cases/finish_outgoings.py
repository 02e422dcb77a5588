"""Let pay-outs and refunds that are due arrive, or come back, and tell the platform."""

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.moment import Moment
from sandbox.domain.moves import BANK, IN_TRANSIT, Outgoing
from sandbox.domain.names import new_name
from sandbox.domain.webhooks import make_webhook
from sandbox.storage.card_captures import change_capture_refunded
from sandbox.storage.closed_ibans import is_closed
from sandbox.storage.credits import change_refunded
from sandbox.storage.journal import move_money
from sandbox.storage.outgoings import DueOutgoing, finish_outgoing, lock_due_outgoings
from sandbox.storage.webhooks import queue_webhook

_BATCH_MAX = 50


async def finish_outgoings(tx: AsyncConnection, now: Moment) -> int:
    """Finish what is due at `now.real`; returns how many."""
    due = await lock_due_outgoings(tx, now.real, _BATCH_MAX)
    for one in due:
        reason = await _failure_reason(tx, one)
        await (_settle(tx, one.outgoing, now) if reason is None else _give_back(tx, one.outgoing, reason, now))
    return len(due)


async def _failure_reason(tx: AsyncConnection, due: DueOutgoing) -> str | None:
    if await is_closed(tx, due.outgoing.creditor_iban):
        return "account_closed"
    return "refused_by_bank" if due.told_to_fail else None


async def _settle(tx: AsyncConnection, outgoing: Outgoing, now: Moment) -> None:
    settled = replace(outgoing, status="settled", finished_at=now.business)
    await _move(tx, settled, BANK, now)
    await _close(tx, settled, now)


async def _give_back(tx: AsyncConnection, outgoing: Outgoing, reason: str, now: Moment) -> None:
    failed = replace(outgoing, status="failed", failure_reason=reason, finished_at=now.business)
    await _move(tx, failed, failed.wallet_id, now)
    if failed.credit_id is not None:
        await change_refunded(tx, failed.credit_id, -failed.amount.minor)
    if failed.capture_id is not None:
        await change_capture_refunded(tx, failed.capture_id, -failed.amount.minor)
    await _close(tx, failed, now)


async def _move(tx: AsyncConnection, outgoing: Outgoing, to_account: str, now: Moment) -> None:
    kind = f"{outgoing.kind}.{outgoing.status}"
    await move_money(tx, kind, IN_TRANSIT, to_account, outgoing.amount, outgoing.reference, outgoing.id, now.business)


async def _close(tx: AsyncConnection, outgoing: Outgoing, now: Moment) -> None:
    await finish_outgoing(tx, outgoing)
    data: dict[str, Any] = {
        "id": outgoing.id,
        "reference": outgoing.reference,
        "amount": {"amount": outgoing.amount.minor, "currency": outgoing.amount.currency},
        "status": outgoing.status,
        "failure_reason": outgoing.failure_reason,
    }
    webhook = make_webhook(new_name("evt"), "psp", f"{outgoing.kind}.{outgoing.status}", data, now.business)
    await queue_webhook(tx, webhook, now.real)
