"""The environment variables that only payments needs, typed; read by main only."""

from dataclasses import dataclass
from typing import Self

from chassis.settings import Settings


@dataclass(frozen=True)
class PaymentsSettings:
    """See `docs/how-to/configure.md`. The platform is who earns the commission; `psp_name` stands on documents."""

    psp_url: str
    psp_api_key: str
    psp_webhook_secret: str
    psp_name: str
    platform_name: str
    platform_country: str
    second_signature_days: int

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """Read the variables, or say which one is missing."""
        optional = settings.environment.get
        return cls(
            psp_url=settings.need("PSP_URL"),
            psp_api_key=settings.need("PSP_API_KEY"),
            psp_webhook_secret=settings.need("PSP_WEBHOOK_SECRET"),
            psp_name=optional("REGRADE_PSP_NAME", "Sandbox PSP"),
            platform_name=optional("REGRADE_PLATFORM_NAME", "Regrade"),
            platform_country=optional("REGRADE_PLATFORM_COUNTRY", "FR"),
            second_signature_days=int(optional("REGRADE_SECOND_SIGNATURE_DAYS") or 7),
        )
