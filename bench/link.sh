#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# bench/link.sh [--quick] [--only LOAD] [--side NAME=OPTIONS] [--out DIR]: the host's own connections
# through dlo0, beside kernel lo and DPDK's net_tap. --help says more, docs/performance.md what it means.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
exec /usr/bin/python3 -B "$here/link/main.py" "$@"
