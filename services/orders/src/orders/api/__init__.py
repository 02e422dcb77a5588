"""The HTTP door of orders."""
