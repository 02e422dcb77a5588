"""The world outside, for development and tests: payment provider, bank, carrier, VIES, mailbox."""
