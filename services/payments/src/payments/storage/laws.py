"""Laws that the database itself keeps: journals balance, the books are append-only, credits are not paid back twice."""

# Checked when the transaction commits, so that a journal and its postings may be inserted in any order.
JOURNALS_BALANCE = (
    """
    create function check_journal_balances() returns trigger language plpgsql as $$
    declare
        checked uuid := case when tg_table_name = 'journals' then (to_jsonb(new)->>'id')::uuid
                             else (to_jsonb(new)->>'journal_id')::uuid end;
        difference numeric;
        currencies integer;
    begin
        select coalesce(sum(case p.side when 'debit' then p.amount_minor else -p.amount_minor end), -1),
               count(distinct p.currency) + count(distinct p.currency) filter (where p.currency <> j.currency)
        into difference, currencies
        from journals j left join postings p on p.journal_id = j.id where j.id = checked;
        if difference <> 0 or currencies <> 1 then
            raise exception 'journal % does not balance: difference %', checked, difference
                using errcode = '23514', constraint = 'journals_balance';
        end if;
        return null;
    end $$
    """,
    """
    create constraint trigger journals_balance after insert on journals
    deferrable initially deferred for each row execute function check_journal_balances()
    """,
    """
    create constraint trigger postings_balance after insert on postings
    deferrable initially deferred for each row execute function check_journal_balances()
    """,
)

BOOKS_ARE_APPEND_ONLY = (
    """
    create function refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception '% is append-only', tg_table_name using errcode = '23001';
    end $$
    """,
    "create trigger journals_append_only before update or delete on journals "
    "for each statement execute function refuse_change()",
    "create trigger postings_append_only before update or delete on postings "
    "for each statement execute function refuse_change()",
    "create trigger invoice_files_append_only before update or delete on invoice_files "
    "for each statement execute function refuse_change()",
)

# The bank line's row is locked first, so that two refunds of one credit are counted one after the other.
REFUNDS_WITHIN_CREDIT = (
    """
    create function check_refunds_within_credit() returns trigger language plpgsql as $$
    declare
        received bigint;
        given_back numeric;
    begin
        select amount_minor into received from bank_lines where id = new.bank_line_id for update;
        select coalesce(sum(amount_minor), 0) into given_back
        from refunds where bank_line_id = new.bank_line_id and state <> 'failed';
        if given_back > received then
            raise exception 'refunds of bank line % exceed it', new.bank_line_id
                using errcode = '23514', constraint = 'refunds_within_credit';
        end if;
        return null;
    end $$
    """,
    "create trigger refunds_within_credit after insert on refunds "
    "for each row execute function check_refunds_within_credit()",
)

# Each of these views is empty as long as the books are right; `regrade audit` and the tests read them.
AUDIT_VIEWS = (
    """
    create view audit_i1_conservation as
    select journal_id, currency from postings group by journal_id, currency
    having sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0
    """,
    """
    create view audit_i2_balances as
    select coalesce(a.name, f.account) as account, coalesce(a.currency, f.currency) as currency
    from ledger_accounts a
    full join (
        select p.account, p.currency,
               sum(case p.side when 'debit' then p.amount_minor else -p.amount_minor end) as debits_minor
        from postings p group by p.account, p.currency
    ) f on f.account = a.name and f.currency = a.currency
    where coalesce(a.balance_minor, 0)
          <> coalesce(case a.grows_by when 'credit' then -f.debits_minor else f.debits_minor end, 0)
    """,
    """
    create view audit_escrow as
    select currency, sum(case
        when name like 'psp.%' then balance_minor
        when name like 'buyer.escrow:%' or name like 'buyer.unapplied:%' or name like 'seller.pending:%'
          or name like 'seller.available:%' or name like 'refund.payable:%' then -balance_minor
        when name in ('mkt.commission', 'mkt.vat_out') then -balance_minor
        when name = 'mkt.cash' or name like 'mkt.receivable:%' then balance_minor
        else 0 end) as difference_minor
    from ledger_accounts group by currency
    """,
    """
    create view audit_i7_bank_lines as
    select b.id from bank_lines b left join allocations a on a.bank_line_id = b.id
    group by b.id, b.amount_minor having coalesce(sum(a.amount_minor), 0) <> b.amount_minor
    """,
    """
    create view audit_i14_invoice_numbers as
    select seller_id, series from invoices group by seller_id, series
    having count(*) <> max(n) or min(n) <> 1 or count(distinct n) <> count(*)
    """,
)

