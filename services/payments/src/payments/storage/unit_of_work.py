"""One transaction of payments: its repositories, with the market rules and the platform's identity at hand."""

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.proposals import ProposalRepository
from chassis.db.unit_of_work import UnitOfWork
from chassis.kernel.ids import Id
from payments.domain.platform import Platform
from payments.storage.bank_lines import BankLineRepository
from payments.storage.card_payments import CardPaymentRepository
from payments.storage.contests import ContestRepository
from payments.storage.held_orders import HeldOrderRepository
from payments.storage.invoices import InvoiceRepository
from payments.storage.ledger import LedgerRepository
from payments.storage.locks import take_locks
from payments.storage.mandates import MandateRepository
from payments.storage.order_facts import SellerOrderRepository, ShipmentRepository
from payments.storage.parties import PartyRepository
from payments.storage.payments import PaymentRepository
from payments.storage.payouts import PayoutRepository
from payments.storage.personal_data import PERSONAL_DATA
from payments.storage.psp_accounts import PspAccountRepository
from payments.storage.psp_events import PspEventRepository
from payments.storage.refunds import RefundRepository
from payments.storage.reversals import ReversalRepository
from payments.storage.settlements import SettlementRepository
from payments.use_cases.ports import Rules


class PaymentsUnitOfWork(UnitOfWork):
    """What the executor hands to every use case."""

    def __init__(self, connection: AsyncConnection, rules: Rules, platform: Platform) -> None:
        super().__init__(connection)
        self.personal_data = PERSONAL_DATA
        self.rules = rules
        self.platform = platform
        self.parties = PartyRepository(connection)
        self.psp_accounts = PspAccountRepository(connection)
        self.held_orders = HeldOrderRepository(connection)
        self.payments = PaymentRepository(connection)
        self.bank_lines = BankLineRepository(connection)
        self.card_payments = CardPaymentRepository(connection)
        self.refunds = RefundRepository(connection)
        self.ledger = LedgerRepository(connection)
        self.seller_orders = SellerOrderRepository(connection)
        self.shipments = ShipmentRepository(connection)
        self.invoices = InvoiceRepository(connection)
        self.mandates = MandateRepository(connection)
        self.contests = ContestRepository(connection)
        self.settlements = SettlementRepository(connection)
        self.payouts = PayoutRepository(connection)
        self.reversals = ReversalRepository(connection)
        self.psp_events = PspEventRepository(connection)
        self.proposals = ProposalRepository(connection)

    async def lock(self, key: Id) -> None:
        """An advisory lock until the transaction ends."""
        await take_locks(self.connection, [key])
