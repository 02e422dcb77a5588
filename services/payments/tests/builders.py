"""Values with sensible defaults, so that a test shows only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from chassis.policy_files import load_markets
from chassis.testing.clock import START
from documents.invoice_data import PrecedingInvoice
from payments.clients.market_files import MarketFiles
from payments.domain.card_payment import CardPayment, CardState, start_card_payment
from payments.domain.commission import Commission
from payments.domain.contest import Contest, ContestReason, ContestState
from payments.domain.credit_note import Credited, draw_up_credit_note
from payments.domain.facts import DeliveryAddress, Dispatch, OrderedLine, OrderedParts, OrderedRegime, Unit
from payments.domain.invoice import Correction, Invoice, InvoiceState, SeriesNumber
from payments.domain.invoice import Credit as InvoiceCredit
from payments.domain.invoice_paper import InvoiceCase, draw_up, regime_parts
from payments.domain.matching import Candidate, Credit
from payments.domain.party import Party
from payments.domain.payment import HeldOrder, Payment, PaymentState, VirtualAccount, open_payment
from payments.domain.payout import Creditor, Payout, PayoutItem, PayoutState
from payments.domain.platform import Platform
from payments.domain.refund import Refund, RefundState, Source, SourceKind
from payments.domain.reversal import Reversal, ReversalState
from payments.domain.settlement import Settlement, SettlementState

DAY = date(2026, 11, 23)
RULES = MarketFiles(load_markets(Path(__file__).parents[3] / "markets"))
FR_PRO = RULES.in_force("fr-pro", DAY)
PLATFORM = Platform("Regrade", "FR", "Sandbox PSP", "https://market.test")
ACCOUNT = VirtualAccount("FR7630006000011234567890189", "REGRFRP0XXX", "Atelier Vidal SARL")
BUYER_NAME = "Atelier Vidal SARL"

# Chosen so that check digits hold; the companies do not exist.
SIREN_OF = {"Reparo SAS": "732829320", "Seconde Main Pro SARL": "552100554", BUYER_NAME: "404833048"}
VAT_OF = {"Reparo SAS": "FR44732829320", "Seconde Main Pro SARL": "FR43552100554", BUYER_NAME: "FR83404833048"}


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def a_snapshot(name: str = BUYER_NAME, prefix: str | None = None, **changes: Any) -> dict[str, Any]:
    """What `accounts` answers about a company."""
    seller = prefix is not None
    snapshot = {
        "company_id": str(new_id()),
        "version": 1,
        "kind": "seller" if seller else "buyer",
        "state": "active",
        "market": None if seller else "fr-pro",
        "markets": ["fr-pro"],
        "legal_name": name,
        "legal_form": "SAS" if seller else None,
        "share_capital": "50 000 EUR" if seller else None,
        "country": "FR",
        "registration_number": SIREN_OF[name],
        "registration_scheme": "0002",
        "vat_numbers": {"FR": VAT_OF[name]},
        "vat_evidence": {"vat_number": VAT_OF[name], "status": "valid", "checked_at": "2026-11-20T10:00:00Z"},
        "vat_checks": {"FR": {"vat_number": VAT_OF[name], "status": "valid", "checked_at": "2026-11-20T10:00:00Z"}},
        "address": {"street": "12 rue des Ateliers", "postal_code": "69007", "city": "Lyon", "country": "FR"},
        "language": "fr",
        "contacts": [{"role": "main", "email": "contact@example.test", "name": "Service achats"}],
        "payout": {"iban": "FR7630001007941234567890185", "holder_name": name} if seller else None,
        "support_phone": "+33 4 72 00 00 00" if seller else None,
        "invoice_prefix": prefix,
    }
    return {**snapshot, **changes}


def a_party(company_id: Id | None = None, **changes: Any) -> Party:
    return Party(company_id or new_id(), 1, a_snapshot(**changes), START)


def a_held_order(minor: int = 156048, **changes: Any) -> HeldOrder:
    order = HeldOrder(new_id(), "100042", new_id(), "fr-pro", FR_PRO.version, eur(minor))
    return replace(order, **changes)


def a_payment(state: PaymentState = PaymentState.OPENED, **changes: Any) -> Payment:
    payment, _ = open_payment(a_held_order(), ACCOUNT, START)
    received = {PaymentState.PARTIALLY_PAID: eur(100), PaymentState.SECURED: payment.due}.get(state, eur(0))
    return replace(payment, state=state, received=received, **changes)


def a_card_payment(state: CardState = CardState.REQUIRES_3DS, **changes: Any) -> CardPayment:
    payment = a_payment()
    card, _ = start_card_payment(payment, 1, payment.due, "at_dispatch", "wal_1", START, START)
    return replace(card, state=state, **changes)


def a_refund(state: RefundState = RefundState.CREATED) -> Refund:
    source = Source(SourceKind.BANK_CREDIT, new_id(), "crd_1", "wal_1")
    return Refund(new_id(), 1, state, new_id(), None, source, eur(3952), "overpaid", START)


def a_refund_of_a_case() -> Refund:
    return replace(a_refund(), order_id=new_id(), case_id=new_id(), credit_note_id=new_id(), cause="cannot_repair")


def a_reversal(state: ReversalState = ReversalState.WAITING, **changes: Any) -> Reversal:
    """E3, unit 1, in euros: 1,498.75 goes back, 95.92 of it is the platform's commission."""
    reversal = Reversal(
        id=new_id(),
        state=state,
        case_id=new_id(),
        order_id=new_id(),
        seller_order_id=new_id(),
        seller_id=new_id(),
        buyer_id=new_id(),
        market="fr-pro",
        gross=eur(149875),
        commission_net=eur(9592),
        commission_vat=eur(0),
        created_at=START,
        advance_at=START,
        funded_at=START if state is ReversalState.FUNDED else None,
    )
    return replace(reversal, **changes)


