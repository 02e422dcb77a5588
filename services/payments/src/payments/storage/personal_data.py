"""What payments keeps of companies and people, table by table: who they are, from where they paid, and their invoices."""

from chassis.db.personal_data import LAST_VERSION, Holding, OpenBusiness, PersonalData
from payments.use_cases.keep_invoices import keep_invoices

_BUYERS = "buyer_id = :company_id"
_SELLERS = "seller_id = :company_id"
_EITHER = f"{_BUYERS} or {_SELLERS}"
_OWN_ACCOUNTS = "select from psp_accounts a where a.company_id = :company_id"
_ERASED = "'erased'"

PERSONAL_DATA = PersonalData(
    (
        # What the provider told is found by the accounts of the company, as long as those are known.
        Holding(
            "psp_events",
            of_company=f"exists ({_OWN_ACCOUNTS} and (strpos(body || data::text, a.wallet_id) > 0 "
            "or strpos(body || data::text, a.virtual_account_id) > 0))",
            plain="event_id type outcome",
            erase={"data": "'{}'", "body": "''"},
        ),
        Holding(
            "psp_accounts",
            of_company="company_id = :company_id",
            # The number of the account at the provider names nobody; without it the account would be opened anew.
            plain="role market currency country user_id wallet_id virtual_account_id iban bic",
            erase={"holder_name": _ERASED, "account_holder": _ERASED},
        ),
        Holding("held_orders", of_company=_BUYERS, plain="number market policy_version currency"),
        Holding(
            "payments",
            of_company=_BUYERS,
            plain="number market policy_version currency state closed_reason method capture",
            unshown="card_token",
            erase={"iban": "null", "bic": "null", "account_holder": "null", "card_token": "null"},
        ),
        Holding(
            "card_payments",
            of_company=_BUYERS,
            plain="number state currency capture_moment wallet_id provider_id failure_reason",
            erase={"hosted_page": "null"},
        ),
        Holding("card_captures", of_company=_BUYERS, plain="wallet_id currency state provider_id failure_reason"),
        Holding(
            "bank_lines",
            of_company=_BUYERS,
            plain="credit_id virtual_account_id wallet_id currency match_case",
            erase={"debtor_name": _ERASED, "debtor_iban": "''", "remittance": "''"},
        ),
        Holding("allocations", plain="kind"),
        # The books are never changed, and nothing in them is personal: accounts are named after ids.
        Holding("ledger_accounts", plain="name currency grows_by"),
        Holding("journals", plain="kind cause currency"),
        Holding("postings", plain="account currency side"),
        Holding("seller_orders", of_company=_SELLERS, plain="facts"),
        Holding("shipments", plain="facts"),
        Holding("invoice_counters", plain="series"),
        Holding(
            "invoices",
            of_company=_EITHER,
            plain="state series number kind reason regime currency sha256 blocked_reason",
            kept="paper",
        ),
        Holding(
            "invoice_files",
            of_company=f"invoice_id in (select id from invoices where {_EITHER})",
            plain="sha256",
            files="pdf xml",
        ),
        Holding("credited_units", plain="unit"),
        Holding(
            "contests",
            of_company=_SELLERS,
            plain="state number reason dismissal",
            # Only the seller's erasure takes its words; open ones keep either side from being erased.
            erase={"says": _ERASED, "answer": "null"},
        ),
        # Ids and times alone.
        Holding("invoicing_mandates", of_company="seller_id = :company_id"),
        Holding(
            "settlements",
            of_company=_EITHER,
            plain="state market policy_version currency commission_vat_category commission_vat_rate_percent",
        ),
        Holding(
            "payouts",
            of_company=_SELLERS,
            plain="state market currency failure_reason",
            erase={"creditor_name": _ERASED, "creditor_iban": _ERASED},
        ),
        Holding(
            "refunds",
            of_company=_BUYERS,
            plain="state source_kind provider_id wallet_id currency cause failure_reason",
        ),
        Holding("reversals", of_company=_EITHER, plain="state market currency"),
        Holding(
            "parties",
            of_company="company_id = :company_id",
            erase={
                "version": str(LAST_VERSION),
                "snapshot": "jsonb_build_object('legal_name', 'erased', 'language', snapshot->'language', "
                "'country', snapshot->'country', 'invoice_prefix', snapshot->'invoice_prefix', 'address', "
                "jsonb_build_object('street', 'erased', 'postal_code', '', 'city', 'erased', "
                "'country', snapshot->'address'->'country'))",
            },
        ),
    ),
    keep=keep_invoices,
    open_business=(
        OpenBusiness(
            "payment",
            "select number as id, state from payments where buyer_id = :company_id and state not in ('secured', 'closed')",
        ),
        OpenBusiness(
            "refund", "select id, state from refunds where buyer_id = :company_id and state in ('created', 'sent')"
        ),
        OpenBusiness(
            "payout", "select id, state from payouts where seller_id = :company_id and state in ('created', 'sent')"
        ),
        OpenBusiness(
            "settlement",
            # Of a parcel that never arrived nothing is left to pay out, and no claim window ends.
            "select id, state from settlements where seller_id = :company_id and state <> 'paid_out' "
            "and credited_minor < invoiced_minor",
        ),
        OpenBusiness("contest", f"select number as id, state from contests where ({_EITHER}) and state = 'open'"),
        OpenBusiness(
            "invoice",
            f"select number as id, state from invoices where ({_EITHER}) and state <> 'issued'",
        ),
        # Every account of the company's own: money that is held, owed, or on its way.
        OpenBusiness(
            "balance",
            "select name as id, balance_minor || ' ' || currency as state from ledger_accounts "
            "where name like '%:' || cast(cast(:company_id as uuid) as text) and balance_minor <> 0",
        ),
    ),
)
