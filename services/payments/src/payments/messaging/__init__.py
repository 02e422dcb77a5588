"""The Kafka door of payments."""
