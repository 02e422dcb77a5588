"""The HTTP door of payments."""
