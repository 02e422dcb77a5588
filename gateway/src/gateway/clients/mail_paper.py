"""A letter as a mail: a text part, an HTML part with the same content, and the attachments."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from gateway.domain.delivery import Delivery
from gateway.domain.letter import Letter, Reader

_LAYOUTS = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    # Names of companies come from strangers: in HTML everything is escaped, in plain text there is nothing to escape.
    autoescape=select_autoescape(["html.jinja"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Attachment:
    """A PDF that goes with a mail."""

    filename: str
    content: bytes


def html_of(letter: Letter) -> str:
    """The HTML part."""
    return _LAYOUTS.get_template("mail.html.jinja").render(letter=letter, words=letter.language.words)


def text_of(letter: Letter) -> str:
    """The text part, always there."""
    return _LAYOUTS.get_template("mail.txt.jinja").render(letter=letter, words=letter.language.words)


def message_of(
    delivery: Delivery, letter: Letter, reader: Reader, attachments: list[Attachment], sender: str, at: datetime
) -> EmailMessage:
    """The mail, ready to be sent; the same delivery always has the same Message-ID."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    user, _, domain = reader.email.rpartition("@")
    message["To"] = Address(_one_line(reader.name), user, domain)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = delivery.message_id
    # RFC 3834: nobody's holiday notice should answer; no List-* headers, for this is no mailing list.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text_of(letter))
    message.add_alternative(html_of(letter), subtype="html")
    for attachment in attachments:
        message.add_attachment(attachment.content, "application", "pdf", filename=attachment.filename)
    # Last, for adding parts moves the Content- headers into the first of them.
    message["Content-Language"] = letter.language.code
    return message


def _one_line(text: str) -> str:
    """A line break in a name must not start a header of its own."""
    return " ".join(text.split())
