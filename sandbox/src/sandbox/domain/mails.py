"""Mails as they arrived: from raw bytes to something a person or a test can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message


@dataclass(frozen=True, slots=True)
class Attachment:
    """`n` counts from 1 within its mail."""

    n: int
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    """An attachment without its bytes; `size` is in bytes."""

    n: int
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """One received mail; sender and recipients are those of the envelope, which headers may hide."""

    id: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    at: datetime
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[AttachmentInfo, ...]


def read_mail(
    id: str, sender: str, recipients: Sequence[str], raw: bytes, now: datetime
) -> tuple[Mail, tuple[Attachment, ...]]:
    """Take a raw RFC 5322 message apart; a broken one is kept as far as it can be read."""
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    attachments = tuple(_attachment(n, part) for n, part in enumerate(message.iter_attachments(), start=1))
    mail = Mail(
        id=id,
        message_id=_clean(message.get("Message-ID", "")),
        sender=_clean(sender),
        recipients=tuple(_clean(recipient) for recipient in recipients),
        subject=_clean(message.get("Subject", "")),
        at=now,
        headers=tuple((name, _clean(value)) for name, value in message.items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(AttachmentInfo(a.n, a.filename, a.content_type, len(a.content)) for a in attachments),
    )
    return mail, attachments


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body(preferencelist=(subtype,))
    if part is None:
        return ""
    try:
        return _clean(part.get_content())
    except LookupError:
        # An unknown character set: readable ASCII is better than a lost mail.
        return _clean(_payload(part).decode("ascii", "replace"))


def _attachment(n: int, part: EmailMessage) -> Attachment:
    whole = part.get_content_maintype() in ("multipart", "message")
    content = part.as_bytes() if whole else _payload(part)
    return Attachment(n, _clean(part.get_filename() or f"attachment-{n}"), part.get_content_type(), content)


def _payload(part: Message) -> bytes:
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _clean(text: object) -> str:
    # PostgreSQL text holds every character except this one.
    return str(text).replace("\x00", "")
