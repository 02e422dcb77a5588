"""The tables of payments. Amounts are minor units; times are UTC; names end in their unit."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _id(name: str = "id") -> Column[Any]:
    return Column(name, Uuid, primary_key=True)


def _ref(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Uuid, nullable=optional)


def _text(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=optional)


def _minor(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _time(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=optional)


def _version() -> Column[Any]:
    return Column("version", Integer, nullable=False)


def _json(name: str) -> Column[Any]:
    return Column(name, JSONB, nullable=False)


parties = Table("parties", metadata, _id("company_id"), _version(), _json("snapshot"), _time("fetched_at"))

psp_accounts = Table(
    "psp_accounts",
    metadata,
    _id(),
    _ref("company_id"),
    _text("role"),
    _text("market"),
    _text("currency"),
    _text("country"),
    _text("holder_name", optional=True),
    _text("user_id", optional=True),
    _text("wallet_id", optional=True),
    Column("virtual_account_id", Text, unique=True),
    _text("iban", optional=True),
    _text("bic", optional=True),
    _text("account_holder", optional=True),
    UniqueConstraint("company_id", "currency", name="psp_accounts_one_per_currency"),
)

held_orders = Table(
    "held_orders",
    metadata,
    _id("order_id"),
    _text("number"),
    _ref("buyer_id"),
    _text("market"),
    _text("policy_version"),
    _text("currency"),
    _minor("amount_minor"),
    _time("held_at"),
)
Index("held_orders_buyer", held_orders.c.buyer_id)

payments = Table(
    "payments",
    metadata,
    _id(),
    _version(),
    Column("order_id", Uuid, nullable=False, unique=True),
    _text("number"),
    _ref("buyer_id"),
    _text("market"),
    _text("policy_version"),
    _text("currency"),
    _minor("due_minor"),
    _minor("received_minor"),
    _text("state"),
    _text("iban", optional=True),
    _text("bic", optional=True),
    _text("account_holder", optional=True),
    _time("opened_at"),
    _time("secured_at", optional=True),
    _time("closed_at", optional=True),
    _text("closed_reason", optional=True),
    # The secret of the payment link: random, so nothing about the order can be read from it.
    Column("card_token", Text, unique=True),
    _text("method", optional=True),
    _text("capture", optional=True),
    CheckConstraint("received_minor between 0 and due_minor", name="payments_received_within_due"),
)
Index("payments_buyer", payments.c.buyer_id, payments.c.opened_at)

card_payments = Table(
    "card_payments",
    metadata,
    _id(),
    _version(),
    Column("payment_id", Uuid, ForeignKey("payments.id"), nullable=False),
    _ref("order_id"),
    _ref("buyer_id"),
    _text("number"),
    Column("attempt", Integer, nullable=False),
    _text("state"),
    _text("currency"),
    _minor("amount_minor"),
    _minor("stands_for_minor"),
    _minor("captured_minor"),
    _text("capture_moment"),
    _text("wallet_id"),
    _time("created_at"),
    _time("expires_at"),
    _text("provider_id", optional=True),
    _text("hosted_page", optional=True),
    _time("valid_until", optional=True),
    _text("failure_reason", optional=True),
    UniqueConstraint("payment_id", "attempt", name="card_payments_numbered_once"),
    CheckConstraint("amount_minor > 0", name="card_payments_positive"),
    CheckConstraint("captured_minor between 0 and amount_minor", name="card_payments_captured_within_amount"),
)
# One attempt waits for its buyer at a time.
Index(
    "card_payments_one_waiting",
    card_payments.c.payment_id,
    unique=True,
    postgresql_where=text("state in ('created', 'requires_3ds')"),
)

card_captures = Table(
    "card_captures",
    metadata,
    _id(),
    Column("card_payment_id", Uuid, ForeignKey("card_payments.id"), nullable=False),
    _ref("order_id"),
    _ref("buyer_id"),
    _text("wallet_id"),
    _text("currency"),
    _minor("amount_minor"),
    _minor("applied_minor"),
    _text("state"),
    _time("wanted_at"),
    _ref("seller_order_id", optional=True),
    Column("shipment_id", Uuid, unique=True),
    _text("provider_id", optional=True),
    _text("failure_reason", optional=True),
    CheckConstraint("amount_minor >= 0", name="card_captures_not_negative"),
    CheckConstraint("applied_minor between 0 and amount_minor", name="card_captures_applied_within_amount"),
)
Index("card_captures_card_payment", card_captures.c.card_payment_id)
Index("card_captures_order", card_captures.c.order_id)

bank_lines = Table(
    "bank_lines",
    metadata,
    _id(),
    _version(),
    Column("credit_id", Text, nullable=False, unique=True),
    _text("virtual_account_id"),
    _text("wallet_id"),
    _ref("buyer_id"),
    _text("currency"),
    _minor("amount_minor"),
    Column("value_date", Date, nullable=False),
    _time("booked_at"),
    _text("debtor_name"),
    _text("debtor_iban"),
    _text("remittance"),
    _text("match_case"),
    Column("third_party", Boolean, nullable=False),
    _time("received_at"),
    CheckConstraint("amount_minor > 0", name="bank_lines_positive"),
)
Index("bank_lines_received_at", bank_lines.c.received_at, bank_lines.c.id)

allocations = Table(
    "allocations",
    metadata,
    Column("bank_line_id", Uuid, ForeignKey("bank_lines.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    _text("kind"),
    _ref("order_id", optional=True),
    _minor("amount_minor"),
    CheckConstraint("amount_minor > 0", name="allocations_positive"),
    CheckConstraint("kind in ('order', 'unapplied', 'refund')", name="allocations_kind"),
    CheckConstraint("kind <> 'order' or order_id is not null", name="allocations_name_their_order"),
)
Index("allocations_order", allocations.c.order_id, postgresql_where=allocations.c.kind == "order")

# A balance is kept in the direction in which its account grows. No one is paid with another's money: only the platform's
# own accounts may be overdrawn.
ledger_accounts = Table(
    "ledger_accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    _text("grows_by"),
    _minor("balance_minor"),
    CheckConstraint("balance_minor >= 0 or name like 'mkt.%'", name="ledger_accounts_not_overdrawn"),
)

journals = Table(
    "journals",
    metadata,
    _id(),
    _text("kind"),
    _text("cause"),
    _text("currency"),
    _ref("order_id", optional=True),
    _ref("seller_order_id", optional=True),
    _time("posted_at"),
    UniqueConstraint("kind", "cause", name="journals_once_per_cause"),
)
Index("journals_posted_at", journals.c.posted_at, journals.c.id)
Index("journals_order", journals.c.order_id)

postings = Table(
    "postings",
    metadata,
    Column("journal_id", Uuid, ForeignKey("journals.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    _text("account"),
    _text("currency"),
    _text("side"),
    _minor("amount_minor"),
    CheckConstraint("amount_minor > 0", name="postings_positive"),
    CheckConstraint("side in ('debit', 'credit')", name="postings_side"),
)
Index("postings_account", postings.c.account, postings.c.currency)

seller_orders = Table(
    "seller_orders", metadata, _id("seller_order_id"), _ref("order_id"), _ref("seller_id"), _json("facts")
)

shipments = Table("shipments", metadata, _id("shipment_id"), _ref("seller_order_id"), _ref("order_id"), _json("facts"))

claim_windows = Table("claim_windows", metadata, _id("seller_order_id"), _time("closed_at"))

invoice_counters = Table(
    "invoice_counters",
    metadata,
    Column("seller_id", Uuid, primary_key=True),
    Column("series", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

invoices = Table(
    "invoices",
    metadata,
    _id(),
    _version(),
    _text("state"),
    _text("series"),
    Column("n", Integer, nullable=False),
    _text("number"),
    Column("kind", Text, nullable=False, server_default="380"),
    # Of a credit note: the invoice it credits, and the case it was issued for.
    Column("credits_id", Uuid, ForeignKey("invoices.id")),
    _ref("case_id", optional=True),
    _text("reason", optional=True),
    # Of the two documents that correct a contested invoice; the new one names the one that it replaces.
    _ref("contest_id", optional=True),
    Column("replaces_id", Uuid, ForeignKey("invoices.id")),
    _text("regime"),
    _ref("seller_id"),
    _ref("buyer_id"),
    _ref("order_id"),
    _ref("seller_order_id"),
    _ref("shipment_id"),
    Column("issued_on", Date, nullable=False),
    _text("currency"),
    _minor("net_minor"),
    _minor("vat_minor"),
    _minor("gross_minor"),
    _json("paper"),
    _time("numbered_at"),
    _text("sha256", optional=True),
    _time("issued_at", optional=True),
    _text("blocked_reason", optional=True),
    # Of an erased company: since when only the other side and the auditor read it, until when, and when it was forgotten.
    _time("sealed_at", optional=True),
    Column("kept_until", Date),
    _time("erased_at", optional=True),
    CheckConstraint("(sealed_at is null) = (kept_until is null)", name="invoices_sealed_until_a_day"),
    CheckConstraint("erased_at is null or sealed_at is not null", name="invoices_erased_when_sealed"),
    UniqueConstraint("seller_id", "series", "n", name="invoices_numbered_once"),
    UniqueConstraint("seller_id", "number", name="invoices_one_per_number"),
    CheckConstraint("(kind = '381') = (credits_id is not null)", name="invoices_credit_notes_name_their_invoice"),
    CheckConstraint(
        "(kind = '381') = (case_id is not null or (contest_id is not null and credits_id is not null))",
        name="invoices_credit_notes_name_their_cause",
    ),
    CheckConstraint(
        "(replaces_id is not null) = (contest_id is not null and kind = '380')",
        name="invoices_replace_one_of_a_contest",
    ),
)
Index(
    "invoices_one_per_shipment_and_regime",
    invoices.c.shipment_id,
    invoices.c.regime,
    unique=True,
    postgresql_where=text("kind = '380' and replaces_id is null"),
)
Index("invoices_replaced_once", invoices.c.replaces_id, unique=True, postgresql_where=text("replaces_id is not null"))
Index(
    "invoices_one_credit_note_per_case",
    invoices.c.credits_id,
    invoices.c.case_id,
    unique=True,
    postgresql_where=text("kind = '381'"),
)
Index(
    "invoices_sealed",
    invoices.c.kept_until,
    postgresql_where=text("sealed_at is not null and erased_at is null"),
)
Index("invoices_order", invoices.c.order_id)
Index("invoices_seller_order", invoices.c.seller_order_id)
Index("invoices_buyer", invoices.c.buyer_id, invoices.c.id)
Index("invoices_seller", invoices.c.seller_id, invoices.c.id)

invoice_files = Table(
    "invoice_files",
    metadata,
    Column("invoice_id", Uuid, ForeignKey("invoices.id"), primary_key=True),
    Column("pdf", LargeBinary, nullable=False),
    Column("xml", LargeBinary, nullable=False),
    _text("sha256"),
)

# A device is credited once, whatever case it comes back in.
credited_units = Table(
    "credited_units",
    metadata,
    Column("invoice_id", Uuid, ForeignKey("invoices.id"), primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("credit_note_id", Uuid, ForeignKey("invoices.id"), nullable=False),
)
Index("credited_units_credit_note", credited_units.c.credit_note_id)

settlements = Table(
    "settlements",
    metadata,
    _id(),
    _version(),
    _text("state"),
    _ref("order_id"),
    _ref("seller_id"),
    _ref("buyer_id"),
    _text("market"),
    _text("policy_version"),
    _text("currency"),
    _minor("invoiced_minor"),
    _minor("commission_net_minor"),
    _minor("commission_vat_minor"),
    _text("commission_vat_category"),
    _text("commission_vat_rate_percent", optional=True),
    Column("credited_minor", BigInteger, nullable=False, server_default="0"),
    Column("credited_commission_net_minor", BigInteger, nullable=False, server_default="0"),
    Column("credited_commission_vat_minor", BigInteger, nullable=False, server_default="0"),
    # What was released and what was swept are frozen before the provider is asked to move it.
    Column("released_minor", BigInteger),
    Column("swept_minor", BigInteger),
    _time("pending_at"),
    _time("released_at", optional=True),
    _ref("payout_id", optional=True),
)
Index("settlements_seller", settlements.c.seller_id, settlements.c.pending_at, settlements.c.id)
Index("settlements_released", settlements.c.market, postgresql_where=settlements.c.state == "released")

payouts = Table(
    "payouts",
    metadata,
    _id(),
    _version(),
    _text("state"),
    _ref("seller_id"),
    _text("market"),
    _text("currency"),
    _minor("amount_minor"),
    _minor("commission_minor"),
    Column("withheld_minor", BigInteger, nullable=False, server_default="0"),
    _text("creditor_name"),
    _text("creditor_iban"),
    _time("created_at"),
    _time("finished_at", optional=True),
    _text("failure_reason", optional=True),
    CheckConstraint("amount_minor > 0", name="payouts_positive"),
    CheckConstraint("withheld_minor >= 0", name="payouts_withhold_only"),
)
Index("payouts_seller", payouts.c.seller_id, payouts.c.id)

payout_items = Table(
    "payout_items",
    metadata,
    Column("payout_id", Uuid, ForeignKey("payouts.id"), primary_key=True),
    Column("seller_order_id", Uuid, ForeignKey("settlements.id"), primary_key=True),
    _ref("buyer_id"),
    _minor("amount_minor"),
    _minor("commission_minor"),
    # False once its payout failed: the settlement is free for another one.
    Column("active", Boolean, nullable=False),
)
Index(
    "payout_items_one_active",
    payout_items.c.seller_order_id,
    unique=True,
    postgresql_where=text("active"),
)

refunds = Table(
    "refunds",
    metadata,
    _id(),
    _version(),
    _text("state"),
    _ref("buyer_id"),
    _ref("order_id", optional=True),
    _text("source_kind"),
    _ref("source_id"),
    _text("provider_id"),
    _text("wallet_id"),
    _text("currency"),
    _minor("amount_minor"),
    _text("cause"),
    _ref("case_id", optional=True),
    Column("credit_note_id", Uuid, ForeignKey("invoices.id")),
    _ref("seller_order_id", optional=True),
    _time("created_at"),
    _time("due_at", optional=True),
    _time("finished_at", optional=True),
    _text("failure_reason", optional=True),
    CheckConstraint("amount_minor > 0", name="refunds_positive"),
    CheckConstraint("source_kind in ('bank_credit', 'card_capture')", name="refunds_source_kind"),
    CheckConstraint("(case_id is null) = (credit_note_id is null)", name="refunds_of_a_case_have_a_credit_note"),
)
Index("refunds_source", refunds.c.source_kind, refunds.c.source_id)
Index("refunds_credit_note", refunds.c.credit_note_id)
Index("refunds_buyer", refunds.c.buyer_id, refunds.c.id)

# What a credit note takes back from a seller order, and whether the money for it is there.
reversals = Table(
    "reversals",
    metadata,
    Column("credit_note_id", Uuid, ForeignKey("invoices.id"), primary_key=True),
    _text("state"),
    _ref("case_id"),
    _ref("order_id"),
    _ref("seller_order_id"),
    _ref("seller_id"),
    _ref("buyer_id"),
    _text("market"),
    _text("currency"),
    _minor("gross_minor"),
    _minor("commission_net_minor"),
    _minor("commission_vat_minor"),
    # Filled when the money is there: what of it came from where.
    _minor("from_pending_minor"),
    _minor("from_available_minor"),
    _minor("swept_back_minor"),
    _minor("advanced_minor"),
    _time("created_at"),
    _time("advance_at"),
    _time("funded_at", optional=True),
    CheckConstraint("gross_minor > 0", name="reversals_positive"),
    CheckConstraint("state in ('waiting', 'funded')", name="reversals_state"),
    CheckConstraint("(state = 'funded') = (funded_at is not null)", name="reversals_funded_once"),
)
Index(
    "reversals_waiting",
    reversals.c.seller_id,
    reversals.c.created_at,
    postgresql_where=text("state = 'waiting'"),
)
Index("reversals_seller_order", reversals.c.seller_order_id)

psp_events = Table(
    "psp_events",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("key", Uuid, nullable=False, unique=True),
    _text("type"),
    _json("data"),
    _text("body"),
    _text("outcome", optional=True),
    _time("received_at"),
)