def a_settlement(state: SettlementState = SettlementState.PENDING) -> Settlement:
    return Settlement(
        id=new_id(),
        version=1,
        state=state,
        order_id=new_id(),
        seller_id=new_id(),
        buyer_id=new_id(),
        market="fr-pro",
        policy_version=FR_PRO.version,
        invoiced=eur(156048),
        commission=Commission(eur(12905), eur(2581), "S", "20"),
        pending_at=START,
    )


def a_payout(state: PayoutState = PayoutState.CREATED) -> Payout:
    item = PayoutItem(new_id(), new_id(), eur(140562), eur(15486))
    creditor = Creditor("Reparo SAS", "FR7630001007941234567890185")
    return Payout(new_id(), 1, state, new_id(), "fr-pro", creditor, (item,), START)


def a_line(line_no: int = 1, **changes: Any) -> OrderedLine:
    """E1, seller A, line 1: 2 phones of 389.00."""
    line = OrderedLine(
        line_no=line_no,
        sku="IP13-128-BK",
        title="Apple iPhone 13 128 Go Noir",
        grade="excellent",
        quantity=2,
        unit_price_minor=38900,
        net_minor=77800,
        regime="normal",
        ship_from="FR",
        vat_category="S",
        vat_rate_percent="20",
        vatex=None,
    )
    return replace(line, **changes)


def e1_of_seller_a(order_id: Id, seller_id: Id, buyer_id: Id) -> OrderedParts:
    """Normal regime: 2 x 389.00 + 512.50 + shipping 9.90 = 1,300.40 net, 1,560.48 with VAT."""
    lines = (
        a_line(1),
        a_line(2, sku="T14-G3", title="Lenovo ThinkPad T14", quantity=1, unit_price_minor=51250, net_minor=51250),
    )
    regimes = (OrderedRegime("normal", "net", 990, 156048),)
    return OrderedParts(new_id(), order_id, seller_id, buyer_id, "fr-pro", FR_PRO.version, "EUR", lines, regimes)


def e1_of_seller_b(order_id: Id, seller_id: Id, buyer_id: Id) -> OrderedParts:
    """Margin scheme: 3 x 215.00 + shipping 6.00 = 651.00, no VAT shown."""
    margin = a_line(
        1,
        sku="S22-256",
        title="Samsung Galaxy S22 256 Go",
        quantity=3,
        unit_price_minor=21500,
        net_minor=64500,
        regime="margin",
        vat_category="E",
        vat_rate_percent="0",
        vatex="VATEX-EU-F",
    )
    regimes = (OrderedRegime("margin", "net", 600, 65100),)
    return OrderedParts(new_id(), order_id, seller_id, buyer_id, "fr-pro", FR_PRO.version, "EUR", (margin,), regimes)


