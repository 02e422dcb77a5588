"""What orders can do: one file per use case, each run inside a transaction it neither opens nor commits."""
