#!/bin/sh
# Prints a Python that can set Regrade up: 3.11 or newer, with venv. Each candidate is really run, because a name on the
# PATH proves nothing: a pyenv shim, for example, fails when HOME is not the one it was installed under.
set -u

for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 /usr/bin/python3; do
    [ -n "$candidate" ] || continue
    # The program answers with its own path: the real one behind a shim, which works whatever HOME is.
    if found=$("$candidate" -c 'import sys, venv, ensurepip
if sys.version_info < (3, 11): sys.exit(1)
print(sys.executable)' 2>/dev/null) && [ -n "$found" ]; then
        echo "$found"
        exit 0
    fi
done

echo "Regrade needs Python 3.11 or newer with the venv module, and none was found." >&2
echo "On Debian or Ubuntu: apt-get install python3 python3-venv. Or name one: make PYTHON=/path/to/python3 run." >&2
exit 1
