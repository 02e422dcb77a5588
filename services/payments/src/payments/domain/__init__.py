"""The money rules: accounts, journals, payments, matching, invoices, settlements, payouts, refunds."""
