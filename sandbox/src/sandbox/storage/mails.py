"""The mailbox."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.errors import NoSuchMail
from sandbox.domain.mails import Attachment, AttachmentInfo, Mail
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import mail_attachments, mail_recipients, mails


@dataclass(frozen=True, slots=True)
class MailFilter:
    """`to` is one whole address, `subject` a part of it; both ignore case. After = newer than this mail or instant."""

    to: str | None = None
    subject: str | None = None
    after_id: str | None = None
    after_at: datetime | None = None


async def add_mail(tx: AsyncConnection, mail: Mail, attachments: Sequence[Attachment]) -> None:
    await tx.execute(
        insert(mails).values(
            id=mail.id,
            message_id=mail.message_id,
            sender=mail.sender,
            subject=mail.subject,
            at=mail.at,
            headers=[list(header) for header in mail.headers],
            text=mail.text,
            html=mail.html,
        )
    )
    recipients = [{"mail_id": mail.id, "n": n, "address": to} for n, to in enumerate(mail.recipients, start=1)]
    await tx.execute(insert(mail_recipients), recipients)
    if attachments:
        rows = [
            {"mail_id": mail.id, "n": a.n, "filename": a.filename, "content_type": a.content_type, "content": a.content}
            for a in attachments
        ]
        await tx.execute(insert(mail_attachments), rows)


async def list_mails(tx: AsyncConnection, wanted: MailFilter, window: Window) -> Page[Mail]:
    query = select(mails)
    if wanted.to is not None:
        received = select(mail_recipients.c.mail_id).where(func.lower(mail_recipients.c.address) == wanted.to.lower())
        query = query.where(mails.c.id.in_(received))
    if wanted.subject is not None:
        query = query.where(mails.c.subject.icontains(wanted.subject, autoescape=True))
    if wanted.after_id is not None:
        query = query.where(mails.c.seq > await _seq_of(tx, wanted.after_id))
    if wanted.after_at is not None:
        query = query.where(mails.c.at > wanted.after_at)
    page = await read_page(tx, query, mails.c.seq, window, lambda row: row)
    return Page(await _with_parts(tx, page.items), page.next_cursor)


async def get_mail(tx: AsyncConnection, mail_id: str) -> Mail:
    """Raises NoSuchMail."""
    row = (await tx.execute(select(mails).where(mails.c.id == mail_id))).first()
    if row is None:
        raise NoSuchMail
    return (await _with_parts(tx, [row]))[0]


async def get_attachment(tx: AsyncConnection, mail_id: str, n: int) -> Attachment:
    """Raises NoSuchMail."""
    query = select(mail_attachments).where(mail_attachments.c.mail_id == mail_id, mail_attachments.c.n == n)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NoSuchMail
    return Attachment(row.n, row.filename, row.content_type, row.content)


async def _seq_of(tx: AsyncConnection, mail_id: str) -> int:
    seq: int | None = await tx.scalar(select(mails.c.seq).where(mails.c.id == mail_id))
    if seq is None:
        raise NoSuchMail
    return seq


async def _with_parts(tx: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Mail]:
    ids = [row.id for row in rows]
    recipients: dict[str, list[str]] = defaultdict(list)
    to = select(mail_recipients).where(mail_recipients.c.mail_id.in_(ids)).order_by(mail_recipients.c.n)
    for row in await tx.execute(to):
        recipients[row.mail_id].append(row.address)
    attachments: dict[str, list[AttachmentInfo]] = defaultdict(list)
    table = mail_attachments.c
    infos = select(table.mail_id, table.n, table.filename, table.content_type, func.length(table.content).label("size"))
    for row in await tx.execute(infos.where(table.mail_id.in_(ids)).order_by(table.n)):
        attachments[row.mail_id].append(AttachmentInfo(row.n, row.filename, row.content_type, row.size))
    return [_mail(row, recipients[row.id], attachments[row.id]) for row in rows]


def _mail(row: Row[Any], recipients: Sequence[str], attachments: Sequence[AttachmentInfo]) -> Mail:
    return Mail(
        row.id,
        row.message_id,
        row.sender,
        tuple(recipients),
        row.subject,
        row.at,
        tuple((name, value) for name, value in row.headers),
        row.text,
        row.html,
        tuple(attachments),
    )
