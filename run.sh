#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sudo ./run.sh [arguments of dpdk-lo]: install what is missing, build, start dpdk-lo.
set -eu
me=run.sh
top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
. "$top/devtools/build.sh"

[ "$(id -u)" = 0 ] || die "needs root, to install packages and to make a network interface: sudo ./run.sh"

"$top/devtools/install-deps.sh" run
build "$top/build" app/dpdk-lo/dpdk-lo
echo "== starting dpdk-lo; Ctrl-C ends it"
exec "$top/build/app/dpdk-lo/dpdk-lo" "$@"
