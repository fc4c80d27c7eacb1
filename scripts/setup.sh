#!/bin/sh
# Checks what the machine must have, in one sentence each, then hands over to setup.py. Usage: setup.sh run|test
set -eu
cd "$(dirname "$0")/.."

stop() { echo "Set-up stopped: $1" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || stop "SEN runs on Linux; this machine is $(uname -s)."
[ "$(uname -m)" = x86_64 ] || [ -n "${PG_BIN:-}" ] || [ -n "${DATABASE_URL:-}" ] ||
    stop "the packaged database is for x86-64 and this machine is $(uname -m): set PG_BIN to the programs of a PostgreSQL 15 to 18."

python=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
found=$(python3 --version 2>/dev/null || true)
[ -n "$python" ] || stop "Python 3.11 or newer is needed and python3 is ${found:-missing}: install one, or name it with PYTHON=/its/python3."

"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "this Python has no venv module: install it (on Debian and Ubuntu the package is python3-venv)."

free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
need=1200; [ -e .venv/stamps/npm ] && need=200
[ "$free" -ge "$need" ] || stop "$need MB of disk space are needed and $free MB are free here: make room, or clone elsewhere."

exec "$python" -m scripts.setup "${1:-run}"
