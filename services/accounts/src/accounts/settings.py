"""The environment variables that only accounts needs, typed; read by main only."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from chassis.settings import SettingMissing, Settings


@dataclass(frozen=True)
class AccountsSettings:
    """See `docs/how-to/configure.md`. `vies_requester` is the platform's own VAT number, if it has one.

    A session ends after `session_idle` without a new token, and at the latest after `session_longest`.
    """

    sandbox_url: str
    operator_email: str
    operator_password: str
    operator_api_key: str
    auditor_api_key: str
    vies_requester: str | None
    session_idle: timedelta
    session_longest: timedelta
    signatures_live: timedelta
    # Kinds of companies whose people have to have a second factor.
    factor_needed_by: frozenset[str]

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """Read the variables, or say which one is missing."""
        return cls(
            sandbox_url=settings.need("SANDBOX_URL"),
            operator_email=settings.need("OPERATOR_EMAIL"),
            operator_password=settings.need("OPERATOR_PASSWORD"),
            operator_api_key=settings.need("OPERATOR_API_KEY"),
            auditor_api_key=settings.need("AUDITOR_API_KEY"),
            vies_requester=settings.environment.get("REGRADE_VIES_REQUESTER"),
            session_idle=timedelta(hours=int(settings.environment.get("REGRADE_SESSION_IDLE_HOURS") or 12)),
            session_longest=timedelta(days=int(settings.environment.get("REGRADE_SESSION_DAYS") or 14)),
            signatures_live=timedelta(
                days=int(settings.environment.get("REGRADE_SECOND_SIGNATURE_DAYS") or 7),
            ),
            factor_needed_by=_factor_needed_by(
                settings.environment.get("REGRADE_OPERATOR_SECOND_FACTOR") or "optional"
            ),
        )


def _factor_needed_by(policy: str) -> frozenset[str]:
    try:
        return {"optional": frozenset[str](), "required": frozenset({"operator"})}[policy]
    except KeyError:
        raise SettingMissing("REGRADE_OPERATOR_SECOND_FACTOR is neither optional nor required") from None
