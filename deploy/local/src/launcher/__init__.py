"""The whole stack as plain processes: PostgreSQL, Kafka, sandbox, services, gateway."""
