"""Who runs the platform: the one company of kind operator, and the person that the environment names."""

from chassis.kernel.ids import Id, derived_id

_PLATFORM = Id("5eed0000-0000-7000-8000-000000000000")
OPERATOR_COMPANY = derived_id(_PLATFORM, "operator company")
# Its address and password are the environment's, and it stays an owner: nobody can be locked out of their own platform.
OPERATOR_USER = derived_id(_PLATFORM, "operator user")
