"""Sellers' invoicing mandates, as far as payments has to know of them."""

from sqlalchemy import Column, DateTime, Table, Uuid

from payments.storage.tables import metadata

# A row for each seller that has ever taken its mandate back; null again since it was signed anew.
invoicing_mandates = Table(
    "invoicing_mandates",
    metadata,
    Column("seller_id", Uuid, primary_key=True),
    Column("revoked_at", DateTime(timezone=True)),
)
