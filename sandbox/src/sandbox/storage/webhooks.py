"""The durable queue of webhooks: what was decided is sent, at least once, even after a crash."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.webhooks import GIVE_UP_AFTER, QueuedWebhook, Target, Webhook, plan_sending, retry_after
from sandbox.storage.faults import take_fault
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import webhooks

# A claimed message that nobody reports on (the process died) is due again after this time.
_CLAIMED_FOR = timedelta(seconds=30)


async def queue_webhook(tx: AsyncConnection, webhook: Webhook, now: datetime) -> None:
    """Queue in the transaction of the fact it tells; a fault at `<target>.webhooks` bends it. `now` is real time."""
    sending = plan_sending(await take_fault(tx, f"{webhook.target}.webhooks"))
    for _ in range(sending.copies):
        await tx.execute(
            insert(webhooks).values(
                event_id=webhook.event_id,
                target=webhook.target,
                type=webhook.type,
                body=webhook.body,
                created_at=webhook.created_at,
                queued_at=now,
                next_attempt_at=now + sending.wait,
                held=sending.held,
                attempts=0,
            )
        )


async def claim_due_webhooks(tx: AsyncConnection, now: datetime, limit: int) -> Sequence[QueuedWebhook]:
    """Take what is due; nobody else gets it until the claim runs out."""
    due = (
        select(webhooks.c.seq)
        .where(webhooks.c.delivered_at.is_(None), webhooks.c.given_up_at.is_(None), webhooks.c.next_attempt_at <= now)
        .order_by(webhooks.c.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(webhooks)
        .where(webhooks.c.seq.in_(due))
        .values(next_attempt_at=now + _CLAIMED_FOR)
        .returning(*webhooks.c)
    )
    return sorted((_queued(row) for row in await tx.execute(claim)), key=lambda queued: queued.seq)


async def note_delivered(tx: AsyncConnection, queued: QueuedWebhook, answer: str, now: datetime) -> None:
    """Done; a held message for the same receiver has now been overtaken and may go."""
    await tx.execute(
        update(webhooks)
        .where(webhooks.c.seq == queued.seq)
        .values(delivered_at=now, attempts=queued.attempts + 1, last_answer=answer)
    )
    overtaken = (
        webhooks.c.held,
        webhooks.c.target == queued.webhook.target,
        webhooks.c.seq < queued.seq,
        webhooks.c.attempts == 0,
        webhooks.c.delivered_at.is_(None),
    )
    await tx.execute(update(webhooks).where(*overtaken).values(held=False, next_attempt_at=now))


async def note_not_delivered(tx: AsyncConnection, queued: QueuedWebhook, answer: str, now: datetime) -> None:
    """Try again later, or give up after three days."""
    attempts = queued.attempts + 1
    given_up_at = now if now - queued.queued_at >= GIVE_UP_AFTER else None
    await tx.execute(
        update(webhooks)
        .where(webhooks.c.seq == queued.seq)
        .values(
            attempts=attempts,
            last_answer=answer,
            given_up_at=given_up_at,
            next_attempt_at=now + retry_after(attempts),
        )
    )


async def list_webhooks(tx: AsyncConnection, target: Target | None, window: Window) -> Page[QueuedWebhook]:
    query = select(webhooks)
    if target is not None:
        query = query.where(webhooks.c.target == target)
    return await read_page(tx, query, webhooks.c.seq, window, _queued)


def _queued(row: Row[Any]) -> QueuedWebhook:
    webhook = Webhook(row.event_id, row.target, row.type, row.body, row.created_at)
    return QueuedWebhook(
        row.seq, webhook, row.attempts, row.queued_at, row.delivered_at, row.given_up_at, row.last_answer
    )
