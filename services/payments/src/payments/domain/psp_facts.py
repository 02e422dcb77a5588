"""What the payment provider tells: signed messages and the state of what we asked it to pay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from chassis.kernel.ids import Id, derived_id
from chassis.kernel.money import Money
from payments.domain.bank_line import ReceivedCredit
from payments.domain.errors import WebhookUnreadable

_EVENTS = Id("c0a3b8a6-6d2f-5f7d-a2b1-0b0d4a5a1f77")

OutgoingStatus = Literal["created", "settled", "failed"]
CardStatus = Literal[
    "created", "requires_3ds", "authorised", "captured", "settled", "failed", "cancelled", "expired", "voided"
]


class EventOutcome(StrEnum):
    """What became of a message: `waiting` ones name something that is not known here yet and are tried again."""

    APPLIED = "applied"
    WAITING = "waiting"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A payout or refund as the provider sees it; `reference` is our id."""

    reference: str
    status: OutgoingStatus
    amount: Money
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True)
class PspEvent:
    """A signed message; `event_id` stays the same over repeats."""

    event_id: str
    type: str
    data: Mapping[str, Any]

    @property
    def key(self) -> Id:
        """The key of its retry timer."""
        return derived_id(_EVENTS, self.event_id)


def credit_in(data: Mapping[str, Any]) -> ReceivedCredit:
    """The credit of a `bank.credit_received` message; raises WebhookUnreadable."""
    try:
        return ReceivedCredit(
            credit_id=str(data["credit_id"]),
            virtual_account_id=str(data["virtual_account_id"]),
            wallet_id=str(data["wallet_id"]),
            amount=_money(data["amount"]),
            value_date=date.fromisoformat(data["value_date"]),
            booked_at=datetime.fromisoformat(data["booked_at"]),
            debtor_name=str(data["debtor_name"]),
            debtor_iban=str(data["debtor_iban"]),
            remittance=str(data["remittance"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WebhookUnreadable(f"a credit without {error}") from error


def outgoing_in(data: Mapping[str, Any], status: OutgoingStatus) -> Outgoing:
    """The payout or refund of a message or an answer; raises WebhookUnreadable."""
    try:
        return Outgoing(str(data["reference"]), status, _money(data["amount"]), data.get("failure_reason"))
    except (KeyError, TypeError, ValueError) as error:
        raise WebhookUnreadable(f"a payment without {error}") from error


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """A capture as the provider sees it; `reference` is our id of it."""

    provider_id: str
    reference: str
    amount: Money
    status: Literal["captured", "settled", "failed"]
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A card payment as the provider sees it, with the captures that the message or answer tells of."""

    provider_id: str
    reference: str
    status: CardStatus
    failure_reason: str | None = None
    authorised_until: datetime | None = None
    hosted_page: str | None = None
    captures: tuple[CaptureFacts, ...] = ()

    @property
    def is_undecided(self) -> bool:
        """The buyer may still finish."""
        return self.status in ("created", "requires_3ds")


def card_in(data: Mapping[str, Any]) -> CardFacts:
    """The card payment of a message or an answer; raises WebhookUnreadable."""
    try:
        until, capture = data.get("authorised_until"), data.get("capture")
        return CardFacts(
            provider_id=str(data["id"]),
            reference=str(Id(data["reference"])),
            status=data["status"],
            failure_reason=data.get("failure_reason"),
            authorised_until=datetime.fromisoformat(until) if until else None,
            hosted_page=data.get("hosted_page"),
            captures=(capture_in(capture),) if isinstance(capture, Mapping) else (),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WebhookUnreadable(f"a card payment without {error}") from error


def capture_in(data: Mapping[str, Any]) -> CaptureFacts:
    """A capture of a message or an answer; raises WebhookUnreadable."""
    try:
        return CaptureFacts(
            str(data["id"]),
            str(Id(data["reference"])),
            _money(data["amount"]),
            data["status"],
            data.get("failure_reason"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WebhookUnreadable(f"a capture without {error}") from error


def _money(data: Mapping[str, Any]) -> Money:
    amount = data["amount"]
    if type(amount) is not int or amount <= 0:
        raise ValueError("an amount that is not positive")
    return Money(amount, str(data["currency"]))
