"""What use cases and doors need from outside, as Protocols: repositories, the VAT register, passwords, tokens, reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from accounts.domain.api_key import ApiKey
from accounts.domain.change_request import ChangeRequest, RequestState
from accounts.domain.company import Company
from accounts.domain.policies import MarketRules
from accounts.domain.revocation import Revocation
from accounts.domain.scopes import Grant
from accounts.domain.seller import Seller, SellerState
from accounts.domain.session import Session
from accounts.domain.user import User
from accounts.domain.values import VatAnswer
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id


class Companies(Protocol):
    """Companies by id."""

    async def get(self, id: Id) -> Company: ...
    async def find(self, id: Id) -> Company | None: ...
    async def add(self, *companies: Company) -> None: ...
    async def save(self, aggregate: Company) -> None: ...


class ChangeRequests(Protocol):
    """What companies ask support to change."""

    async def get(self, id: Id) -> ChangeRequest: ...
    async def add(self, *requests: ChangeRequest) -> None: ...
    async def save(self, aggregate: ChangeRequest) -> None: ...

    async def open_of(self, company_id: Id) -> ChangeRequest | None:
        """The company's open one; rivals who ask for the same company wait for each other."""
        ...


class Users(Protocol):
    """People; `add` and `save` raise `EmailInUse` if the address is taken."""

    async def get(self, id: Id) -> User: ...
    async def find(self, id: Id) -> User | None: ...
    async def find_by_email(self, email: str) -> User | None: ...
    async def add(self, *users: User) -> None: ...
    async def save(self, aggregate: User) -> None: ...


class Sellers(Protocol):
    """Seller cases."""

    async def get(self, id: Id) -> Seller: ...
    async def find(self, id: Id) -> Seller | None: ...
    async def add(self, *sellers: Seller) -> None: ...
    async def save(self, aggregate: Seller) -> None: ...

    async def invoice_prefixes(self) -> frozenset[str]:
        """All that were ever given out; rivals who are about to choose one wait for each other."""
        ...

    async def has_admitted(self, market: str) -> bool:
        """Whether a seller is admitted to the market; rivals that ask about the same market wait for each other."""
        ...


class ApiKeys(Protocol):
    """Keys, found by their hash."""

    async def get(self, id: Id) -> ApiKey: ...
    async def find(self, id: Id) -> ApiKey | None: ...
    async def find_by_hash(self, hash: str) -> ApiKey | None: ...
    async def of_company(self, company_id: Id) -> Sequence[ApiKey]: ...
    async def add(self, *keys: ApiKey) -> None: ...
    async def save(self, aggregate: ApiKey) -> None: ...


class Sessions(Protocol):
    """Sign-ins of people."""

    async def find(self, id: Id) -> Session | None: ...
    async def open_of(self, user_id: Id) -> Sequence[Session]: ...
    async def forget(self, user_id: Id, expired_before: datetime) -> None: ...
    async def add(self, *sessions: Session) -> None: ...
    async def save(self, aggregate: Session) -> None: ...


class Revocations(Protocol):
    """Sign-ins that were taken back."""

    async def add(self, revocation: Revocation) -> None: ...


class VatEvidence(Protocol):
    """What the register answered, kept for ever: the proof of a VAT-free sale."""

    async def append(self, company_id: Id, number: str, answer: VatAnswer) -> None: ...


class SignInAttempts(Protocol):
    """Attempts per e-mail address, kept as a hash of it."""

    async def recent(self, email: str, since: datetime) -> int:
        """How many there were; older ones are forgotten, and rivals for the same address wait for each other."""
        ...

    async def add(self, email: str, at: datetime) -> None: ...

    async def forget(self, email: str) -> None:
        """The person was there; rivals for the same address wait for each other here too."""
        ...


class Timers(Protocol):
    """Deadlines and errands."""

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None: ...


class UnitOfWork(Protocol):
    """What a use case works with, inside a transaction it neither opens nor closes."""

    @property
    def companies(self) -> Companies: ...
    @property
    def change_requests(self) -> ChangeRequests: ...
    @property
    def users(self) -> Users: ...
    @property
    def sellers(self) -> Sellers: ...
    @property
    def api_keys(self) -> ApiKeys: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def revocations(self) -> Revocations: ...
    @property
    def vat_evidence(self) -> VatEvidence: ...
    @property
    def sign_in_attempts(self) -> SignInAttempts: ...
    @property
    def timers(self) -> Timers: ...

    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None: ...


class Markets(Protocol):
    """The markets' rules about accounts; raises the kernel's `UnknownMarket` and `MarketNotOpen`."""

    def rules(self, market: str, on: date) -> MarketRules: ...


class VatRegister(Protocol):
    """VIES. A register that does not answer is an answer too (`VatStatus.UNAVAILABLE`)."""

    async def ask(self, number: str) -> VatAnswer: ...


class Passwords(Protocol):
    """Slow hashes, computed beside the event loop."""

    async def hash(self, password: str) -> str: ...

    async def matches(self, password: str, hash: str | None) -> bool:
        """Whether it fits; None stands for nobody, costs the same time and never fits."""
        ...


class Tokens(Protocol):
    """Short access tokens and the public keys that prove them."""

    async def issue(self, grant: Grant) -> str: ...
    async def jwks(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Account:
    """A company as the read side gives it: with its seller case, if it has one."""

    company: Company
    seller: Seller | None


class Queries(Protocol):
    """The read side. Pages are in id order; `after` is the last id seen."""

    async def account(self, company_id: Id) -> Account: ...
    async def user(self, user_id: Id) -> User | None: ...
    async def sessions(self, user_id: Id) -> Sequence[Session]: ...
    async def revocations(self, since: datetime) -> Sequence[Revocation]: ...

    async def change_requests(
        self, company_id: Id | None, state: RequestState | None, after: Id | None, limit: int
    ) -> Sequence[ChangeRequest]:
        """Of one company, or of all."""
        ...

    async def sellers(self, state: SellerState | None, after: Id | None, limit: int) -> Sequence[Account]: ...
    async def api_keys(self, company_id: Id, after: Id | None, limit: int) -> Sequence[ApiKey]: ...
