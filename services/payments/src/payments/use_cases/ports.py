"""What use cases need of the world: repositories, clocks of deadlines, and clients, as protocols."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol, TypeVar

from chassis.kernel.audit_log import Act
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.kernel.proposals import Proposal, ProposalState
from documents.invoice_data import Invoice as Paper
from documents.invoice_data import InvoiceFiles
from payments.domain.accounts import Account
from payments.domain.bank_line import BankLine, ReceivedCredit
from payments.domain.card_payment import CardCapture, CardPayment
from payments.domain.contest import Contest, ContestState
from payments.domain.facts import DeliveryAddress, Dispatch, OrderedParts
from payments.domain.invoice import Invoice
from payments.domain.journal import Journal
from payments.domain.party import Party
from payments.domain.payment import HeldOrder, Payment, VirtualAccount
from payments.domain.payout import Creditor, Payout
from payments.domain.platform import Platform
from payments.domain.policies import PaymentRules
from payments.domain.psp_account import PspAccount, Role
from payments.domain.psp_facts import CaptureFacts, CardFacts, EventOutcome, Outgoing, PspEvent
from payments.domain.refund import Refund
from payments.domain.reversal import Reversal
from payments.domain.settlement import Settlement
from payments.domain.tender import Share
from payments.domain.views import (
    AccountView,
    BalanceView,
    BankLineView,
    CardLinkView,
    CardPaymentView,
    InvoiceFile,
    InvoiceView,
    JournalView,
    PaymentView,
    PayoutView,
    Reader,
    RefundView,
    SettlementView,
    Window,
)
from payments.use_cases.ports_contests import Contests
from payments.use_cases.ports_mandates import Mandates

R = TypeVar("R")


class Timers(Protocol):
    """Deadlines and errands: one open per (kind, key)."""

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None: ...

    async def cancel(self, kind: str, key: Id) -> None: ...


class Rules(Protocol):
    """The market packs as payment rules."""

    def of_version(self, version: str) -> PaymentRules: ...

    def in_force(self, market: str, on: date) -> PaymentRules: ...


class Parties(Protocol):
    """Companies as `accounts` described them last."""

    async def find(self, company_id: Id) -> Party | None: ...

    async def store(self, party: Party) -> None: ...


class PspAccounts(Protocol):
    """Accounts at the payment provider."""

    async def find(self, id: Id) -> PspAccount | None: ...

    async def of_company(self, company_id: Id) -> list[PspAccount]: ...

    async def lock_by_virtual_account(self, virtual_account_id: str) -> PspAccount | None:
        """Locked, so that two credits of one buyer are matched one after the other."""
        ...

    async def add_if_new(self, account: PspAccount) -> bool: ...

    async def save(self, account: PspAccount) -> None: ...


class HeldOrders(Protocol):
    """Orders that were held before their buyer had an account."""

    async def store(self, order: HeldOrder, held_at: datetime) -> None: ...

    async def find(self, order_id: Id) -> HeldOrder | None: ...

    async def waiting_of(self, buyer_id: Id, currency: str) -> list[HeldOrder]:
        """Those without a payment."""
        ...


class Payments(Protocol):
    """Payments, one per order."""

    async def get(self, id: Id) -> Payment: ...

    async def find(self, id: Id) -> Payment | None: ...

    async def add(self, *payments: Payment) -> None: ...

    async def save(self, payment: Payment) -> None: ...

    async def of_buyer(self, buyer_id: Id) -> list[Payment]:
        """Those a transfer could be meant for: all open ones, and the others of the last months."""
        ...


class BankLines(Protocol):
    """Money that came in."""

    async def add_if_new(self, line: BankLine) -> bool: ...

    async def get(self, id: Id) -> BankLine: ...

    async def shares_of(self, order_id: Id) -> list[Share]: ...


class CardPayments(Protocol):
    """Attempts to pay by card, and what was captured of them."""

    async def get(self, id: Id) -> CardPayment: ...

    async def find(self, id: Id) -> CardPayment | None: ...

    async def of_payment(self, payment_id: Id) -> list[CardPayment]:
        """Every attempt, the first one first."""
        ...

    async def add(self, *cards: CardPayment) -> None: ...

    async def save(self, card: CardPayment) -> None: ...

    async def captures_of(self, card_payment_id: Id) -> list[CardCapture]: ...

    async def find_capture(self, id: Id) -> CardCapture | None: ...

    async def capture_of_shipment(self, shipment_id: Id) -> CardCapture | None: ...

    async def store_capture(self, capture: CardCapture) -> None:
        """Insert or overwrite; the card payment's version guards it."""
        ...

    async def shares_of(self, order_id: Id) -> list[Share]:
        """What captures put on an order, in the order in which they came."""
        ...


