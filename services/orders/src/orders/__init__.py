"""Orders, the payment hold, purchase orders and shipments."""
