#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What "meson install" brings, under a real systemd in the virtual machine: see service_inside.sh.
#
#   service.sh KERNEL-DIR BUILD
set -u
here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

skip()
{
	echo "$*"
	exit 77
}

[ $# = 2 ] || { echo "usage: $0 KERNEL-DIR BUILD" >&2; exit 2; }
kernel=$1
build=$2
command -v meson >/dev/null || skip "meson is not installed"
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' HUP INT TERM
meson install -C "$build" --no-rebuild --quiet --destdir "$tree" || exit 1
[ -n "$(find "$tree" -name dpdk-lo.service)" ] || skip "built without systemd"
DLO_VM_SYSTEMD=1 DLO_VM_SECONDS=450 "$here/run.sh" "$kernel" "$here/service_inside.sh" "$tree"