class Refunds(Protocol):
    """Refunds, one per source and cause."""

    async def get(self, id: Id) -> Refund: ...

    async def find(self, id: Id) -> Refund | None: ...

    async def add_if_new(self, refund: Refund) -> bool: ...

    async def save(self, refund: Refund) -> None: ...

    async def given_back(self, order_id: Id) -> dict[Id, int]:
        """Minor units gone, or going, back for an order, by source."""
        ...

    async def of_case(self, case_id: Id) -> list[Refund]: ...

    async def of_credit_note(self, credit_note_id: Id) -> list[Refund]: ...


class Proposals(Protocol):
    """What waits for a second person."""

    async def get(self, id: Id) -> Proposal: ...

    async def pending_of(self, kind: str, subject_id: Id) -> Proposal | None: ...

    async def add(self, proposal: Proposal, /) -> None: ...

    async def save(self, proposal: Proposal, /) -> None: ...


class AuditLog(Protocol):
    """Who did what; here for what the platform does with its own money by itself."""

    async def record(self, act: Act, now: datetime) -> Any: ...


class Ledger(Protocol):
    """The books."""

    async def post(self, journal: Journal) -> bool:
        """False if this cause was posted before; raises AccountWouldBeOverdrawn."""
        ...

    async def balance_minor(self, account: Account, currency: str) -> int: ...


class Reversals(Protocol):
    """What credit notes take back from sellers."""

    async def get(self, id: Id) -> Reversal: ...

    async def waiting_of(self, seller_id: Id, currency: str) -> Sequence[Reversal]:
        """Those whose money is missing, the oldest first."""
        ...

    async def add(self, reversal: Reversal) -> None: ...

    async def save(self, reversal: Reversal) -> None: ...


class SellerOrders(Protocol):
    """What was ordered from each seller."""

    async def store(self, ordered: OrderedParts) -> None: ...

    async def find(self, seller_order_id: Id) -> OrderedParts | None: ...


class Shipments(Protocol):
    """What left, and whose claim windows are over."""

    async def store(self, dispatch: Dispatch) -> None: ...

    async def find(self, shipment_id: Id) -> Dispatch | None: ...

    async def close_window(self, seller_order_id: Id, closed_at: datetime) -> None: ...

    async def window_closed_at(self, seller_order_id: Id) -> datetime | None: ...


@dataclass(frozen=True)
class KeptInvoice:
    """One that names a company which is to be forgotten; `market` is its order's."""

    id: Id
    issued_on: date
    market: str


class Invoices(Protocol):
    """Invoices, their numbers and their files."""

    async def of_party(self, company_id: Id) -> Sequence[KeptInvoice]:
        """Those that name the company, as buyer or seller."""
        ...

    async def seal(self, until: Mapping[Id, date], at: datetime) -> None:
        """Only the other side and the auditor read them; each until its last day."""
        ...

    async def forget(self, company_id: Id, now: datetime) -> date | None:
        """Erase those whose last day is over; answers the next last day, if there is one."""
        ...

    async def get(self, id: Id) -> Invoice: ...

    async def find(self, id: Id) -> Invoice | None: ...

    async def is_sealed(self, invoice_id: Id) -> bool:
        """Kept for the law alone, because one of its companies was erased."""
        ...

    async def of_shipment(self, shipment_id: Id) -> list[Invoice]:
        """Without credit notes, and without those that another one replaces."""
        ...

    async def credit_notes_of(self, seller_order_id: Id) -> list[Invoice]:
        """Of goods, in the order of their numbers; those of a correction give nothing back."""
        ...

    async def blocked_for(self, seller_id: Id, reason: str) -> list[Invoice]:
        """In the order of their numbers."""
        ...

    async def add_credit_note(self, credit_note: Invoice) -> None:
        """Each device on it is credited once."""
        ...

    async def next_number(self, seller_id: Id, series: str) -> int:
        """The counter row stays locked until the transaction ends, so that a rollback leaves no gap."""
        ...

    async def add(self, *invoices: Invoice) -> None: ...

    async def save(self, invoice: Invoice) -> None: ...

    async def store_files(self, invoice_id: Id, files: InvoiceFiles) -> None: ...


