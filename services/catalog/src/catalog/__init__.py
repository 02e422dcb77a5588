"""Products, offers, stock, reservations and search."""
