"""The environment variables that only orders needs; `main` reads them."""

from dataclasses import dataclass

from chassis.settings import Settings


@dataclass(frozen=True)
class OrdersSettings:
    """`carrier_webhook_secret` signs the carrier's messages; `psp_name` is the provider as buyers read it on papers."""

    carrier_webhook_secret: str
    psp_name: str

    @classmethod
    def of(cls, settings: Settings) -> "OrdersSettings":
        """Raises SettingMissing where the secret is not set."""
        return cls(
            carrier_webhook_secret=settings.need("CARRIER_WEBHOOK_SECRET"),
            psp_name=settings.environment.get("REGRADE_PSP_NAME", "Sandbox PSP"),
        )
