"""The Kafka door: what comes in, and the public shape of what goes out."""