class Settlements(Protocol):
    """What sellers earned."""

    async def find(self, seller_order_id: Id) -> Settlement | None: ...

    async def get_many(self, ids: Sequence[Id]) -> list[Settlement]: ...

    async def add(self, *settlements: Settlement) -> None: ...

    async def save(self, settlement: Settlement) -> None: ...

    async def payable(self, market: str) -> list[Settlement]:
        """Released ones that are in no payout under way."""
        ...


class Payouts(Protocol):
    """Payouts and what is in them."""

    async def get(self, id: Id) -> Payout: ...

    async def find(self, id: Id) -> Payout | None: ...

    async def under_way_minor(self, seller_id: Id, currency: str) -> int:
        """Minor units on their way to the seller's bank."""
        ...

    async def add(self, *payouts: Payout) -> None: ...

    async def save(self, payout: Payout) -> None: ...


class PspEvents(Protocol):
    """Signed messages, stored raw before anything is done about them."""

    async def add_if_new(self, event: PspEvent, body: str, received_at: datetime) -> bool: ...

    async def find(self, key: Id) -> PspEvent | None: ...

    async def settle(self, event: PspEvent, outcome: EventOutcome) -> None: ...


class UnitOfWork(Protocol):
    """One transaction of payments."""

    @property
    def timers(self) -> Timers: ...

    @property
    def rules(self) -> Rules: ...

    @property
    def platform(self) -> Platform: ...

    @property
    def parties(self) -> Parties: ...

    @property
    def psp_accounts(self) -> PspAccounts: ...

    @property
    def held_orders(self) -> HeldOrders: ...

    @property
    def payments(self) -> Payments: ...

    @property
    def bank_lines(self) -> BankLines: ...

    @property
    def card_payments(self) -> CardPayments: ...

    @property
    def refunds(self) -> Refunds: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def seller_orders(self) -> SellerOrders: ...

    @property
    def shipments(self) -> Shipments: ...

    @property
    def invoices(self) -> Invoices: ...

    @property
    def contests(self) -> Contests: ...

    @property
    def mandates(self) -> Mandates: ...

    @property
    def settlements(self) -> Settlements: ...

    @property
    def payouts(self) -> Payouts: ...

    @property
    def reversals(self) -> Reversals: ...

    @property
    def psp_events(self) -> PspEvents: ...

    @property
    def proposals(self) -> Proposals: ...

    @property
    def audit_log(self) -> AuditLog: ...

    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None: ...

    def collected(self) -> Sequence[DomainEvent]: ...

    def has_set_timers(self) -> bool: ...

    async def lock(self, key: Id) -> None:
        """Wait for any other transaction that locked this key, where two facts may arrive in either order."""
        ...


class Run(Protocol):
    """Runs a use case in a transaction of its own; what errands use between their calls to the outside."""

    async def __call__(self, work: Callable[[UnitOfWork, datetime], Awaitable[R]]) -> R: ...


