"""The refusals of the launcher: a sentence for the person at the terminal and what they can do about it."""


class LauncherProblem(Exception):
    """Something outside the program is wrong; shown without a traceback, exit code 1.

    `code` is stable and snake_case; `what_to_do` is one sentence in the imperative.
    """

    def __init__(self, code: str, message: str, what_to_do: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        return f"{self.message} {self.what_to_do}".strip()
