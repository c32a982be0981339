#!/bin/sh
# Print the first Python on this machine that Digihelse runs on, or say in one sentence what to install.
for candidate in "$@" python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
        echo "$candidate"
        exit 0
    fi
done
echo "Digihelse needs Python 3.11, 3.12, 3.13 or 3.14, and none was found: install one, or say where it is: make run PYTHON=/path/to/python3" >&2
exit 1
