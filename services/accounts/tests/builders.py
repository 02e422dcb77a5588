"""Companies, sellers and people with defaults, so that a test shows only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.domain.api_key import ApiKey
from accounts.domain.attempts import RecentAttempts
from accounts.domain.change_request import ChangeRequest, RequestState
from accounts.domain.company import Company, CompanyKind, CompanyState
from accounts.domain.data_export import DataExport
from accounts.domain.document import Document, DocumentKind, DocumentState
from accounts.domain.email_change import EmailChange, EmailChangeState
from accounts.domain.erasure import Erasure
from accounts.domain.errors import (
    ApiKeyNotFound,
    ChallengeRefused,
    ChangeRequestNotFound,
    CompanyNotFound,
    DocumentNotFound,
    EmailChangeNotFound,
    ErasureNotFound,
    ExportNotFound,
    InvitationNotFound,
    PasskeyKnown,
    PasskeyNotFound,
    SellerNotFound,
    SessionNotFound,
    UserNotFound,
)
from accounts.domain.invitation import Invitation, InvitationState
from accounts.domain.mandates import MandateAct
from accounts.domain.owners import Control, Owner, Owners, Person
from accounts.domain.passkey import Passkey
from accounts.domain.policies import MarketRules
from accounts.domain.profile import ProfileChange
from accounts.domain.purchasing import PurchasingRules
from accounts.domain.revocation import Revocation
from accounts.domain.scopes import Role
from accounts.domain.second_factor import AuthenticatorState, SecondFactor
from accounts.domain.seller import CaseChange, Mandate, Regime, Seller, SellerState
from accounts.domain.session import Device, Lifetimes, Session, SignInRules, new_session
from accounts.domain.tax_data import SellerNature, TaxData
from accounts.domain.user import Link, User, UserState
from accounts.domain.values import Address, Contact, VatAnswer, VatNumber, VatStatus
from accounts.use_cases.apply_as_seller import ApplyAsSeller
from accounts.use_cases.open_account import CompanyDetails
from accounts.use_cases.register_buyer import RegisterBuyer
from chassis.kernel.ids import Id, new_id
from chassis.kernel.personal_data import Obeyed, Subject
from chassis.kernel.policy import UnknownMarket
from chassis.testing.clock import START
from chassis.testing.memory import MemoryProposals, MemoryRepository, MemoryUnitOfWork

# The example numbers of the French and German authorities' documentation: right check digits, nobody's account.
SIREN = "732829320"
FRENCH_VAT = "FR44732829320"
IBAN = "FR7630006000011234567890189"
REAL = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ADDRESS = Address("1 rue de la Paix", "75002", "Paris", "FR")
CONTACT = Contact("Camille Exemple", "camille@reparo.example", "+33 1 23 45 67 89")
NOW = START
CAMILLE = Person("Camille Exemple", date(1980, 4, 1), "FR")
OWNERS = Owners((Owner(CAMILLE, 10_000, Control.SHARES),))
TAX = TaxData(SellerNature.ENTITY, SIREN, "FR")

RULES = MarketRules(
    "fr-pro",
    frozenset({"FR", "DE"}),
    ("fr", "en"),
    ("EUR",),
    single_seller=False,
    link_valid_for=timedelta(hours=72),
    calendar="FR",
    reminder_business_days=5,
    application_lapses_after=timedelta(days=30),
    password_link_valid_for=timedelta(minutes=60),
    support_only_fields=frozenset({"email", "address", "vat_number"}),
    kept_years=10,
    erased_after_years=None,
    required_documents=(),
    document_reminder_before=timedelta(days=30),
    tax_data_within=timedelta(days=60),
    tax_data_reminders=2,
    mandate_renewed_within=timedelta(days=30),
)
ONE_SHOP = replace(
    RULES, market="be-shop", countries=frozenset({"BE", "FR"}), languages=("nl", "fr"), single_seller=True
)


class KnownMarkets:
    """Two markets: one for many sellers, one for a single one."""

    def default(self) -> str:
        return "fr-pro"

    def rules(self, market: str, on: date) -> MarketRules:
        found = {rules.market: rules for rules in (RULES, ONE_SHOP)}.get(market)
        if found is None:
            raise UnknownMarket(market=market)
        return found


def a_company(**changes: Any) -> Company:
    """An active French buyer."""
    company = Company(
        id=new_id(),
        version=2,
        kind=CompanyKind.BUYER,
        state=CompanyState.ACTIVE,
        market="fr-pro",
        legal_name="Reparo SAS",
        country="FR",
        registration_number=SIREN,
        vat_numbers=(VatNumber("FR", FRENCH_VAT),),
        address=ADDRESS,
        contact=CONTACT,
        language="fr",
    )
    return replace(company, **changes)


def a_seller(**changes: Any) -> Seller:
    """A submitted application for fr-pro."""
    seller = Seller(
        id=new_id(),
        version=1,
        state=SellerState.SUBMITTED,
        markets=("fr-pro",),
        regimes=(Regime.NORMAL, Regime.MARGIN),
        payout_iban=IBAN,
        payout_holder="Reparo SAS",
        return_address=ADDRESS,
        support_phone="+33 1 98 76 54 32",
        invoice_prefix="REPA",
        ship_from=("FR",),
        owners=OWNERS,
        tax=TAX,
    )
    return replace(seller, **changes)


def a_change_request(**changes: Any) -> ChangeRequest:
    """An open request for another address."""
    request = ChangeRequest(
        id=new_id(),
        version=1,
        company_id=new_id(),
        state=RequestState.OPEN,
        change=ProfileChange(address=replace(ADDRESS, street="2 rue de Rivoli")),
        note="We have moved.",
        asked_by=new_id(),
        asked_at=NOW,
    )
    return replace(request, **changes)


def an_invitation(**changes: Any) -> Invitation:
    """An open one, mailed at REAL."""
    invitation = Invitation(
        id=new_id(),
        version=1,
        company_id=new_id(),
        state=InvitationState.OPEN,
        email="kim@reparo.example",
        name="Kim Exemple",
        role=Role.BUYER,
        link=Link("n0nce", REAL + timedelta(hours=72), REAL, timedelta(hours=72)),
        invited_at=REAL,
    )
    return replace(invitation, **changes)


def a_mandate() -> Mandate:
    """Signed at REAL."""
    return Mandate("2026-11-01", "Camille Exemple", REAL)


def a_user(**changes: Any) -> User:
    """A person who has not opened the activation link yet; it was sent at REAL."""
    user = User(
        id=new_id(),
        version=1,
        company_id=new_id(),
        kind="buyer",
        state=UserState.PENDING,
        email="camille@reparo.example",
        name="Camille Exemple",
        link=Link("n0nce", REAL + timedelta(hours=72), REAL, timedelta(hours=72)),
    )
    return replace(user, **changes)


def an_active_user(**changes: Any) -> User:
    """A person with a password."""
    return a_user(**{"state": UserState.ACTIVE, "link": None, "password_hash": "hashed", **changes})


LIFETIMES = Lifetimes(idle=timedelta(hours=12), longest=timedelta(days=14))
SIGN_INS = SignInRules(LIFETIMES)
DEVICE = Device("203.0.113.0/24", "Firefox")
SOURCE = "network/203.0.113.0/24"


def a_session(user: User, **changes: Any) -> Session:
    """A person signed in at REAL."""
    return replace(new_session(new_id(), user.id, user.company_id, DEVICE, LIFETIMES, REAL), **changes)


def an_email_change(user: User, **changes: Any) -> EmailChange:
    """Asked for at REAL."""
    change = EmailChange(new_id(), 1, user.id, user.company_id, EmailChangeState.ASKED, "new@reparo.example", REAL)
    return replace(change, **changes)


def a_second_factor(**changes: Any) -> SecondFactor:
    """An authenticator that is on, and whose codes were never used; no recovery codes."""
    factor = SecondFactor(new_id(), 1, AuthenticatorState.ON, "sealed")
    return replace(factor, **changes)


def a_passkey(**changes: Any) -> Passkey:
    """Added at REAL, never used."""
    return replace(Passkey(new_id(), 1, new_id(), b"credential", b"key", 0, "Telephone", REAL), **changes)


def some_details(**changes: Any) -> CompanyDetails:
    """What a French company says about itself."""
    details = CompanyDetails(
        legal_name="Reparo SAS",
        country="FR",
        registration_number="732 829 320",
        vat_numbers={"FR": "44732829320"},
        address=ADDRESS,
        contact=CONTACT,
    )
    return replace(details, **changes)


def a_sign_up(market: str = "fr-pro", **changes: Any) -> RegisterBuyer:
    """A buyer's sign-up; `changes` are about its details."""
    return RegisterBuyer(some_details(**changes), market, REAL)


