"""The tables of accounts, as the newest migration leaves them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

# Without this, None would be kept as the JSON value null, which is not null to the database's checks.
NULLABLE_JSON = JSONB(none_as_null=True)

companies = Table(
    "companies",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("market", Text),
    Column("legal_name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("registration_number", Text, nullable=False),
    Column("vat_numbers", JSONB, nullable=False),
    Column("address", JSONB, nullable=False),
    Column("contact", JSONB, nullable=False),
    Column("language", Text, nullable=False),
    Column("legal_form", Text),
    Column("share_capital", Text),
)

change_requests = Table(
    "change_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("company_id", ForeignKey("companies.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("change", JSONB, nullable=False),
    Column("payout", NULLABLE_JSON),
    Column("note", Text, nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("next_step", Text),
    Index("change_requests_one_open", "company_id", unique=True, postgresql_where=text("state = 'open'")),
)

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("company_id", ForeignKey("companies.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("link", NULLABLE_JSON),
    Column("password_link", NULLABLE_JSON),
    Column("role", Text, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("company_id", ForeignKey("companies.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("link", JSONB, nullable=False),
    Column("invited_at", DateTime(timezone=True), nullable=False),
    Index("invitations_one_open", "company_id", "email", unique=True, postgresql_where=text("state = 'open'")),
)

purchasing_rules = Table(
    "purchasing_rules",
    metadata,
    Column("id", ForeignKey("companies.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("rules", JSONB, nullable=False),
)

sellers = Table(
    "sellers",
    metadata,
    Column("id", ForeignKey("companies.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("markets", ARRAY(Text), nullable=False),
    Column("regimes", ARRAY(Text), nullable=False),
    Column("payout_iban", Text),
    Column("payout_holder", Text),
    Column("return_address", NULLABLE_JSON),
    Column("support_phone", Text),
    Column("invoice_prefix", Text, unique=True),
    Column("reason", Text),
    Column("next_step", Text),
    Column("mandate", NULLABLE_JSON),
    Column("answer", Text),
    Column("ship_from", ARRAY(Text), nullable=False),
    Column("return_addresses", JSONB, nullable=False),
    Column("owners", NULLABLE_JSON),
    Column("tax", NULLABLE_JSON),
    Column("tax_request", NULLABLE_JSON),
    Column("payouts_held", Boolean, nullable=False),
    Column("mandate_due_at", DateTime(timezone=True)),
)

seller_documents = Table(
    "seller_documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("seller_id", ForeignKey("sellers.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    Column("valid_until", Date),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("next_step", Text),
)

document_files = Table(
    "document_files",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

mandate_acts = Table(
    "mandate_acts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seller_id", ForeignKey("sellers.id"), nullable=False, index=True),
    Column("act", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("sha256", Text),
    Column("signatory", Text, nullable=False),
    Column("by_id", Uuid),
    Column("at", DateTime(timezone=True), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("company_id", ForeignKey("companies.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("market", Text),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    Column("last_four", Text),
)

vat_evidence = Table(
    "vat_evidence",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False, index=True),
    Column("number", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("name", Text),
    Column("consultation_number", Text),
    Column("checked_at", DateTime(timezone=True), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("network", Text),
    Column("agent", Text),
    Column("generation", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("id", ForeignKey("users.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("authenticator", Text, nullable=False),
    Column("secret", Text),
    Column("last_step", BigInteger),
    Column("recovery_hashes", ARRAY(Text), nullable=False),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
)

spent_challenges = Table(
    "spent_challenges",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
)

email_changes = Table(
    "email_changes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("link", NULLABLE_JSON),
)

revocations = Table(
    "revocations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("address_hash", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("private_jwk", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("company_id", Uuid, nullable=False, index=True),
    Column("user_id", Uuid),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("confirmations", JSONB, nullable=False),
    Column("done_at", DateTime(timezone=True)),
)

data_exports = Table(
    "data_exports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("company_id", Uuid, nullable=False),
    Column("user_id", Uuid),
    Column("asked_by", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("archive", LargeBinary),
)