# Never edited once shipped: a change is a new tuple, executed by a new migration.
LAWS_1 = (*JOURNALS_BALANCE, *BOOKS_ARE_APPEND_ONLY, *REFUNDS_WITHIN_CREDIT, *AUDIT_VIEWS)

# A source is locked first, so that two refunds of one source are counted one after the other. What a source is worth is a
# function of its own: a new kind of source replaces that function and nothing else.
REFUNDS_WITHIN_SOURCE = (
    "drop trigger refunds_within_credit on refunds",
    "drop function check_refunds_within_credit()",
    """
    create function locked_amount_of_source(kind text, source uuid) returns bigint language plpgsql as $$
    declare
        received bigint;
    begin
        if kind = 'bank_credit' then
            select amount_minor into received from bank_lines where id = source for update;
        end if;
        return received;
    end $$
    """,
    """
    create function check_refunds_within_source() returns trigger language plpgsql as $$
    declare
        received bigint := locked_amount_of_source(new.source_kind, new.source_id);
        given_back numeric;
    begin
        select coalesce(sum(amount_minor), 0) into given_back
        from refunds where source_kind = new.source_kind and source_id = new.source_id and state <> 'failed';
        if received is null or given_back > received then
            raise exception 'refunds of % % exceed it', new.source_kind, new.source_id
                using errcode = '23514', constraint = 'refunds_within_source';
        end if;
        return null;
    end $$
    """,
    "create trigger refunds_within_source after insert on refunds "
    "for each row execute function check_refunds_within_source()",
)

CREDIT_NOTES_WITHIN_INVOICE = (
    """
    create function check_credit_notes_within_invoice() returns trigger language plpgsql as $$
    declare
        invoiced bigint;
        credited numeric;
    begin
        select gross_minor into invoiced from invoices where id = new.credits_id for update;
        select coalesce(sum(gross_minor), 0) into credited from invoices where credits_id = new.credits_id;
        if credited > invoiced then
            raise exception 'credit notes of invoice % exceed it', new.credits_id
                using errcode = '23514', constraint = 'credit_notes_within_invoice';
        end if;
        return null;
    end $$
    """,
    "create trigger credit_notes_within_invoice after insert on invoices "
    "for each row when (new.kind = '381') execute function check_credit_notes_within_invoice()",
)

# Each row is a refund of invoiced goods without exactly its credit note, or a credit note without its refunds.
AUDIT_CREDIT_NOTES = (
    """
    create view audit_credit_notes as
    select coalesce(c.id, r.credit_note_id) as credit_note_id
    from (select id, case_id, gross_minor from invoices where kind = '381' and state = 'issued') c
    full join (
        select credit_note_id, min(case_id::text) as case_id, count(distinct case_id) as cases,
               sum(amount_minor) as amount_minor
        from refunds where credit_note_id is not null group by credit_note_id
    ) r on r.credit_note_id = c.id
    where c.id is null or r.credit_note_id is null or r.cases <> 1 or r.case_id <> c.case_id::text
       or r.amount_minor <> c.gross_minor
    union
    select credited.credits_id from invoices credited join invoices original on original.id = credited.credits_id
    group by credited.credits_id, original.gross_minor having sum(credited.gross_minor) > original.gross_minor
    """,
)

LAWS_2 = (*REFUNDS_WITHIN_SOURCE, *CREDIT_NOTES_WITHIN_INVOICE, *AUDIT_CREDIT_NOTES)

# A card capture is a source like a bank credit; one that failed, or is not made yet, has nothing to give back.
CAPTURES_ARE_SOURCES = (
    """
    create or replace function locked_amount_of_source(kind text, source uuid) returns bigint language plpgsql as $$
    declare
        received bigint;
    begin
        if kind = 'bank_credit' then
            select amount_minor into received from bank_lines where id = source for update;
        elsif kind = 'card_capture' then
            select amount_minor into received from card_captures
            where id = source and state in ('captured', 'settled') for update;
        end if;
        return received;
    end $$
    """,
)

# Each row is a card payment whose captures are not what it says, or a capture that the books do not know.
AUDIT_CARDS = (
    """
    create view audit_card_captures as
    select c.id from card_payments c left join card_captures k
        on k.card_payment_id = c.id and k.state in ('captured', 'settled')
    group by c.id, c.captured_minor having coalesce(sum(k.amount_minor), 0) <> c.captured_minor
    union
    select k.id from card_captures k left join journals j
        on j.kind = 'P2_captured' and j.cause = 'card_capture/' || k.id
    where k.amount_minor > 0 and (k.state in ('captured', 'settled')) <> (j.id is not null)
    """,
)

LAWS_3 = (*CAPTURES_ARE_SOURCES, *AUDIT_CARDS)
