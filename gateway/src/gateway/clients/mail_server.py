"""The mail server: takes a mail, refuses it for good, or could not be asked (then the errand tries again)."""

import asyncio
import contextlib
import time

import aiosmtplib
from aiosmtplib import SMTP, SMTPNotSupported, SMTPResponseException, SMTPServerDisconnected

from gateway.clients.mail_paper import Message
from gateway.domain.delivery import DeliveryImpossible, FailureReason

TIMEOUT_SECONDS = 20.0
KEPT_SECONDS = 10.0
# However many mails are written side by side: each connection is greeted, and kept, and mail servers count them.
CONNECTIONS_MAX = 4
_IMPLICIT_TLS_PORT = 465
# RFC 5321: a 4xx reply is about this moment, a 5xx reply is about this mail.
_FOR_GOOD = range(500, 600)


class MailServer:
    """Without a user name it is our own relay next door; with one, the password only ever goes over TLS.

    A connection is kept for the next mail: greeting and sign-in cost more than the mail itself.
    """

    def __init__(self, host: str, port: int, username: str | None = None, password: str | None = None) -> None:
        self.host = host
        self.port = port
        self._username = username
        self._password = password
        self._free: list[tuple[float, SMTP]] = []
        self._connections = asyncio.Semaphore(CONNECTIONS_MAX)

    async def send(self, message: Message) -> None:
        """Hand the mail over. Raises `DeliveryImpossible` for a final refusal, anything else may pass."""
        try:
            async with self._connections:
                if not await self._send_over_kept(message):
                    await self._send_over(await self._connected(), message)
        except SMTPResponseException as refusal:
            # A wrong password is our mistake, not the reader's: it is put right and the mail then goes out.
            ours = isinstance(refusal, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPHeloError)
            if refusal.code in _FOR_GOOD and not ours:
                raise DeliveryImpossible(FailureReason.REFUSED) from refusal
            raise

    def close(self) -> None:
        """Give up the connections that are kept."""
        while self._free:
            self._free.pop()[1].close()

    async def _send_over_kept(self, message: Message) -> bool:
        while self._free:
            kept_since, connection = self._free.pop()
            if time.monotonic() - kept_since < KEPT_SECONDS:
                # The server may have closed it in the meantime: then the mail goes over another one.
                with contextlib.suppress(SMTPServerDisconnected):
                    await self._send_over(connection, message)
                    return True
            connection.close()
        return False

    async def _send_over(self, connection: SMTP, message: Message) -> None:
        try:
            await _transact(connection, message)
        except BaseException:
            # Nobody knows what the server still expects of this connection.
            connection.close()
            raise
        self._free.append((time.monotonic(), connection))

    async def _connected(self) -> SMTP:
        implicit_tls = self.port == _IMPLICIT_TLS_PORT
        connection = SMTP(
            hostname=self.host,
            port=self.port,
            username=self._username,
            password=self._password,
            use_tls=implicit_tls,
            start_tls=True if self._username and not implicit_tls else None,
            timeout=TIMEOUT_SECONDS,
            # Asking the machine for its full name can take seconds where name service is slow.
            local_hostname="regrade.local",
        )
        await connection.connect()
        return connection


async def _transact(connection: SMTP, message: Message) -> None:
    # Not `sendmail`: it goes through the whole mail once more to tell its size, and undoes a failed transaction on a
    # connection that we close then anyway.
    options: list[str] = []
    if message.needs_utf8:
        await connection.ehlo()
        if not connection.supports_extension("smtputf8"):
            raise SMTPNotSupported("SMTPUTF8 is not supported by this server")
        options.append("SMTPUTF8")
    encoding = "utf-8" if options else "ascii"
    await connection.mail(message.sender, options=options, encoding=encoding)
    await connection.rcpt(message.recipient, encoding=encoding)
    await connection.data(message.content)
