"""Every refusal of an import by name."""

from chassis.kernel.errors import Invalid, NotFound, WrongState


class ImportNotFound(NotFound):
    """Not there, or another seller's."""

    code = "import_not_found"
    title = "There is no such import"


class ImportCannot(WrongState):
    """Its state does not allow the move."""

    code = "import_cannot"
    title = "The import is not in a state for this"


class ImportRunning(WrongState):
    """One file of a seller at a time: two that run side by side would overwrite each other line by line."""

    code = "import_running"
    title = "Another import of yours has not ended"


class ImportOvertaken(WrongState):
    """A full sync speaks for the whole shop, so an older file has nothing to add."""

    code = "import_stale"
    title = "A newer full sync is stored already"


class ImportTimeWrong(Invalid):
    """A count cannot be newer than now; a later one would make every honest line after it stale."""

    code = "as_of_in_future"
    title = "The file's as_of lies in the future"


class NothingToImport(Invalid):
    """A header and nothing else."""

    code = "import_empty"
    title = "The file holds no line"


class ConfirmationDiffers(WrongState):
    """The seller confirms a figure, not a button."""

    code = "confirmation_differs"
    title = "The figure you confirm is not the one in question"


class ImportForgotten(NotFound):
    """Lines and results are kept for 30 days."""

    code = "import_forgotten"
    title = "The lines of this import are no longer kept"
