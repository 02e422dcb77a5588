"""Who runs the platform: the one company of kind operator, by the id that `accounts` gives it on every platform."""

from chassis.kernel.ids import Id

OPERATOR_COMPANY = Id("25d16c48-0278-5654-aaf2-1847da474bc5")
