"""What use cases and doors need from outside, as Protocols: repositories, the VAT register, passwords, tokens, reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from accounts.domain.api_key import ApiKey
from accounts.domain.attempts import RecentAttempts
from accounts.domain.change_request import ChangeRequest, RequestState
from accounts.domain.company import Company
from accounts.domain.data_export import DataExport
from accounts.domain.document import Document
from accounts.domain.email_change import EmailChange
from accounts.domain.erasure import Erasure, ErasureState
from accounts.domain.factors import Factors
from accounts.domain.file_types import MediaType
from accounts.domain.invitation import Invitation
from accounts.domain.mandates import MandateAct
from accounts.domain.market_facts import MarketFacts
from accounts.domain.passkey import NewCredential, Passkey
from accounts.domain.policies import MarketRules
from accounts.domain.purchasing import PurchasingRules
from accounts.domain.revocation import Revocation
from accounts.domain.scopes import Grant
from accounts.domain.second_factor import SecondFactor
from accounts.domain.seller import Seller, SellerState
from accounts.domain.session import Session
from accounts.domain.user import User
from accounts.domain.values import VatAnswer
from chassis.kernel.audit_log import Act
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Business, Obeyed, Subject
from chassis.kernel.proposals import Proposal


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


class Proposals(Protocol):
    """What waits for a second person of the operator's staff."""

    async def get(self, id: Id) -> Proposal: ...
    async def pending_of(self, kind: str, subject_id: Id) -> Proposal | None: ...
    async def add(self, proposal: Proposal, /) -> None: ...
    async def save(self, proposal: Proposal, /) -> None: ...


class Documents(Protocol):
    """Sellers' documents, without their contents."""

    async def get(self, id: Id) -> Document: ...
    async def add(self, *documents: Document) -> None: ...
    async def save(self, aggregate: Document) -> None: ...

    async def of_seller(self, seller_id: Id) -> Sequence[Document]:
        """All of them; rivals who ask for the same seller wait for each other."""
        ...


class DocumentFiles(Protocol):
    """Contents by SHA-256."""

    async def keep(self, sha256: str, content: bytes) -> None: ...


class MandateLog(Protocol):
    """Who signed or took back which mandate when."""

    async def append(self, act: MandateAct) -> None: ...


class FileReader(Protocol):
    """Looks inside uploaded files, beside the event loop."""

    async def media_type(self, content: bytes) -> MediaType:
        """What it really is; raises `FileTooLarge`, `FileTypeRefused`, `FileNotReadable`, `FileActive`."""
        ...


class Users(Protocol):
    """People; `add` and `save` raise `EmailInUse` if the address is taken."""

    async def get(self, id: Id) -> User: ...
    async def find(self, id: Id) -> User | None: ...
    async def find_by_email(self, email: str) -> User | None: ...

    async def of_company(self, company_id: Id) -> Sequence[User]: ...

    async def owners_of(self, company_id: Id) -> Sequence[User]:
        """Active owners; rivals who ask for the same company wait for each other."""
        ...

    async def add(self, *users: User) -> None: ...
    async def save(self, aggregate: User) -> None: ...


class Invitations(Protocol):
    """Into companies."""

    async def get(self, id: Id) -> Invitation: ...
    async def find(self, id: Id) -> Invitation | None: ...
    async def add(self, *invitations: Invitation) -> None: ...
    async def save(self, aggregate: Invitation) -> None: ...

    async def open_of(self, company_id: Id) -> Sequence[Invitation]:
        """All open ones; rivals who ask for the same company wait for each other."""
        ...


class RulesOfBuyers(Protocol):
    """Purchasing rules by company; who has said nothing has no row."""

    async def find(self, id: Id) -> PurchasingRules | None: ...
    async def add(self, *rules: PurchasingRules) -> None: ...
    async def save(self, aggregate: PurchasingRules) -> None: ...


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
    async def note_use(self, id: Id, at: datetime) -> None: ...
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


class SecondFactors(Protocol):
    """Authenticators and recovery codes, by person."""

    async def find(self, id: Id) -> SecondFactor | None: ...

    async def of(self, user_id: Id) -> SecondFactor:
        """To be changed: one that is off where there was none yet."""
        ...

    async def save(self, aggregate: SecondFactor) -> None: ...


class Passkeys(Protocol):
    """Passkeys of people; `add` raises `PasskeyKnown` if the credential is registered already, with whomever."""

    async def find(self, id: Id) -> Passkey | None: ...
    async def find_by_credential(self, credential_id: bytes) -> Passkey | None: ...
    async def of_user(self, user_id: Id) -> Sequence[Passkey]: ...
    async def add(self, *passkeys: Passkey) -> None: ...
    async def save(self, aggregate: Passkey) -> None: ...
    async def remove(self, *passkeys: Passkey) -> None: ...


