"""Keep a mail that arrived."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.mails import read_mail
from sandbox.domain.moment import Moment
from sandbox.domain.names import new_name
from sandbox.storage.mails import add_mail


@dataclass(frozen=True, slots=True)
class ReceiveMail:
    """The envelope and the raw message."""

    sender: str
    recipients: Sequence[str]
    raw: bytes


async def receive_mail(command: ReceiveMail, tx: AsyncConnection, now: Moment) -> None:
    mail, attachments = read_mail(new_name("mail"), command.sender, command.recipients, command.raw, now.business)
    await add_mail(tx, mail, attachments)
