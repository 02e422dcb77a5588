"""The trader behind an offer, as buyers read it."""

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from catalog.domain.trader import Trader


class TraderAddressBody(BaseModel):
    """Where the trader is established."""

    street: str
    postal_code: str
    city: str
    country: str


class TraderBody(BaseModel):
    """Who sells: the contract is with this company, not with the platform."""

    name: str
    country: str
    address: TraderAddressBody | None
    legal_form: str | None
    share_capital: str | None
    registration_number: str | None
    registration_scheme: str | None = Field(description="ISO 6523 code of the register, where it has one")
    vat_number: str | None
    email: str | None
    phone: str | None


def trader_json(trader: Trader | None) -> dict[str, Any] | None:
    """In the shape of TraderBody."""
    if trader is None:
        return None
    return {name: value for name, value in asdict(trader).items() if name in TraderBody.model_fields}