class SpentChallenges(Protocol):
    """Challenges that were used; kept until they would have run out."""

    async def spend(self, id: Id, expires_at: datetime, at: datetime) -> None:
        """Use one; `ChallengeRefused` if somebody has used it."""
        ...


class EmailChanges(Protocol):
    """Changes of address."""

    async def get(self, id: Id) -> EmailChange: ...
    async def find(self, id: Id) -> EmailChange | None: ...
    async def pending_of(self, user_id: Id) -> Sequence[EmailChange]: ...
    async def add(self, *changes: EmailChange) -> None: ...
    async def save(self, aggregate: EmailChange) -> None: ...


class Revocations(Protocol):
    """Sign-ins that were taken back."""

    async def add(self, revocation: Revocation) -> None: ...


class VatEvidence(Protocol):
    """What the register answered, kept for ever: the proof of a VAT-free sale."""

    async def append(self, company_id: Id, number: str, answer: VatAnswer) -> None: ...


class SignInAttempts(Protocol):
    """Attempts per e-mail address, kept as a hash of it, with where they came from."""

    async def recent(self, email: str, source: str, since: datetime) -> RecentAttempts:
        """How many there were; older ones are forgotten, and rivals for the same address wait for each other."""
        ...

    async def wait(self, email: str) -> None:
        """Until rivals for the same address are done."""
        ...

    async def add(self, email: str, source: str, at: datetime) -> None: ...

    async def forget(self, email: str, source: str | None = None) -> None:
        """The person was there, or at this source only; rivals for the same address wait for each other here too."""
        ...


class Erasures(Protocol):
    """Of people and companies."""

    async def get(self, id: Id) -> Erasure: ...
    async def add(self, *erasures: Erasure) -> None: ...
    async def save(self, aggregate: Erasure) -> None: ...


class OwnPersonalData(Protocol):
    """What accounts itself keeps of people and companies, beside the person's row and the company's."""

    async def erase(self, uow: Any, subject: Subject, now: datetime) -> Obeyed:
        """In the transaction of this unit of work."""
        ...

    async def forget(self, uow: Any, company_id: Id) -> None:
        """What was kept of an erased company: its time is over."""
        ...


class DataExports(Protocol):
    """Archives of everything that is kept of somebody."""

    async def get(self, id: Id) -> DataExport: ...
    async def add(self, *exports: DataExport) -> None: ...
    async def save(self, aggregate: DataExport) -> None: ...


class Timers(Protocol):
    """Deadlines and errands."""

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None: ...
    async def cancel(self, kind: str, key: Id) -> None: ...


class AuditLog(Protocol):
    """Who of the operator did what; here for what its staff does before it is signed in."""

    async def record(self, act: Act, now: datetime) -> Any: ...


class UnitOfWork(Protocol):
    """What a use case works with, inside a transaction it neither opens nor closes."""

    @property
    def audit_log(self) -> AuditLog: ...
    @property
    def companies(self) -> Companies: ...
    @property
    def change_requests(self) -> ChangeRequests: ...
    @property
    def proposals(self) -> Proposals: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def document_files(self) -> DocumentFiles: ...
    @property
    def mandate_log(self) -> MandateLog: ...
    @property
    def users(self) -> Users: ...
    @property
    def invitations(self) -> Invitations: ...
    @property
    def purchasing_rules(self) -> RulesOfBuyers: ...
    @property
    def sellers(self) -> Sellers: ...
    @property
    def api_keys(self) -> ApiKeys: ...
    @property
    def email_changes(self) -> EmailChanges: ...
    @property
    def second_factors(self) -> SecondFactors: ...
    @property
    def passkeys(self) -> Passkeys: ...
    @property
    def spent_challenges(self) -> SpentChallenges: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def revocations(self) -> Revocations: ...
    @property
    def vat_evidence(self) -> VatEvidence: ...
    @property
    def sign_in_attempts(self) -> SignInAttempts: ...
    @property
    def erasures(self) -> Erasures: ...
    @property
    def data_exports(self) -> DataExports: ...
    @property
    def personal_data(self) -> OwnPersonalData: ...
    @property
    def timers(self) -> Timers: ...

    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None: ...


class Markets(Protocol):
    """The markets' rules about accounts; raises the kernel's `UnknownMarket` and `MarketNotOpen`."""

    def rules(self, market: str, on: date) -> MarketRules: ...

    def default(self) -> str: ...


class MarketDirectory(Protocol):
    """What anybody may know of the markets that are open on a day."""

    def open_on(self, day: date) -> Sequence[MarketFacts]: ...


class OpenBusinessElsewhere(Protocol):
    """What the other services know of a company's business; raises `BusinessUnknown` where one does not answer."""

    async def of(self, company_id: Id) -> Business: ...


class VatRegister(Protocol):
    """VIES. A register that does not answer is an answer too (`VatStatus.UNAVAILABLE`)."""

    async def ask(self, number: str) -> VatAnswer: ...


