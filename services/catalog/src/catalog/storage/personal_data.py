"""What catalog keeps of companies and people: offers, requests and bids, by id, with their words, and who sellers are."""

from chassis.db.personal_data import LAST_VERSION, Holding, PersonalData

PERSONAL_DATA = PersonalData(
    (
        Holding("sellers", plain="state markets ship_from"),
        Holding(
            "products",
            plain="key gtin gtin_key mpn mpn_key brand model category storage ram color title search attributes state",
        ),
        Holding("product_names", plain="kind value"),
        Holding("product_conflicts", plain="kind value sku"),
        Holding(
            "offers",
            plain="sku sku_key category brand storage grade currency prices vat_regime ship_from shipping_fee_currency markets "
            "price_tiers floor_price_currency accessories in_refurbishment options levies",
        ),
        Holding("stock_movements", plain="kind"),
        Holding("offer_changes", plain="markets"),
        Holding("reservations", plain="state"),
        Holding("buyer_holds"),
        # What the law wants a buyer to know of a trader. An erased one has no offers on sale that would show it.
        Holding(
            "traders",
            of_company="seller_id = :company_id",
            erase={
                "version": str(LAST_VERSION),
                "snapshot": "jsonb_build_object('name', 'erased', 'country', snapshot->'country', 'address', null, "
                "'legal_form', null, 'share_capital', null, 'registration_number', null, 'registration_scheme', null, "
                "'vat_number', null, 'email', null, 'phone', null)",
            },
        ),
        Holding(
            "quote_papers",
            of_company="buyer_id = :company_id or seller_id = :company_id",
            plain="sha256",
            files="content",
            delete=True,
        ),
        Holding(
            "quote_requests",
            of_company="buyer_id = :company_id",
            plain="market policy_version delivery_country currency lines categories state award",
            erase={"note": "null"},
        ),
        Holding(
            "quote_bids", of_company="seller_id = :company_id", plain="lines currency state", erase={"note": "null"}
        ),
        # A number names a device, which a company bought; who that is stands in no row here.
        Holding(
            "units",
            plain="number imei serial sku grade diagnostics replaced_parts erasure state check_code",
        ),
        Holding("unit_history", plain="what changes"),
        Holding("unit_cases", plain="number"),
        # Of a file only the columns that are about offers are kept.
        Holding("imports", plain="state mode sha256 reading reason"),
        Holding("import_parts", plain="packed results sku_keys counts problems"),
        Holding("buy_boxes", plain="grade market price_country currency basis"),
        # Offers with their figures, by id.
        Holding("buy_box_decisions", plain="contenders"),
    )
)
