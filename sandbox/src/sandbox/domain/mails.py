"""Mails as they arrived: from raw bytes to something a person or a test can read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

# Where the headers end.
_HEAD_END = re.compile(rb"\r?\n\r?\n")


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
class ReceivedMail:
    """A mail as it came; sender and recipients are those of the envelope, which headers may hide."""

    id: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One received mail as it is read."""

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


def received(id: str, sender: str, recipients: Sequence[str], raw: bytes, now: datetime) -> ReceivedMail:
    """Look at the few headers that mails are found by."""
    head = _HEAD_END.split(raw, maxsplit=1)[0]
    headers = BytesParser(EmailMessage, policy=policy.default).parsebytes(head, headersonly=True)
    return ReceivedMail(
        id=id,
        message_id=_clean(headers.get("Message-ID", "")),
        sender=_clean(sender),
        recipients=tuple(_clean(recipient) for recipient in recipients),
        subject=_clean(headers.get("Subject", "")),
        at=now,
        raw=raw,
    )


def read_mail(mail: ReceivedMail) -> Mail:
    """Take a raw RFC 5322 message apart; a broken one is shown as far as it can be read."""
    message = _message(mail.raw)
    return Mail(
        id=mail.id,
        message_id=mail.message_id,
        sender=mail.sender,
        recipients=mail.recipients,
        subject=mail.subject,
        at=mail.at,
        headers=tuple((name, _clean(value)) for name, value in message.items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(
            AttachmentInfo(one.n, one.filename, one.content_type, len(one.content)) for one in _attachments(message)
        ),
    )


def read_attachments(mail: ReceivedMail) -> Sequence[Attachment]:
    """What came with a mail."""
    return _attachments(_message(mail.raw))


def _message(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


def _attachments(message: EmailMessage) -> Sequence[Attachment]:
    return [_attachment(n, part) for n, part in enumerate(message.iter_attachments(), start=1)]


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