def an_application(**changes: Any) -> ApplyAsSeller:
    """A seller's application."""
    application = ApplyAsSeller(
        details=some_details(),
        case=CaseChange(
            markets=("fr-pro",),
            regimes=(Regime.NORMAL,),
            payout_iban="FR76 3000 6000 0112 3456 7890 189",
            payout_holder="Reparo SAS",
            return_address=ADDRESS,
            support_phone="+33 1 98 76 54 32",
            owners=OWNERS,
            tax=TAX,
        ),
        at=REAL,
    )
    of_case = {name: changes.pop(name) for name in list(changes) if name in CaseChange.__dataclass_fields__}
    return replace(application, case=replace(application.case, **of_case), **changes)


def a_document(seller_id: Id, **changes: Any) -> Document:
    """An uploaded extract of the register."""
    document = Document(
        id=new_id(),
        version=1,
        seller_id=seller_id,
        kind=DocumentKind.REGISTER_EXTRACT,
        state=DocumentState.UPLOADED,
        file_name="extract.pdf",
        media_type="application/pdf",
        sha256="0" * 64,
        size=3,
        uploaded_at=NOW,
    )
    return replace(document, **changes)


def valid(**changes: Any) -> VatAnswer:
    """The register knows the number."""
    return replace(VatAnswer(VatStatus.VALID, REAL, "REPARO SAS", "WAPIAAAAW1"), **changes)


