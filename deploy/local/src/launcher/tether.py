"""Run in front of each child: gives up root if asked, ties the child to its parent's life, becomes the child.

It stands alone (standard library, no package import) because it starts before every child and must be quick, and it is
a program of its own because code between fork and exec in a threaded parent may deadlock.
"""

import ctypes
import os
import pwd
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """arguments: signal number, pid of the parent, user name or "-", then the command."""
    death_signal, parent, user, *command = arguments
    if user != "-":
        _become(user)
    # After the change of user: the kernel forgets the wish when credentials change.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != int(parent):
            sys.exit("The parent ended before its child could start.")
    # Python ignores SIGPIPE, and ignored signals survive exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ["HOME"] = "/"


if __name__ == "__main__":
    main(sys.argv[1:])
