"""The mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.errors import NoSuchMail
from sandbox.domain.mails import Attachment, Mail, ReceivedMail, read_attachments, read_mail
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import received_mails


@dataclass(frozen=True, slots=True)
class MailFilter:
    """`to` is one whole address, `subject` a part of it; both ignore case. After = newer than this mail or instant."""

    to: str | None = None
    subject: str | None = None
    after_id: str | None = None
    after_at: datetime | None = None


_rows = received_mails.c
# Whoever waits for a mail asks again and again; what was taken apart once is shown again. A mail never changes.
_READ_MAX = 500
_read: dict[str, Mail] = {}


async def add_mail(tx: AsyncConnection, mail: ReceivedMail) -> None:
    await tx.execute(
        insert(received_mails).values(
            id=mail.id,
            message_id=mail.message_id,
            sender=mail.sender,
            recipients=list(mail.recipients),
            addresses=[recipient.lower() for recipient in mail.recipients],
            subject=mail.subject,
            at=mail.at,
            raw=mail.raw,
        )
    )


async def list_mails(tx: AsyncConnection, wanted: MailFilter, window: Window) -> Page[Mail]:
    query = select(_rows.id, _rows.seq)
    if wanted.to is not None:
        query = query.where(_rows.addresses.contains([wanted.to.lower()]))
    if wanted.subject is not None:
        query = query.where(_rows.subject.icontains(wanted.subject, autoescape=True))
    if wanted.after_id is not None:
        query = query.where(_rows.seq > await _seq_of(tx, wanted.after_id))
    if wanted.after_at is not None:
        query = query.where(_rows.at > wanted.after_at)
    page = await read_page(tx, query, _rows.seq, window, lambda row: str(row.id))
    return Page(await _mails(tx, page.items), page.next_cursor)


async def get_mail(tx: AsyncConnection, mail_id: str) -> Mail:
    """Raises NoSuchMail."""
    found = await _mails(tx, [mail_id])
    if not found:
        raise NoSuchMail
    return found[0]


async def get_attachment(tx: AsyncConnection, mail_id: str, n: int) -> Attachment:
    """Raises NoSuchMail."""
    row = (await tx.execute(select(received_mails).where(_rows.id == mail_id))).first()
    attachments = read_attachments(_received(row)) if row is not None else ()
    if n > len(attachments):
        raise NoSuchMail
    return attachments[n - 1]


async def _seq_of(tx: AsyncConnection, mail_id: str) -> int:
    seq: int | None = await tx.scalar(select(_rows.seq).where(_rows.id == mail_id))
    if seq is None:
        raise NoSuchMail
    return seq


async def _mails(tx: AsyncConnection, ids: Sequence[str]) -> list[Mail]:
    known = {id: _read[id] for id in ids if id in _read}
    if unknown := [id for id in ids if id not in known]:
        for row in await tx.execute(select(received_mails).where(_rows.id.in_(unknown))):
            known[row.id] = read_mail(_received(row))
        _remember(known)
    return [known[id] for id in ids if id in known]


def _remember(mails: dict[str, Mail]) -> None:
    _read.update(mails)
    for id in list(_read)[: max(0, len(_read) - _READ_MAX)]:
        del _read[id]


def _received(row: Row[Any]) -> ReceivedMail:
    return ReceivedMail(row.id, row.message_id, row.sender, tuple(row.recipients), row.subject, row.at, row.raw)