class MemoryUsers(MemoryRepository[User]):
    """By e-mail address and role too."""

    async def of_company(self, company_id: Id) -> list[User]:
        return await self.matching(lambda user: user.company_id == company_id)

    async def owners_of(self, company_id: Id) -> list[User]:
        def is_one(user: User) -> bool:
            return (user.company_id, user.role, user.state) == (company_id, Role.OWNER, UserState.ACTIVE)

        return await self.matching(is_one)

    async def find_by_email(self, email: str) -> User | None:
        found = await self.matching(lambda user: user.email == email)
        return found[0] if found else None


class MemoryInvitations(MemoryRepository[Invitation]):
    """With the question for the open ones."""

    async def open_of(self, company_id: Id) -> list[Invitation]:
        return await self.matching(lambda one: one.company_id == company_id and one.state is InvitationState.OPEN)


class MemorySellers(MemoryRepository[Seller]):
    """With the questions of the real one."""

    async def invoice_prefixes(self) -> frozenset[str]:
        return frozenset(seller.invoice_prefix for seller in self.rows.values() if seller.invoice_prefix)

    async def has_admitted(self, market: str) -> bool:
        admitted = {SellerState.APPROVED, SellerState.ACTIVE, SellerState.SUSPENDED}
        return any(market in one.markets and one.state in admitted for one in self.rows.values())


class MemoryApiKeys(MemoryRepository[ApiKey]):
    """By hash too."""

    async def find_by_hash(self, hash: str) -> ApiKey | None:
        found = await self.matching(lambda key: key.hash == hash)
        return found[0] if found else None

    async def note_use(self, id: Id, at: datetime) -> None:
        self.rows[id] = replace(self.rows[id], last_used_at=at)

    async def of_company(self, company_id: Id) -> list[ApiKey]:
        return await self.matching(lambda key: key.company_id == company_id)


class MemoryChangeRequests(MemoryRepository[ChangeRequest]):
    """With the question for the open one."""

    async def open_of(self, company_id: Id) -> ChangeRequest | None:
        found = await self.matching(lambda one: one.company_id == company_id and one.state is RequestState.OPEN)
        return found[0] if found else None


class MemoryDocuments(MemoryRepository[Document]):
    """By seller too."""

    async def of_seller(self, seller_id: Id) -> list[Document]:
        return await self.matching(lambda one: one.seller_id == seller_id)


class MemoryFiles:
    """Contents by hash."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}

    async def keep(self, sha256: str, content: bytes) -> None:
        self.rows.setdefault(sha256, content)


class MemoryMandateLog:
    """What was signed and taken back."""

    def __init__(self) -> None:
        self.rows: list[MandateAct] = []

    async def append(self, act: MandateAct) -> None:
        self.rows.append(act)


class MemorySessions(MemoryRepository[Session]):
    """By person too."""

    async def open_of(self, user_id: Id) -> list[Session]:
        return await self.matching(lambda one: one.user_id == user_id and one.ended_at is None)

    async def forget(self, user_id: Id, expired_before: datetime) -> None:
        for one in await self.matching(lambda one: one.user_id == user_id and one.expires_at < expired_before):
            del self.rows[one.id]


class MemoryEmailChanges(MemoryRepository[EmailChange]):
    """By person too."""

    async def pending_of(self, user_id: Id) -> list[EmailChange]:
        pending = (EmailChangeState.ASKED, EmailChangeState.GRANTED)
        return await self.matching(lambda one: one.user_id == user_id and one.state in pending)


class MemorySecondFactors(MemoryRepository[SecondFactor]):
    """With the one that is made where there was none."""

    async def of(self, user_id: Id) -> SecondFactor:
        if user_id not in self.rows:
            await self.add(SecondFactor(user_id, 1))
        return await self.get(user_id)


class MemoryPasskeys(MemoryRepository[Passkey]):
    """By credential and person too; a credential is one person's."""

    async def find_by_credential(self, credential_id: bytes) -> Passkey | None:
        found = await self.matching(lambda one: one.credential_id == credential_id)
        return found[0] if found else None

    async def of_user(self, user_id: Id) -> list[Passkey]:
        return await self.matching(lambda one: one.user_id == user_id)

    async def add(self, *aggregates: Passkey) -> None:
        for one in aggregates:
            if await self.find_by_credential(one.credential_id):
                raise PasskeyKnown()
        await super().add(*aggregates)

    async def remove(self, *aggregates: Passkey) -> None:
        for one in aggregates:
            del self.rows[one.id]


