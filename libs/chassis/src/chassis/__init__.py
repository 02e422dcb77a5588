"""What all Regrade services share: kernel, database, Kafka, web, observability, test kit."""
