"""Returns: refunds of any source, credit notes, and what they take back from sellers."""

from alembic import op

from payments.storage.laws import LAWS_2

revision = "0002"
down_revision = "0001"

_REFUNDS = (
    "alter table refunds drop constraint refunds_bank_line_id_fkey",
    "drop index refunds_bank_line",
    "alter table refunds rename column bank_line_id to source_id",
    "alter table refunds rename column credit_id to provider_id",
    "alter table refunds add column source_kind text not null default 'bank_credit'",
    "alter table refunds alter column source_kind drop default",
    "alter table refunds add column case_id uuid",
    "alter table refunds add column credit_note_id uuid references invoices (id)",
    "alter table refunds add column due_at timestamptz",
    "alter table refunds add constraint refunds_source_kind check (source_kind in ('bank_credit', 'card_capture'))",
    "alter table refunds add constraint refunds_of_a_case_have_a_credit_note "
    "check ((case_id is null) = (credit_note_id is null))",
    "create index refunds_source on refunds (source_kind, source_id)",
    "create index refunds_credit_note on refunds (credit_note_id)",
)

_CREDIT_NOTES = (
    "alter table invoices add column kind text not null default '380'",
    "alter table invoices add column credits_id uuid references invoices (id)",
    "alter table invoices add column case_id uuid",
    "alter table invoices add column reason text",
    "alter table invoices drop constraint invoices_one_per_shipment_and_regime",
    "create unique index invoices_one_per_shipment_and_regime on invoices (shipment_id, regime) where kind = '380'",
    "create unique index invoices_one_credit_note_per_case on invoices (credits_id, case_id) where kind = '381'",
    "alter table invoices add constraint invoices_credit_notes_name_their_invoice "
    "check ((kind = '381') = (credits_id is not null))",
    "alter table invoices add constraint invoices_credit_notes_name_their_case "
    "check ((kind = '381') = (case_id is not null))",
    """
    create table credited_units (
        invoice_id uuid not null references invoices (id),
        unit text not null,
        credit_note_id uuid not null references invoices (id),
        primary key (invoice_id, unit)
    )
    """,
    "create index credited_units_credit_note on credited_units (credit_note_id)",
)

_SETTLEMENTS = (
    "alter table settlements add column credited_minor bigint not null default 0",
    "alter table settlements add column credited_commission_net_minor bigint not null default 0",
    "alter table settlements add column credited_commission_vat_minor bigint not null default 0",
    "alter table settlements add column released_minor bigint",
    "alter table settlements add column swept_minor bigint",
    "update settlements set released_minor = invoiced_minor - commission_net_minor - commission_vat_minor "
    "where state <> 'pending'",
    "update settlements set swept_minor = commission_net_minor + commission_vat_minor where state = 'paid_out'",
    "alter table payouts add column withheld_minor bigint not null default 0",
    "alter table payouts add constraint payouts_withhold_only check (withheld_minor >= 0)",
    """
    create table reversals (
        credit_note_id uuid primary key references invoices (id),
        state text not null,
        case_id uuid not null,
        order_id uuid not null,
        seller_order_id uuid not null,
        seller_id uuid not null,
        buyer_id uuid not null,
        market text not null,
        currency text not null,
        gross_minor bigint not null,
        commission_net_minor bigint not null,
        commission_vat_minor bigint not null,
        from_pending_minor bigint not null,
        from_available_minor bigint not null,
        swept_back_minor bigint not null,
        advanced_minor bigint not null,
        created_at timestamptz not null,
        advance_at timestamptz not null,
        funded_at timestamptz,
        constraint reversals_positive check (gross_minor > 0),
        constraint reversals_state check (state in ('waiting', 'funded')),
        constraint reversals_funded_once check ((state = 'funded') = (funded_at is not null))
    )
    """,
    "create index reversals_waiting on reversals (seller_id, created_at) where state = 'waiting'",
    "create index reversals_seller_order on reversals (seller_order_id)",
)


def upgrade() -> None:
    """What exists stays as it was: every refund so far was one of a bank credit, every document an invoice."""
    for statement in (*_REFUNDS, *_CREDIT_NOTES, *_SETTLEMENTS, *LAWS_2):
        op.execute(statement)
