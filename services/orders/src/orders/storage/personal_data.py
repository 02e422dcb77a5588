"""What orders keeps of companies and people, table by table: where goods went, whose papers were made, and who pays."""

from chassis.db.personal_data import LAST_VERSION, Holding, OpenBusiness, PersonalData
from orders.storage.tables import OPEN_ORDERS

_BUYERS = "buyer_id = :company_id"
_ORDERS = "order_id in (select id from orders where buyer_id = :company_id)"
_ERASED = "'erased'"

# A person's yes or no stays, under the id; what was written to it goes.
_WITHOUT_COMMENTS = (
    "case when approval is null then null else jsonb_set(approval, '{decisions}', (select coalesce(jsonb_agg("
    "case when d->>'person_id' = cast(cast(:person_id as uuid) as text) "
    "then jsonb_set(d, '{comment}', 'null') else d end order by n), '[]') "
    "from jsonb_array_elements(approval->'decisions') with ordinality as e(d, n))) end"
)

_WISHED = "address_change->'deliver_to'"
_OF_SELLER_ORDERS = (
    "number market policy_version currency delivery_country lines regimes taxed state vat_hold_reason ship_by_calendar "
    "cancel_reason cancelled_by cancellation_request delay"
)


def _erased_address(column: str) -> str:
    """The country stays: it decided about the VAT."""
    return (
        f"case when {column} is null then null else jsonb_build_object('company', 'erased', 'street', 'erased', "
        f"'postal_code', '', 'city', 'erased', 'country', {column}->'country', 'contact_phone', null) end"
    )


PERSONAL_DATA = PersonalData(
    (
        Holding(
            "carrier_messages",
            of_company="shipment_id in (select id from shipments where buyer_id = :company_id)",
            plain="webhook_id state carrier tracking_number status",
            # The carrier's reason in its own words may name somebody.
            erase={"body": "''", "reason": "null"},
        ),
        Holding("documents", of_company=_ORDERS, plain="kind sha256", files="content", delete=True),
        Holding(
            "payment_instructions",
            of_company=_ORDERS,
            plain="reference currency",
            erase={"iban": "''", "bic": "null", "holder_name": _ERASED, "card_link": "null"},
        ),
        Holding(
            "orders",
            of_company=_BUYERS,
            of_person="placed_by = :person_id or exists (select from jsonb_array_elements(approval->'decisions') as d "
            "where d->>'person_id' = cast(cast(:person_id as uuid) as text))",
            erase_of_person={"approval": _WITHOUT_COMMENTS},
            plain="market policy_version price_country currency lines state hold_calendar hold_reminders refusal capture "
            "cost_centre trust_tier",
            erase={
                "deliver_to": _erased_address("deliver_to"),
                "buyer_reference": "null",
                "notes": "null",
                # Reasons, steps and sums stay; what people wrote to their yes or no goes.
                "approval": "jsonb_set(approval, '{decisions}', '[]')",
            },
        ),
        Holding(
            "seller_orders",
            of_company=_BUYERS,
            plain=_OF_SELLER_ORDERS,
            erase={
                "moved_to": _erased_address("moved_to"),
                "address_change": f"jsonb_set(address_change, '{{deliver_to}}', {_erased_address(_WISHED)})",
            },
        ),
        # A seller's papers are about it as well; where its buyers live is not its to export or to erase.
        Holding(
            "seller_orders",
            of_company="seller_id = :company_id",
            plain=_OF_SELLER_ORDERS,
            unshown="moved_to address_change",
        ),
        Holding(
            "shipments",
            of_company=f"{_BUYERS} or seller_id = :company_id",
            plain="market policy_version carrier tracking_number delivery_country lines state failure",
        ),
        Holding("shipped_units", plain="number"),
        # Of devices, by number; whose they were stands with the parcels.
        Holding("unit_records", plain="number state"),
        Holding("unit_cases", plain="number"),
        # A trigger lets nobody change it, and nothing in it is personal: who acted is a word such as `buyer`.
        Holding("order_history", of_company=_ORDERS, plain="actor move from_state to_state"),
        Holding(
            "parties",
            of_company="company_id = :company_id",
            erase={
                "version": str(LAST_VERSION),
                "snapshot": "jsonb_build_object('legal_name', 'erased', 'language', snapshot->'language', "
                "'country', snapshot->'country', 'address', jsonb_build_object('street', 'erased', 'postal_code', '', "
                "'city', 'erased', 'country', snapshot->'country'), 'registration_number', null, "
                "'registration_scheme', null, 'vat_numbers', '{}'::jsonb, 'vat_checks', '{}'::jsonb)",
            },
        ),
        # Ids of people, codes of cost centres and amounts.
        Holding("purchasing_rules", of_company="company_id = :company_id", plain="rules"),
        # What an operator wrote about a company.
        Holding("buyer_trust", of_company="company_id = :company_id", plain="tier", erase={"reason": "''"}),
        # People wrote the names and notes of their company's carts; who saved one last stands there by id.
        Holding(
            "carts",
            of_company=_BUYERS,
            of_person="saved_by = :person_id",
            plain="market price_country currency seen",
            erase={"name": "''", "note": "null", "lines": "'[]'"},
            delete=True,
        ),
        # Held stock that waits for the names of its parties: of an order that is still open.
        Holding("pending_holds", plain="held"),
    ),
    open_business=(
        OpenBusiness(
            "order", f"select number as id, state from orders where buyer_id = :company_id and {OPEN_ORDERS.text}"
        ),
        OpenBusiness(
            "seller_order",
            "select number as id, state from seller_orders where seller_id = :company_id "
            "and state not in ('completed', 'cancelled', 'returned', 'lost')",
        ),
    ),
    last_purchase="select max(placed_at) from orders where buyer_id = :company_id",
)
