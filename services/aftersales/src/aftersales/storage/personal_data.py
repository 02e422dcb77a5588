"""What aftersales keeps of companies and people, table by table: what a buyer wrote about a device."""

from chassis.db.personal_data import Holding, OpenBusiness, PersonalData

_EITHER = "buyer_id = :company_id or seller_id = :company_id"

PERSONAL_DATA = PersonalData(
    (
        Holding("shipments", of_company=_EITHER, plain="market policy_version delivery_country lines"),
        Holding("return_places", of_company="seller_id = :company_id", plain="usual by_country", delete=True),
        Holding("seller_order_lines", plain="ship_from category grade"),
        Holding(
            "coverages",
            of_company=_EITHER,
            plain="state market policy_version delivery_country calendar_version lines",
        ),
        Holding(
            "cases",
            of_company=_EITHER,
            plain="kind state rma market policy_version delivery_country ship_from unit invoiced_unit defect "
            "calendar_version checklist remedy exclusion fee_currency replacement_unit refund_reason",
            erase={
                "description": "case when buyer_id = :company_id then '' else description end",
                "return_tracking": "case when buyer_id = :company_id then null else return_tracking end",
                # Where the seller wants it back is the seller's.
                "return_to": "case when seller_id = :company_id then null else return_to end",
                "shipped_back": "case when buyer_id = :company_id then null else shipped_back end",
            },
        ),
    ),
    open_business=(OpenBusiness("case", f"select rma as id, state from cases where ({_EITHER}) and ended_at is null"),),
)
