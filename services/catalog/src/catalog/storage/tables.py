"""The catalogue's tables. Stock has a narrow table of its own, for it changes far more often than terms do."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

metadata = MetaData()

sellers = Table(
    "sellers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("markets", ARRAY(Text), nullable=False),
    # Counts the public events of the seller's catalogue (topic catalog.stock).
    Column("version", Integer, nullable=False),
    # Null until `accounts` has told of them.
    Column("ship_from", ARRAY(Text)),
    CheckConstraint("state in ('submitted', 'approved', 'rejected', 'active', 'suspended')", name="sellers_state"),
)

products = Table(
    "products",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("gtin", Text),
    Column("brand", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("storage", Text),
    Column("ram", Text),
    Column("color", Text),
    Column("launch_year", SmallInteger),
    Column("title", Text, nullable=False),
    Column("search", TSVECTOR, Computed("to_tsvector('simple', title || ' ' || category)", persisted=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # Counts the public events of the product (topic catalog.product); 0 where it was described before there were any.
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False, server_default=text("'unreviewed'")),
    Column("merged_into", Uuid, ForeignKey("products.id")),
    # Counts corrections: whoever remembers a product by id and this number is never wrong.
    Column("facts", Integer, nullable=False, server_default=text("1")),
    Column("mpn", Text),
    Column("mpn_key", Text),
    Column("gtin_key", Text, Computed("lpad(gtin, 14, '0')", persisted=True)),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    CheckConstraint("state in ('unreviewed', 'confirmed', 'merged')", name="products_state"),
    CheckConstraint("(state = 'merged') = (merged_into is not null)", name="products_merged"),
    Index("products_key", "key", unique=True, postgresql_where=text("state <> 'merged'")),
    Index("products_gtin", "gtin", unique=True, postgresql_where=text("state <> 'merged'")),
    Index("products_every_key", "key"),
    Index("products_gtin_key", "gtin_key"),
    Index("products_mpn_key", "mpn_key"),
    Index("products_unreviewed", "id", postgresql_where=text("state = 'unreviewed'")),
    Index("products_merged_into", "merged_into", postgresql_where=text("merged_into is not null")),
    Index("products_search", "search", postgresql_using="gin"),
    Index("products_title_trigrams", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("seller_id", Uuid, ForeignKey("sellers.id"), nullable=False),
    Column("sku", Text, nullable=False),
    Column("sku_key", Text, nullable=False),
    Column("product_id", Uuid, ForeignKey("products.id"), nullable=False),
    Column("product_facts", Integer, nullable=False, server_default=text("1")),
    # Copies of the product's, corrected together with it, so that a search filters and counts in one table.
    Column("category", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("storage", Text),
    Column("grade", Text, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("vat_regime", Text, nullable=False),
    Column("ship_from", Text, nullable=False),
    Column("warranty_months", SmallInteger, nullable=False),
    Column("battery_health_percent", SmallInteger),
    Column("dispatch_business_days", SmallInteger, nullable=False),
    Column("shipping_fee_minor", BigInteger, nullable=False),
    Column("shipping_fee_currency", Text, nullable=False),
    Column("markets", ARRAY(Text), nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    # By country ("" for all): [[from_quantity, amount_minor], …] in the currency of the price they refine.
    Column("price_tiers", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("min_order_quantity", Integer, nullable=False, server_default=text("1")),
    Column("pack_size", Integer, nullable=False, server_default=text("1")),
    Column("floor_price_minor", BigInteger),
    Column("floor_price_currency", Text),
    Column("accessories", ARRAY(Text)),
    Column("in_refurbishment", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("options", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("levies", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    # What the search calls the offer: small, and rising with time.
    Column("n", BigInteger, Identity(always=True), nullable=False),
    UniqueConstraint("seller_id", "sku_key", name="offers_sku"),
    CheckConstraint("price_minor > 0 and shipping_fee_minor >= 0", name="offers_amounts"),
    CheckConstraint("min_order_quantity > 0 and pack_size > 0", name="offers_quantities"),
    CheckConstraint("vat_regime in ('normal', 'margin')", name="offers_vat_regime"),
    Index("offers_product", "product_id"),
    Index("offers_n", "n", unique=True),
    # A feed changes every price, and a price is in no index: new row versions find room beside the old ones.
    postgresql_with={"fillfactor": "50"},
)

stock = Table(
    "stock",
    metadata,
    Column("offer_id", Uuid, ForeignKey("offers.id"), primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("available", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("sold", Integer, nullable=False),
    Column("shortage", Integer, nullable=False),
    Column("counted_at", DateTime(timezone=True), nullable=False),
    Column("as_of", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "counted >= 0 and available >= 0 and held >= 0 and sold >= 0 and shortage >= 0", name="stock_not_negative"
    ),
    # No unit appears or vanishes: what was counted, plus what is owed beyond it, is free, held or sold.
    CheckConstraint("counted + shortage = available + held + sold", name="stock_balances"),
    CheckConstraint("available = 0 or shortage = 0", name="stock_short_or_free"),
    # As for offers: a feed touches every row.
    postgresql_with={"fillfactor": "50"},
)

stock_movements = Table(
    "stock_movements",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("offer_id", Uuid, ForeignKey("offers.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("cause_id", Uuid, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "kind in ('pushed', 'adjusted', 'held', 'released', 'sold', 'returned')", name="stock_movements_kind"
    ),
    Index("stock_movements_offer", "offer_id", "id"),
    Index("stock_movements_sold", "offer_id", "at", postgresql_where=text("kind in ('sold', 'returned')")),
)

reservations = Table(
    "reservations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("held_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    # Null where nobody counts what the buyer holds with it.
    Column("buyer_id", Uuid),
    CheckConstraint("state in ('refused', 'held', 'consumed', 'released')", name="reservations_state"),
)

reservation_units = Table(
    "reservation_units",
    metadata,
    Column("reservation_id", Uuid, ForeignKey("reservations.id"), primary_key=True),
    Column("offer_id", Uuid, ForeignKey("offers.id"), primary_key=True),
    Column("quantity", Integer, nullable=False),
    CheckConstraint("quantity > 0", name="reservation_units_positive"),
    Index("reservation_units_offer", "offer_id"),
)

# Sums of held reservations: summing them anew for each order would cost what the buyer holds.
buyer_holds = Table(
    "buyer_holds",
    metadata,
    Column("buyer_id", Uuid, primary_key=True),
    # An offer, or a seller: all of its offers together.
    Column("of_id", Uuid, primary_key=True),
    Column("units", Integer, nullable=False),
    CheckConstraint("units >= 0", name="buyer_holds_not_negative"),
    postgresql_with={"fillfactor": "70"},
)
