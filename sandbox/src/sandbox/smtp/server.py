"""SMTP in the same event loop as everything else, so that mails and faults share one database pool."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.domain import faults
from sandbox.use_cases.receive_mail import ReceiveMail, receive_mail
from sandbox.world import World

log = structlog.get_logger(__name__)

_MESSAGE_BYTES_MAX = 32 * 1024 * 1024


class MailDoor:
    """aiosmtpd calls this for every message that was handed over."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = await self._world.take_fault("smtp")
        mode = fault.mode if fault else None
        if mode == faults.ERROR_500:
            return "451 The sandbox was told to fail here"
        if mode == faults.TIMEOUT_BEFORE:
            await asyncio.sleep(self._world.settings.hang_seconds_max)
            return "451 The sandbox was told not to answer here"
        if fault and mode == faults.DELAY:
            await asyncio.sleep(fault.delay_seconds)
        copies = {faults.DROP: 0, faults.DUPLICATE: 2}.get(mode or "", 1)
        for _ in range(copies):
            await self._keep(envelope)
        if mode == faults.TIMEOUT_AFTER_SUCCESS:
            await asyncio.sleep(self._world.settings.hang_seconds_max)
            return "451 The sandbox was told not to answer here"
        return "250 Message accepted"

    async def _keep(self, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        command = ReceiveMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw)
        async with self._world.statements.connect() as connection:
            await receive_mail(command, connection, self._world.now())
        log.info("mail_received", size=len(raw), recipients=len(command.recipients))


@asynccontextmanager
async def smtp_server(world: World) -> AsyncIterator[None]:
    """Listen while the context is open."""
    door = MailDoor(world)

    def connection() -> Any:
        return SMTP(door, data_size_limit=_MESSAGE_BYTES_MAX, enable_SMTPUTF8=True, hostname="sandbox.invalid")

    settings = world.settings
    server = await asyncio.get_running_loop().create_server(connection, settings.smtp_host, settings.smtp_port)
    try:
        yield
    finally:
        server.close()
