"""What catalog keeps of companies and people: their offers, by id, and no word about themselves."""

from chassis.db.personal_data import Holding, PersonalData

PERSONAL_DATA = PersonalData(
    (
        Holding("sellers", plain="state markets"),
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
        Holding("reservations", plain="state"),
    )
)
