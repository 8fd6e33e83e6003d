#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# bench/run.sh [--quick|--full] [--only NAME] [--out DIR]: measure dpdk-lo and its peers side by side.
# Build first (ninja -C build); --help says more, docs/performance.md says what the figures mean.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
exec /usr/bin/python3 -B "$here/lib/cli.py" "$@"
