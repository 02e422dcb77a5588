"""Kafka: the envelope, the relay that publishes the outbox, the batch consumer with parking and redrive."""
