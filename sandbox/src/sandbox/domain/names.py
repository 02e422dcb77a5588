"""Ids as providers make them: a prefix that says what it is, then something unique that rises with time."""

from chassis.kernel.ids import new_id


def new_name(prefix: str) -> str:
    """`po_0192…`: 32 hexadecimal digits after the prefix."""
    return f"{prefix}_{new_id().hex}"
