"""Keep a mail that arrived."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.mails import received
from sandbox.domain.moment import Moment
from sandbox.domain.names import new_name
from sandbox.storage.mails import add_mail


@dataclass(frozen=True, slots=True)
class ReceiveMail:
    """The envelope and the raw message."""

    sender: str
    recipients: Sequence[str]
    raw: bytes


async def receive_mail(command: ReceiveMail, connection: AsyncConnection, now: Moment) -> None:
    """One statement, so it needs no transaction around it."""
    await add_mail(
        connection, received(new_name("mail"), command.sender, command.recipients, command.raw, now.business)
    )
