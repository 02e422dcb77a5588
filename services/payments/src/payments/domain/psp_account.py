"""A company's account at the payment provider: a user, a wallet per currency, and for buyers a virtual IBAN."""

from dataclasses import dataclass, replace
from typing import Literal

from chassis.kernel.ids import Id, derived_id
from payments.domain.payment import VirtualAccount

Role = Literal["buyer", "seller", "platform"]


@dataclass(frozen=True)
class PspAccount:
    """What was asked for is stored before the first call, so that every repeat of a call says the same.

    `market` is the one whose currency asked for it first; `country` is where its IBAN is opened.
    """

    id: Id
    company_id: Id
    role: Role
    market: str
    currency: str
    country: str
    holder_name: str | None = None
    user_id: str | None = None
    wallet_id: str | None = None
    virtual_account_id: str | None = None
    account: VirtualAccount | None = None

    @property
    def is_open(self) -> bool:
        """Whether money can move: buyers need an IBAN, the others a wallet."""
        return self.account is not None if self.role == "buyer" else self.wallet_id is not None

    def named(self, holder_name: str) -> "PspAccount":
        """The name under which it is opened; the first one stays, whatever the company is called later."""
        return self if self.holder_name else replace(self, holder_name=holder_name)

    def with_wallet(self, user_id: str, wallet_id: str) -> "PspAccount":
        """The provider knows the company and holds a wallet for it."""
        return replace(self, user_id=user_id, wallet_id=wallet_id)

    def with_virtual_account(self, virtual_account_id: str, account: VirtualAccount) -> "PspAccount":
        """The buyer can be told where to pay."""
        return replace(self, virtual_account_id=virtual_account_id, account=account)


def want_psp_account(company_id: Id, role: Role, market: str, currency: str, country: str) -> PspAccount:
    """One account per company and currency; the same wish is the same account."""
    return PspAccount(psp_account_id_of(company_id, currency), company_id, role, market, currency, country)


def psp_account_id_of(company_id: Id, currency: str) -> Id:
    """Derived, so that a repeated event opens nothing twice."""
    return derived_id(company_id, f"psp/{currency}")