def a_dispatch(ordered: OrderedParts, at: datetime = START, **changes: Any) -> Dispatch:
    """Every ordered unit left; serial numbers count up."""
    units = tuple(
        (line.line_no, tuple(Unit("S/N", f"SN-{line.line_no}-{n:03d}") for n in range(line.quantity)))
        for line in ordered.lines
    )
    dispatch = Dispatch(
        new_id(),
        ordered.seller_order_id,
        ordered.order_id,
        ordered.seller_id,
        ordered.buyer_id,
        "1Z999",
        at,
        "FR",
        units,
    )
    return replace(dispatch, **changes)


DELIVER_TO = DeliveryAddress(
    BUYER_NAME,
    {"street": "4 quai de la Fosse", "postal_code": "44000", "city": "Nantes", "country": "FR"},
    "PO-7781",
)


def an_invoice_case(ordered: OrderedParts | None = None, **changes: Any) -> InvoiceCase:
    ordered = ordered or e1_of_seller_a(new_id(), new_id(), new_id())
    case = InvoiceCase(
        ordered=ordered,
        dispatch=a_dispatch(ordered, datetime(2026, 11, 23, 10, tzinfo=UTC)),
        deliver_to=DELIVER_TO,
        seller=a_party(ordered.seller_id, name="Reparo SAS", prefix="RPRO"),
        buyer=a_party(ordered.buyer_id),
        account=ACCOUNT,
        order_number="100042",
        paid_at=START,
        rules=FR_PRO,
        platform=PLATFORM,
    )
    return replace(case, **changes)


def an_invoice(state: InvoiceState = InvoiceState.NUMBERED) -> Invoice:
    case = an_invoice_case()
    number = SeriesNumber("RPRO-2026", 1)
    return Invoice(
        id=new_id(),
        version=0,
        state=state,
        number=number,
        regime="normal",
        seller_id=case.ordered.seller_id,
        buyer_id=case.ordered.buyer_id,
        order_id=case.ordered.order_id,
        seller_order_id=case.ordered.seller_order_id,
        shipment_id=case.dispatch.shipment_id,
        paper=draw_up(case, regime_parts(case.ordered)[0], number.text),
        numbered_at=START,
        sha256="0" * 64 if state in (InvoiceState.VALIDATED, InvoiceState.ISSUED) else None,
    )


def a_credit_note(state: InvoiceState = InvoiceState.NUMBERED) -> Invoice:
    """One of the two phones of E1, seller A."""
    original = an_invoice(InvoiceState.ISSUED)
    number = SeriesNumber("RPRO-2026-A", 1)
    paper = draw_up_credit_note(original.paper, ["SN-1-000"], Credited(), number.text, DAY, DAY)
    return replace(
        original,
        id=new_id(),
        state=state,
        number=number,
        paper=paper,
        credit=InvoiceCredit(original.id, original.number.text, new_id(), "cannot_repair"),
    )


def a_contest(state: ContestState = ContestState.OPEN) -> Contest:
    """Of E1, seller A: the buyer's name is said to be wrong."""
    invoice = an_invoice(InvoiceState.ISSUED)
    contest = Contest(
        id=new_id(),
        version=1,
        state=ContestState.OPEN,
        invoice_id=invoice.id,
        number=invoice.number.text,
        order_id=invoice.order_id,
        seller_id=invoice.seller_id,
        buyer_id=invoice.buyer_id,
        reason=ContestReason.BUYER_DATA,
        says="Marie Durand is not the buyer.",
        contest_until=START,
        opened_at=START,
    )
    return replace(contest, state=state)


def a_corrected_invoice(state: InvoiceState = InvoiceState.NUMBERED) -> Invoice:
    """The new invoice of a contest."""
    old = an_invoice(InvoiceState.ISSUED)
    preceding = PrecedingInvoice(old.number.text, DAY)
    return replace(
        old,
        id=new_id(),
        state=state,
        number=SeriesNumber("RPRO-2026", 2),
        paper=replace(old.paper, number="RPRO-2026-000002", preceding=preceding),
        correction=Correction(new_id(), old.id, old.number.text),
    )


def a_credit(amount_minor: int, remittance: str = "", **changes: Any) -> Credit:
    return replace(Credit(amount_minor, "EUR", remittance, BUYER_NAME, BUYER_NAME), **changes)


def a_candidate(number: str, missing_minor: int, **changes: Any) -> Candidate:
    return replace(Candidate(new_id(), number, "EUR", missing_minor, is_closed=False), **changes)