class MemorySpentChallenges:
    """What was used."""

    def __init__(self) -> None:
        self.ids: set[Id] = set()

    async def spend(self, id: Id, expires_at: datetime, at: datetime) -> None:
        if id in self.ids:
            raise ChallengeRefused()
        self.ids.add(id)


class MemoryRevocations:
    """What was taken back."""

    def __init__(self) -> None:
        self.rows: list[Revocation] = []

    async def add(self, revocation: Revocation) -> None:
        self.rows.append(revocation)


class MemoryAttempts:
    """Attempts by address."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, datetime]] = []

    async def recent(self, email: str, source: str, since: datetime) -> RecentAttempts:
        sources = [where for address, where, at in self.rows if address == email and at >= since]
        return RecentAttempts(sources.count(source), len(sources))

    async def wait(self, email: str) -> None:
        """There are no rivals."""

    async def add(self, email: str, source: str, at: datetime) -> None:
        self.rows.append((email, source, at))

    async def forget(self, email: str, source: str | None = None) -> None:
        self.rows = [row for row in self.rows if row[0] != email or source not in (None, row[1])]


class MemoryEvidence:
    """What was appended."""

    def __init__(self) -> None:
        self.rows: list[tuple[Id, str, VatAnswer]] = []

    async def append(self, company_id: Id, number: str, answer: VatAnswer) -> None:
        self.rows.append((company_id, number, answer))


class MemoryPersonalData:
    """Remembers whose data was erased; the statements themselves are proven on a real database."""

    def __init__(self) -> None:
        self.erased: list[Subject] = []
        self.forgotten: list[Id] = []

    async def erase(self, uow: Any, subject: Subject, now: datetime) -> Obeyed:
        self.erased.append(subject)
        return Obeyed({"sessions": 1})

    async def forget(self, uow: Any, company_id: Id) -> None:
        self.forgotten.append(company_id)


class MemoryAccounts(MemoryUnitOfWork):
    """The unit of work of accounts, in memory."""

    def __init__(
        self,
        *,
        companies: Any = (),
        users: Any = (),
        sellers: Any = (),
        api_keys: Any = (),
        sessions: Any = (),
        change_requests: Any = (),
        invitations: Any = (),
        purchasing_rules: Any = (),
        documents: Any = (),
        second_factors: Any = (),
        passkeys: Any = (),
    ) -> None:
        super().__init__()
        self.companies = MemoryRepository[Company](*companies, not_found=CompanyNotFound)
        self.users = MemoryUsers(*users, not_found=UserNotFound)
        self.sellers = MemorySellers(*sellers, not_found=SellerNotFound)
        self.api_keys = MemoryApiKeys(*api_keys, not_found=ApiKeyNotFound)
        self.purchasing_rules = MemoryRepository[PurchasingRules](*purchasing_rules)
        self.invitations = MemoryInvitations(*invitations, not_found=InvitationNotFound)
        self.change_requests = MemoryChangeRequests(*change_requests, not_found=ChangeRequestNotFound)
        self.documents = MemoryDocuments(*documents, not_found=DocumentNotFound)
        self.document_files = MemoryFiles()
        self.mandate_log = MemoryMandateLog()
        self.sessions = MemorySessions(*sessions, not_found=SessionNotFound)
        self.second_factors = MemorySecondFactors(*second_factors)
        self.passkeys = MemoryPasskeys(*passkeys, not_found=PasskeyNotFound)
        self.spent_challenges = MemorySpentChallenges()
        self.email_changes = MemoryEmailChanges(not_found=EmailChangeNotFound)
        self.revocations = MemoryRevocations()
        self.vat_evidence = MemoryEvidence()
        self.sign_in_attempts = MemoryAttempts()
        self.data_exports = MemoryRepository[DataExport](not_found=ExportNotFound)
        self.erasures = MemoryRepository[Erasure](not_found=ErasureNotFound)
        self.personal_data = MemoryPersonalData()
        self.proposals = MemoryProposals()
