"""What can be done with coverages: one file per use case."""
