"""Invoices of erased companies: sealed, kept until a day, then without their files and names."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STEPS = (
    "alter table invoices add column sealed_at timestamptz, add column kept_until date, add column erased_at timestamptz",
    "alter table invoices add constraint invoices_sealed_until_a_day check ((sealed_at is null) = (kept_until is null))",
    "alter table invoices add constraint invoices_erased_when_sealed check (erased_at is null or sealed_at is not null)",
    "create index invoices_sealed on invoices (kept_until) where sealed_at is not null and erased_at is null",
    "drop trigger invoice_files_append_only on invoice_files",
    """
    create function keep_invoice_files() returns trigger language plpgsql as $$
    begin
        if tg_op = 'DELETE' and exists (select from invoices where id = old.invoice_id and erased_at is not null) then
            return old;
        end if;
        raise exception 'invoice_files is append-only until the time of its invoice is over' using errcode = '23001';
    end $$
    """,
    "create trigger invoice_files_append_only before update or delete on invoice_files "
    "for each row execute function keep_invoice_files()",
    "create trigger invoice_files_not_truncated before truncate on invoice_files "
    "for each statement execute function refuse_change()",
)


def upgrade() -> None:
    """No invoice is sealed yet."""
    for statement in _STEPS:
        op.execute(statement)
