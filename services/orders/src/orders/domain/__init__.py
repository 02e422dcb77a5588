"""The rules of orders: pure values and functions, no I/O."""
