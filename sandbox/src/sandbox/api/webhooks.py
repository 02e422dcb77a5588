"""The log of webhooks, for whoever wonders what the platform was told."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from sandbox.api.common import PageOut, TheWindow, TheWorld, page_out
from sandbox.domain.webhooks import QueuedWebhook, Target
from sandbox.storage.webhooks import list_webhooks

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


class WebhookAnswer(BaseModel):
    """`last_answer` is the HTTP status of the last attempt, or the name of what kept it from one."""

    id: str
    target: Target
    type: str
    attempts: int
    last_answer: str | None
    queued_at: datetime
    delivered_at: datetime | None
    given_up_at: datetime | None


@router.get("")
async def get_webhooks(world: TheWorld, window: TheWindow, target: Target | None = None) -> PageOut[WebhookAnswer]:
    """Webhooks, newest first; a duplicate has the id of its original."""
    async with world.engine.connect() as tx:
        return page_out(await list_webhooks(tx, target, window), _answer)


def _answer(queued: QueuedWebhook) -> WebhookAnswer:
    return WebhookAnswer(
        id=queued.webhook.event_id,
        target=queued.webhook.target,
        type=queued.webhook.type,
        attempts=queued.attempts,
        last_answer=queued.last_answer,
        queued_at=queued.queued_at,
        delivered_at=queued.delivered_at,
        given_up_at=queued.given_up_at,
    )
