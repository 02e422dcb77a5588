"""The world around a mail: a mail server that listens for real, and the services as scripted answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from aiosmtpd import smtp

from chassis.web.internal import INTERNAL_TOKEN_HEADER
from gateway.clients.mail_server import MailServer
from gateway.clients.mail_sources import MailSources
from gateway.clients.services import Services
from gateway.tests.builders import BUYER, a_party, an_order

INTERNAL = "inside"
PDF = b"%PDF-1.7 paper"


class Mailbox:
    """An SMTP server; `reply` is what it says to each mail, `mails` is what it took."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.reply = "250 OK"
        self.at_recipient: str | None = None
        self.connections: list[Any] = []

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections.append(server.transport)
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.at_recipient:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.reply.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.recipients.extend(envelope.rcpt_tos)
        return self.reply

    @contextlib.asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator[MailServer]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: smtp.SMTP(self, hostname="mailbox.test", loop=loop, enable_SMTPUTF8=True), "127.0.0.1", port
        )
        async with server:
            mail_server = MailServer("127.0.0.1", server.sockets[0].getsockname()[1])
            yield mail_server
            mail_server.close()


class World:
    """The services behind the gateway. `answers` may be changed by a test; `asked` is every call that came."""

    def __init__(self) -> None:
        self.party = a_party()
        self.order = an_order()
        self.paper = PDF
        self.quotes = [BUYER, BUYER]
        self.statuses: dict[str, int] = {}
        self.asked: list[str] = []
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        urls = {name: f"http://{name}" for name in ("accounts", "catalog", "orders", "payments")}
        services = Services(client, urls, INTERNAL)
        self.sources = MailSources(services, client, INTERNAL, lambda market: ZoneInfo("Europe/Paris"))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert request.headers[INTERNAL_TOKEN_HEADER] == INTERNAL
        path = request.url.path
        self.asked.append(f"{request.method} {request.url.host}{path}")
        if request.url.host in self.statuses:
            return httpx.Response(self.statuses[request.url.host])
        if path.endswith(("/purchase-order", "/pdf")):
            return httpx.Response(200, content=self.paper)
        if path.endswith("/quotes"):
            return httpx.Response(200, json=[str(bid) for bid in self.quotes])
        if "/quotes/" in path:
            return httpx.Response(200, content=self.paper)
        if path.startswith("/internal/orders/"):
            return httpx.Response(200, json=self.order)
        person = {
            "company_id": str(BUYER),
            "email": "first@bureau-lyon.example",
            "name": "Jean Premier",
            "language": "fr",
        }
        if path.startswith("/internal/people/"):
            return httpx.Response(200, json=person)
        if path.endswith("-links"):
            link = {"link_token": "user.nonce.signature", "expires_at": "2026-11-24T09:00:00Z"}
            return httpx.Response(200, json={**person, **link})
        return httpx.Response(200, json=self.party)
