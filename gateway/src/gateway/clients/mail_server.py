"""The mail server: takes a mail, refuses it for good, or could not be asked (then the errand tries again)."""

from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import SMTPRecipientsRefused, SMTPResponseException

from gateway.domain.delivery import DeliveryImpossible, FailureReason

TIMEOUT_SECONDS = 20.0
_IMPLICIT_TLS_PORT = 465
# RFC 5321: a 4xx reply is about this moment, a 5xx reply is about this mail.
_FOR_GOOD = range(500, 600)


@dataclass(frozen=True)
class MailServer:
    """Without a user name it is our own relay next door; with one, the password only ever goes over TLS."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None

    async def send(self, message: EmailMessage) -> None:
        """Hand the mail over. Raises `DeliveryImpossible` for a final refusal, anything else may pass."""
        implicit_tls = self.port == _IMPLICIT_TLS_PORT
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                use_tls=implicit_tls,
                start_tls=True if self.username and not implicit_tls else None,
                timeout=TIMEOUT_SECONDS,
                # Asking the machine for its full name can take seconds where name service is slow.
                local_hostname="regrade.local",
            )
        except SMTPRecipientsRefused as refusal:
            _give_up_on([recipient.code for recipient in refusal.recipients])
            raise
        except SMTPResponseException as refusal:
            # A wrong password is our mistake, not the reader's: it is put right and the mail then goes out.
            if not isinstance(refusal, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPHeloError):
                _give_up_on([refusal.code])
            raise


def _give_up_on(codes: list[int]) -> None:
    if all(code in _FOR_GOOD for code in codes):
        raise DeliveryImpossible(FailureReason.REFUSED)
