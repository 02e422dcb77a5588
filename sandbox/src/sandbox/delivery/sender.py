"""Send queued webhooks to the platform until it says 2xx, each on its own so that a slow one blocks nobody."""

import asyncio

import httpx
import structlog

from sandbox.delivery.signing import signed_headers
from sandbox.domain.webhooks import QueuedWebhook
from sandbox.storage.webhooks import claim_due_webhooks, note_delivered, note_not_delivered
from sandbox.world import World

log = structlog.get_logger(__name__)

_UNDER_WAY_MAX = 32


class WebhookSender:
    """Claims what is due and sends it, at most 32 messages at a time."""

    def __init__(self, world: World, client: httpx.AsyncClient) -> None:
        self._world = world
        self._client = client
        self._under_way: set[asyncio.Task[None]] = set()

    async def start_due(self) -> int:
        """Start sending what is due and fits; returns how many were started."""
        free = _UNDER_WAY_MAX - len(self._under_way)
        if free == 0:
            return 0
        async with self._world.engine.begin() as tx:
            claimed = await claim_due_webhooks(tx, self._world.now().real, free)
        for queued in claimed:
            task = asyncio.create_task(self._send(queued))
            self._under_way.add(task)
            task.add_done_callback(self._finished)
        return len(claimed)

    async def stop(self) -> None:
        """Let go of what is under way; its claims run out and it is sent again after the next start."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._world.bell.set()
        if not task.cancelled() and (reason := task.exception()):
            log.error("webhook_sending_broke", reason=repr(reason))

    async def _send(self, queued: QueuedWebhook) -> None:
        delivered, answer = await self._attempt(queued)
        note = note_delivered if delivered else note_not_delivered
        async with self._world.engine.begin() as tx:
            await note(tx, queued, answer, self._world.now().real)
        log.info(
            "webhook_sent",
            id=queued.webhook.event_id,
            type=queued.webhook.type,
            delivered=delivered,
            answer=answer,
            attempt=queued.attempts + 1,
        )

    async def _attempt(self, queued: QueuedWebhook) -> tuple[bool, str]:
        settings, webhook = self._world.settings, queued.webhook
        secret = settings.psp_webhook_secret if webhook.target == "psp" else settings.carrier_webhook_secret
        headers = signed_headers(webhook, secret, self._world.now().real)
        url = f"{settings.gateway_url}/v1/webhooks/{webhook.target}"
        try:
            answer = await self._client.post(url, content=webhook.body.encode(), headers=headers)
        except httpx.HTTPError as reason:
            return False, type(reason).__name__
        return answer.is_success, str(answer.status_code)
