"""Payments, the ledger, escrow, invoices and payouts."""
