"""The numbers of the chassis' advisory locks, in one place: two uses of one number would wait for each other for ever."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """What is locked, in each service's database; far from the hashes that services lock names by."""

    MIGRATIONS = 7_203_371
    RELAY = 7_203_372
    AUDIT_LOG = 7_203_373
