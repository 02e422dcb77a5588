"""Tables. Every list is read newest first by `seq`, which PostgreSQL counts up."""

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    event,
)
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData()

iban_numbers = Sequence("iban_numbers", metadata=metadata)


def _seq() -> Column[int]:
    return Column("seq", BigInteger, Identity(), unique=True, nullable=False)


def _id() -> Column[str]:
    return Column("id", String, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False)


def _time(name: str, nullable: bool = False) -> Column[DateTime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)  # type: ignore[arg-type]


def _minor(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


users = Table(
    "users",
    metadata,
    _id(),
    _seq(),
    Column("reference", String, nullable=False, index=True),
    _text("kind"),
    _text("name"),
    _text("country"),
    _time("created_at"),
)

wallets = Table(
    "wallets",
    metadata,
    _id(),
    _seq(),
    Column("owner_id", ForeignKey("users.id"), nullable=False),
    Column("reference", String, nullable=False, index=True),
    _text("currency"),
    _minor("balance_minor"),
    _time("created_at"),
    CheckConstraint("balance_minor >= 0", name="wallet_not_below_zero"),
)

virtual_accounts = Table(
    "virtual_accounts",
    metadata,
    _id(),
    _seq(),
    Column("reference", String, nullable=False, index=True),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("iban", String, nullable=False, unique=True),
    _text("bic"),
    _text("holder_name"),
    _text("country"),
    _text("currency"),
    _time("created_at"),
)

transfers = Table(
    "transfers",
    metadata,
    _id(),
    _seq(),
    Column("reference", String, nullable=False, index=True),
    Column("from_wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("to_wallet_id", ForeignKey("wallets.id"), nullable=False),
    _minor("amount_minor"),
    _text("currency"),
    Column("metadata", JSON, nullable=False, key="notes"),
    _time("created_at"),
    CheckConstraint("amount_minor > 0", name="transfer_positive"),
)

credits = Table(
    "credits",
    metadata,
    _id(),
    _seq(),
    Column("reference", String, nullable=False, index=True),
    Column("virtual_account_id", ForeignKey("virtual_accounts.id"), nullable=False, index=True),
    _text("iban"),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    _minor("amount_minor"),
    _minor("refunded_minor"),
    _text("currency"),
    Column("value_date", Date, nullable=False),
    _time("booked_at"),
    _text("debtor_name"),
    _text("debtor_iban"),
    _text("remittance"),
    CheckConstraint("amount_minor > 0", name="credit_positive"),
    CheckConstraint("refunded_minor between 0 and amount_minor", name="credit_not_refunded_twice"),
)

card_payments = Table(
    "card_payments",
    metadata,
    _id(),
    _seq(),
    Column("reference", String, nullable=False, index=True),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    _minor("amount_minor"),
    _minor("captured_minor"),
    _text("currency"),
    _text("description"),
    _text("return_url"),
    _text("capture"),
    _text("status"),
    Column("failure_reason", String),
    Column("behaviour", String),
    _text("code"),
    Column("codes_tried", Integer, nullable=False),
    _time("created_at"),
    _time("expires_at"),
    _time("authorised_until", nullable=True),
    CheckConstraint("amount_minor > 0", name="card_payment_positive"),
    CheckConstraint("captured_minor between 0 and amount_minor", name="card_payment_not_captured_beyond"),
)

card_captures = Table(
    "card_captures",
    metadata,
    _id(),
    _seq(),
    Column("card_payment_id", ForeignKey("card_payments.id"), nullable=False, index=True),
    Column("reference", String, nullable=False, index=True),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    _minor("amount_minor"),
    _minor("refunded_minor"),
    _text("currency"),
    _text("status"),
    Column("failure_reason", String),
    _time("created_at"),
    _time("settle_at"),
    CheckConstraint("amount_minor > 0", name="card_capture_positive"),
    CheckConstraint("refunded_minor between 0 and amount_minor", name="card_capture_not_refunded_twice"),
)
Index("card_captures_unsettled", card_captures.c.settle_at, postgresql_where=card_captures.c.status == "captured")

outgoings = Table(
    "outgoings",
    metadata,
    _id(),
    _seq(),
    _text("kind"),
    Column("reference", String, nullable=False, index=True),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("credit_id", ForeignKey("credits.id")),
    Column("capture_id", ForeignKey("card_captures.id")),
    _text("creditor_name"),
    _text("creditor_iban"),
    _minor("amount_minor"),
    _text("currency"),
    _text("remittance"),
    _text("status"),
    Column("failure_reason", String),
    Column("told_to_fail", Boolean, nullable=False),
    _time("created_at"),
    _time("settle_at"),
    _time("finished_at", nullable=True),
    CheckConstraint("amount_minor > 0", name="outgoing_positive"),
    CheckConstraint(
        "(kind = 'refund') = (num_nonnulls(credit_id, capture_id) = 1)", name="refund_names_what_it_returns"
    ),
)
Index("outgoings_under_way", outgoings.c.settle_at, postgresql_where=outgoings.c.status == "created")

journal = Table(
    "journal",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _text("kind"),
    _text("from_account"),
    _text("to_account"),
    _minor("amount_minor"),
    _text("currency"),
    _text("reference"),
    _text("object_id"),
    _time("at"),
    CheckConstraint("amount_minor > 0", name="journal_positive"),
    CheckConstraint("from_account <> to_account", name="journal_two_sides"),
)

closed_ibans = Table("closed_ibans", metadata, Column("iban", String, primary_key=True))

receipts = Table(
    "receipts",
    metadata,
    Column("key", String, primary_key=True),
    _text("fingerprint"),
    _time("at"),
    Column("status", Integer),
    Column("body", JSON),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    _text("event_id"),
    _text("target"),
    _text("type"),
    _text("body"),
    _time("created_at"),
    _time("queued_at"),
    _time("next_attempt_at"),
    Column("held", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_answer", String),
    _time("delivered_at", nullable=True),
    _time("given_up_at", nullable=True),
)
Index(
    "webhooks_waiting",
    webhooks.c.next_attempt_at,
    postgresql_where=webhooks.c.delivered_at.is_(None) & webhooks.c.given_up_at.is_(None),
)

faults = Table(
    "faults",
    metadata,
    Column("name", String, primary_key=True),
    _text("mode"),
    Column("times", Integer),
    Column("delay_seconds", Float, nullable=False),
)

clock = Table(
    "clock",
    metadata,
    Column("single", Boolean, primary_key=True),
    Column("offset_seconds", BigInteger, nullable=False),
    CheckConstraint("single", name="one_clock"),
)

parcel_events = Table(
    "parcel_events",
    metadata,
    _id(),
    _seq(),
    _text("carrier"),
    Column("tracking_number", String, nullable=False, index=True),
    _text("status"),
    _time("at"),
)

vat_answers = Table(
    "vat_answers",
    metadata,
    Column("vat_number", String, primary_key=True),
    _text("status"),
    Column("name", String),
)

# A mail is kept as it came, and taken apart when somebody reads it: of the many that are sent, few are read.
received_mails = Table(
    "received_mails",
    metadata,
    _id(),
    _seq(),
    _text("message_id"),
    _text("sender"),
    Column("recipients", ARRAY(Text), nullable=False),
    # The same in small letters, to be found by.
    Column("addresses", ARRAY(Text), nullable=False),
    _text("subject"),
    _time("at"),
    Column("raw", LargeBinary, nullable=False),
    Index("received_mails_addresses", "addresses", postgresql_using="gin"),
)
# Papers are compressed already: trying it again costs more than all the rest of storing a mail.
_RAW_AS_IT_IS = DDL("alter table received_mails alter column raw set storage external")  # type: ignore[no-untyped-call]
event.listen(received_mails, "after_create", _RAW_AS_IT_IS)
