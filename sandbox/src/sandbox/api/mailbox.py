"""The mailbox: every mail the platform sent, for people and for tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field, TypeAdapter, ValidationError

from sandbox.api.common import Answer, Instant, Name, PageOut, ReferenceFilter, TheWindow, TheWorld, page_out
from sandbox.api.pages import render
from sandbox.domain.mails import Mail
from sandbox.storage.mails import MailFilter, get_attachment, get_mail, list_mails

router = APIRouter(prefix="/mailbox", tags=["mailbox"])

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


class AttachmentAnswer(Answer):
    """`size` in bytes; fetch the content at …/attachments/{n}."""

    n: int
    filename: str
    content_type: str
    size: int


class MailAnswer(Answer):
    """Sender and recipients are those of the envelope."""

    id: str
    message_id: str
    sender: str = Field(serialization_alias="from")
    recipients: Sequence[str] = Field(serialization_alias="to")
    subject: str
    at: datetime
    attachments: Sequence[AttachmentAnswer]
    text: str


class WholeMailAnswer(MailAnswer):
    html: str


@router.get("", response_class=HTMLResponse)
async def get_mailbox_page(request: Request, world: TheWorld, window: TheWindow) -> HTMLResponse:
    """All mails, newest first, for people."""
    async with world.engine.connect() as tx:
        page = await list_mails(tx, MailFilter(), window)
    return render(request, "mailbox.html", {"page": page})


@router.get("/messages")
async def get_messages(
    world: TheWorld,
    window: TheWindow,
    to: ReferenceFilter = None,
    subject: ReferenceFilter = None,
    after: Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00]*$")] = None,
) -> PageOut[MailAnswer]:
    """Mails newest first: `to` is one whole address, `subject` a part of it, `after` a mail's id or a business time."""
    after_id, after_at = _after(after)
    async with world.engine.connect() as tx:
        page = await list_mails(tx, MailFilter(to, subject, after_id, after_at), window)
    return page_out(page, MailAnswer.model_validate)


@router.get("/messages/{mail_id}")
async def get_message(mail_id: Name, world: TheWorld) -> WholeMailAnswer:
    """One mail with its text and HTML."""
    async with world.engine.connect() as tx:
        return WholeMailAnswer.model_validate(await get_mail(tx, mail_id))


@router.get("/messages/{mail_id}/page", response_class=HTMLResponse)
async def get_message_page(mail_id: Name, request: Request, world: TheWorld) -> HTMLResponse:
    """One mail, for people; its HTML is shown in a frame that can run nothing and fetch nothing."""
    async with world.engine.connect() as tx:
        mail = await get_mail(tx, mail_id)
    return render(request, "mail.html", {"mail": mail, "framed_html": _framed(mail)})


@router.get("/messages/{mail_id}/attachments/{n}")
async def get_message_attachment(mail_id: Name, n: Annotated[int, Path(ge=1, le=10_000)], world: TheWorld) -> Response:
    """The bytes of an attachment, to be saved rather than opened in place."""
    async with world.engine.connect() as tx:
        attachment = await get_attachment(tx, mail_id, n)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(attachment.filename, safe='')}",
        "x-content-type-options": "nosniff",
    }
    return Response(attachment.content, media_type=attachment.content_type, headers=headers)


def _after(text: str | None) -> tuple[str | None, datetime | None]:
    if text is None:
        return None, None
    try:
        # A "+" in an unescaped query arrives as a blank.
        return None, _INSTANT.validate_python(text.replace(" ", "+"))
    except ValidationError:
        return text, None


def _framed(mail: Mail) -> str:
    # Links open beside the mailbox; the frame itself may not navigate.
    return f'<base target="_blank">{mail.html}' if mail.html else ""
