"""A letter as a mail: a text part, an HTML part with the same content, and the attachments, as the bytes that are sent.

The standard library parses every header and every part again to write them. What we write is always of one form, so the
encodings, which are in C, are called directly: a tenth of the work.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr, quote
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from gateway.domain.delivery import Delivery, DeliveryImpossible, FailureReason
from gateway.domain.letter import Letter, Reader

_LAYOUTS = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    # Names of companies come from strangers: in HTML everything is escaped, in plain text there is nothing to escape.
    autoescape=select_autoescape(["html.jinja"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_LINE = "\r\n"
# What would end an address, or the header it stands in.
_NOT_IN_ADDRESS = frozenset("<>,; \t\r\n\x00")
# A name with one of these has to be quoted (RFC 5322, 3.2.3).
_SPECIALS = frozenset('()<>[]:;@\\,."')


@dataclass(frozen=True)
class Attachment:
    """A PDF that goes with a mail; its name is ASCII without quotes."""

    filename: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """A mail as it goes over the wire, with the two addresses of its envelope."""

    sender: str
    recipient: str
    content: bytes

    @property
    def needs_utf8(self) -> bool:
        """Whether an address can only be written where server and reader know RFC 6531."""
        return not (self.sender.isascii() and self.recipient.isascii())


def html_of(letter: Letter) -> str:
    """The HTML part."""
    return _layout("mail.html.jinja").render(letter=letter, words=letter.language.words)


def text_of(letter: Letter) -> str:
    """The text part, always there."""
    return _layout("mail.txt.jinja").render(letter=letter, words=letter.language.words)


def message_of(
    delivery: Delivery, letter: Letter, reader: Reader, attachments: Sequence[Attachment], sender: str, at: datetime
) -> Message:
    """The mail, ready to be sent; the same delivery always has the same Message-ID and boundaries.

    Raises `DeliveryImpossible` for an address that is none.
    """
    if _NOT_IN_ADDRESS & set(reader.email) or not all(reader.email.rpartition("@")):
        raise DeliveryImpossible(FailureReason.NO_ADDRESS)
    name, address = parseaddr(sender)
    headers = [
        f"From: {_mailbox(name, address, 'From')}",
        f"To: {_mailbox(reader.name, reader.email, 'To')}",
        f"Subject: {_encoded(letter.subject, 'Subject')}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: {delivery.message_id}",
        # RFC 3834: nobody's holiday notice should answer; no List-* headers, for this is no mailing list.
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        f"Content-Language: {letter.language.code}",
        "MIME-Version: 1.0",
    ]
    body = _multipart(
        "alternative", f"text-{delivery.id.hex}", [_text("plain", text_of(letter)), _text("html", html_of(letter))]
    )
    if attachments:
        body = _multipart("mixed", f"mail-{delivery.id.hex}", [body, *(_attached(one) for one in attachments)])
    return Message(address, reader.email, _LINE.join(headers).encode() + b"\r\n" + body)


@cache
def _layout(name: str) -> Template:
    return _LAYOUTS.get_template(name)


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    # "=_" comes up in neither of the two encodings, so no line of a part can be taken for the boundary (RFC 2045, 6.7).
    mark = f"=_{boundary}".encode()
    head = b'Content-Type: multipart/%s;\r\n boundary="%s"\r\n\r\n' % (subtype.encode(), mark)
    return head + b"".join(b"--%s\r\n%s\r\n" % (mark, part) for part in parts) + b"--%s--\r\n" % mark


def _text(subtype: str, text: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8{_LINE}Content-Transfer-Encoding: quoted-printable{_LINE * 2}"
    lines = text.replace("\n", _LINE).encode()
    return head.encode() + binascii.b2a_qp(lines, istext=True)


def _attached(attachment: Attachment) -> bytes:
    head = (
        f"Content-Type: application/pdf{_LINE}Content-Transfer-Encoding: base64{_LINE}"
        f'Content-Disposition: attachment; filename="{attachment.filename}"{_LINE * 2}'
    )
    return head.encode() + base64.encodebytes(attachment.content).replace(b"\n", b"\r\n")


def _mailbox(name: str, address: str, header: str) -> str:
    """`Jeanne Petit <jeanne@bureau.example>`."""
    line = _one_line(name)
    if not line:
        return address
    if not _is_plain(line):
        return f"{_encoded(line, header)}{_LINE} <{address}>"
    if _SPECIALS & set(line):
        line = f'"{quote(line)}"'
    return f"{line} <{address}>"


def _encoded(text: str, header: str) -> str:
    """The text as a header holds it (RFC 2047 where it is not plain ASCII), in lines of the length that is allowed."""
    line = _one_line(text)
    return Header(line, "us-ascii" if _is_plain(line) else "utf-8", header_name=header).encode(linesep=_LINE)


def _is_plain(text: str) -> bool:
    # Whoever writes like an encoded word must not be decoded.
    return text.isascii() and "=?" not in text


def _one_line(text: str) -> str:
    """A line break in a name must not start a header of its own."""
    return " ".join(text.split())
