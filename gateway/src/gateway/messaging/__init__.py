"""The gateway's Kafka door: facts that become mails, and the facts about deliveries."""
