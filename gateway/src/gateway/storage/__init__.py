"""The gateway's database: advances of the test clock, deliveries, the parties that mails are addressed to."""