class Passwords(Protocol):
    """Slow hashes, computed beside the event loop."""

    async def hash(self, password: str) -> str: ...

    async def matches(self, password: str, hash: str | None) -> bool:
        """Whether it fits; None stands for nobody, costs the same time and never fits."""
        ...


class Authenticators(Protocol):
    """Apps that show a code each half minute (RFC 6238). Secrets are sealed for one person and opened nowhere else."""

    def new_secret(self, user_id: Id) -> str:
        """Sealed, to be kept."""
        ...

    def plain(self, sealed: str, user_id: Id) -> str:
        """In base 32, as a person types it into an app."""
        ...

    def key_uri(self, plain: str, email: str) -> str:
        """The address that apps read from a picture."""
        ...

    def picture(self, uri: str) -> Sequence[str]:
        """That picture, a QR code: its rows, 1 for a dark square and 0 for a light one."""
        ...

    def step_of(self, sealed: str, user_id: Id, code: str, at: datetime) -> int | None:
        """The time step that this is the code of: the present one or one beside it; None for a wrong code."""
        ...


Json = Mapping[str, Any]


class Ceremonies(Protocol):
    """WebAuthn between a browser and us, with the person there each time; `challenge` is the text that was given out."""

    def creation(self, user: User, known: Sequence[Passkey], challenge: str) -> Json:
        """What the browser is asked in order to make a passkey; none on a device that has one of the known ones."""
        ...

    def created(self, credential: Json, challenge: str) -> NewCredential:
        """What it has made, or `PasskeyRefused`."""
        ...

    def request(self, known: Sequence[Passkey], challenge: str) -> Json:
        """What the browser is asked in order to use one: of the known ones, or, if there are none, any that it has."""
        ...

    def credential_id(self, assertion: Json) -> bytes:
        """Which passkey an answer speaks of, before anything of it is checked."""
        ...

    def used(self, assertion: Json, challenge: str, passkey: Passkey) -> int:
        """The counter after it has signed, or `SecondFactorRefused`."""
        ...


@dataclass(frozen=True)
class Checks:
    """Both kinds of second factor, as far as they need a library."""

    authenticators: Authenticators
    ceremonies: Ceremonies


class Tokens(Protocol):
    """Short access tokens and the public keys that prove them."""

    async def issue(self, grant: Grant) -> str: ...
    async def jwks(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Account:
    """A company as the read side gives it: with its seller case, if it has one."""

    company: Company
    seller: Seller | None


@dataclass(frozen=True)
class SellerFile:
    """A seller's whole case."""

    company: Company
    seller: Seller
    documents: Sequence[Document]


@dataclass(frozen=True)
class Purchasing:
    """How a company buys, with its people."""

    company: Company
    rules: PurchasingRules
    people: Sequence[User]


class Queries(Protocol):
    """The read side. Pages are in id order; `after` is the last id seen."""

    async def account(self, company_id: Id) -> Account: ...
    async def seller_file(self, seller_id: Id) -> SellerFile: ...
    async def document(self, seller_id: Id, document_id: Id) -> tuple[Document, bytes]: ...
    async def sellers_to_ask(self, mandate_version: str) -> Sequence[Seller]: ...
    async def reportable_sellers(self, before: datetime, after: Id | None, limit: int) -> Sequence[Account]: ...
    async def user(self, user_id: Id) -> User | None: ...
    async def purchasing(self, company_id: Id) -> Purchasing: ...
    async def sessions(self, user_id: Id) -> Sequence[Session]: ...
    async def data_export(self, id: Id) -> DataExport: ...
    async def personal_data(self, subject: Subject) -> dict[str, list[dict[str, Any]]]: ...
    async def erasures(self, state: ErasureState | None, after: Id | None, limit: int) -> Sequence[Erasure]: ...
    async def factors(self, user_id: Id) -> Factors: ...
    async def email_changes(self, after: Id | None, limit: int) -> Sequence[EmailChange]: ...
    async def revocations(self, since: datetime) -> Sequence[Revocation]: ...
    async def people(self, company_id: Id, after: Id | None, limit: int) -> Sequence[User]: ...
    async def invitations(self, company_id: Id, after: Id | None, limit: int) -> Sequence[Invitation]: ...

    async def pending_signatures(self, after: Id | None, limit: int) -> Sequence[Proposal]: ...

    async def change_requests(
        self, company_id: Id | None, state: RequestState | None, after: Id | None, limit: int
    ) -> Sequence[ChangeRequest]:
        """Of one company, or of all."""
        ...

    async def sellers(self, state: SellerState | None, after: Id | None, limit: int) -> Sequence[Account]: ...
    async def api_keys(self, company_id: Id, after: Id | None, limit: int) -> Sequence[ApiKey]: ...
