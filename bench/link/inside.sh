#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# inside.sh OPTIONS...: bench/link.sh OPTIONS in the virtual machine that guest.py has booted.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/../../tests/vm/few_drivers.sh"
few_drivers
DLO_BENCH_GUEST="QEMU without KVM: the CPUs are emulated, so only ratios count"
export DLO_BENCH_GUEST
exec /usr/bin/python3 -B "$here/main.py" "$@"