class Psp(Protocol):
    """The payment provider: wallets, virtual accounts, payouts. Every call may be repeated with the same reference.

    ProviderUnavailable means that the outcome is unknown, ProviderRefused that nothing happened.
    """

    async def open_user(self, reference: str, role: Role, name: str, country: str) -> str: ...

    async def open_wallet(self, reference: str, owner_id: str, currency: str) -> str: ...

    async def open_virtual_account(
        self, reference: str, wallet_id: str, holder_name: str, country: str, currency: str
    ) -> tuple[str, VirtualAccount]: ...

    async def transfer(self, reference: str, from_wallet_id: str, to_wallet_id: str, amount: Money) -> None: ...

    async def pay_out(
        self, reference: str, wallet_id: str, creditor: Creditor, amount: Money, remittance: str
    ) -> Outgoing: ...

    async def refund(self, reference: str, credit_id: str, wallet_id: str, amount: Money) -> Outgoing: ...

    async def open_card(self, card: CardPayment, return_url: str) -> CardFacts: ...

    async def find_card(self, reference: str) -> CardFacts | None:
        """With all of its captures."""
        ...

    async def cancel_card(self, provider_id: str, reference: str) -> None:
        """Definite: afterwards it is cancelled, or something came first."""
        ...

    async def void_card(self, provider_id: str, reference: str) -> None:
        """Let go of what is authorised and not captured; captures stay."""
        ...

    async def capture_card(self, provider_id: str, reference: str, amount: Money) -> CaptureFacts: ...

    async def refund_card(self, reference: str, capture_id: str, wallet_id: str, amount: Money) -> Outgoing: ...

    async def find_payout(self, reference: str) -> Outgoing | None: ...

    async def find_refund(self, reference: str) -> Outgoing | None: ...

    async def credits_of(self, virtual_account_id: str) -> list[ReceivedCredit]: ...


class Accounts(Protocol):
    """The service that knows companies."""

    async def fetch_party(self, company_id: Id, at: datetime) -> Party: ...


class Orders(Protocol):
    """The service that knows where an order goes, and until when."""

    async def delivery_address(self, order_id: Id, shipment_id: Id) -> DeliveryAddress: ...

    async def ship_by(self, order_id: Id) -> datetime:
        """When its last parcel would have to leave if it were secured now."""
        ...


class Typesetter(Protocol):
    """Makes invoices; raises InvoiceRefused for one that must not be issued."""

    async def invoice(self, paper: Paper) -> InvoiceFiles: ...


class Queries(Protocol):
    """Reads for the HTTP door; nothing here writes."""

    async def contest(self, seller_id: Id, invoice_id: Id) -> Contest | None: ...

    async def contests(
        self, seller_id: Id | None, state: ContestState | None, after: Id | None, limit: int
    ) -> Sequence[Contest]: ...

    async def corrections(self, state: ProposalState | None, after: Id | None, limit: int) -> Sequence[Proposal]: ...

    async def payments(self, reader: Reader, order_id: Id | None, window: Window) -> list[PaymentView]: ...

    async def payment(self, reader: Reader, id: Id) -> PaymentView | None: ...

    async def card_payments(self, reader: Reader, payment_id: Id) -> list[CardPaymentView]: ...

    async def card_payment(self, reader: Reader, id: Id) -> CardPaymentView | None: ...

    async def card_link(self, token: str) -> CardLinkView | None: ...

    async def invoices(
        self, reader: Reader, order_id: Id | None, seller_order_id: Id | None, window: Window
    ) -> list[InvoiceView]: ...

    async def invoice(self, reader: Reader, id: Id) -> InvoiceView | None: ...

    async def invoice_file(self, id: Id, kind: Literal["pdf", "xml"]) -> InvoiceFile | None: ...

    async def balances(self, seller_id: Id) -> list[BalanceView]: ...

    async def settlements(self, reader: Reader, window: Window) -> list[SettlementView]: ...

    async def payouts(self, reader: Reader, window: Window) -> list[PayoutView]: ...

    async def refunds(self, reader: Reader, order_id: Id | None, window: Window) -> list[RefundView]: ...

    async def journals(self, order_id: Id | None, window: Window) -> list[JournalView]: ...

    async def accounts(self, after: tuple[str, str] | None, limit: int) -> list[AccountView]: ...

    async def bank_lines(self, window: Window) -> list[BankLineView]: ...
