"""The errand behind a delivery: write the mail, hand it to the mail server, record the end.

A crash between the handing over and the record sends the mail again, with the same Message-ID: better twice than never.
"""

from functools import partial
from typing import Any, Protocol

import structlog

from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id
from gateway.clients.mail_desk import MailDesk
from gateway.clients.mail_paper import Message
from gateway.domain.delivery import Delivery, DeliveryImpossible, DeliveryState
from gateway.use_cases.mark_failed import MarkFailed, mark_failed
from gateway.use_cases.mark_sent import MarkSent, mark_sent

log = structlog.get_logger(__name__)


class Post(Protocol):
    """Whoever takes mails."""

    async def send(self, message: Message) -> None: ...


class Deliveries(Protocol):
    """Reads deliveries as they are now."""

    async def get(self, id: Id) -> Delivery: ...


class MailErrand:
    """Raises, and is run again later, while a service or the mail server is away."""

    def __init__(self, executor: Executor[Any], deliveries: Deliveries, desk: MailDesk, post: Post) -> None:
        self._executor = executor
        self._deliveries = deliveries
        self._desk = desk
        self._post = post

    async def __call__(self, timer: DueTimer) -> None:
        """Send the mail of one delivery; one that has ended is left alone."""
        delivery = await self._deliveries.get(timer.key)
        if delivery.state is not DeliveryState.PENDING:
            return
        facts = {"delivery_id": str(delivery.id), "template": str(delivery.template)}
        try:
            mail = await self._desk.write(delivery)
            await self._post.send(mail.message)
        except DeliveryImpossible as impossible:
            log.warning("mail.given_up", reason=str(impossible.reason), **facts)
            await self._executor.run(partial(mark_failed, MarkFailed(delivery.id, impossible.reason)))
            return
        await self._executor.run(partial(mark_sent, MarkSent(delivery.id, mail.company_id)))
        log.info("mail.sent", **facts)
