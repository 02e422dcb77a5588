"""What is known about products beside their facts: what they were called before, and who might be whose double."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, Uuid, text

from catalog.storage.tables import metadata

product_names = Table(
    "product_names",
    metadata,
    # Evidence as the domain compares it; what a product is called now stands in its own row.
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("product_id", Uuid, ForeignKey("products.id"), nullable=False),
    CheckConstraint("kind in ('gtin', 'mpn', 'key')", name="product_names_kind"),
    Index("product_names_product", "product_id"),
)

product_conflicts = Table(
    "product_conflicts",
    metadata,
    # Taken for this product, while the evidence names the other one.
    Column("product_id", Uuid, ForeignKey("products.id"), primary_key=True),
    Column("other_id", Uuid, ForeignKey("products.id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("seller_id", Uuid, ForeignKey("sellers.id"), nullable=False),
    Column("sku", Text, nullable=False),
    Column("noticed_at", DateTime(timezone=True), nullable=False),
    Column("settled_at", DateTime(timezone=True)),
    CheckConstraint("kind in ('gtin', 'mpn', 'key')", name="product_conflicts_kind"),
    Index("product_conflicts_open", "product_id", postgresql_where=text("settled_at is null")),
    Index("product_conflicts_other", "other_id"),
)
