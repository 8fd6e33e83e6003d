#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The examples of --help, which are those of the man pages and of the reference: each of them runs.
. "$(dirname -- "$0")/lib.sh"

apps=$(realpath -- "$(dirname -- "$DLO")/..")
mkdir "$T/bin" "$T/work"
for program in dpdk-lo dpdk-lo-gen dpdk-lo-top; do
	[ -x "$apps/$program/$program" ] || skip "$program was not built"
	ln -s "$apps/$program/$program" "$T/bin/"
done
# EAL takes no plugin from below a world-writable directory, where a checkout may be.
chmod 755 /run/dpdk
cp "$apps/../drivers/net/lo/librte_net_lo.so" /run/dpdk/ || skip "net_lo was not built"
cp "$SMOKE/../golden/bulk-l4/in.pcap" "$T/work/in.pcap"
cp "$SMOKE/../golden/bulk-l4/in.pcap" "$T/work/trace.pcap"

export LC_ALL=C.UTF-8 TERM=xterm-256color PATH="$T/bin:$PATH"
unset TMUX NO_COLOR XDG_RUNTIME_DIR RUNTIME_DIRECTORY

# What the examples speak of: somebody who serves a memif, and a dpdk-lo to be watched.
remember_host
start lab --no-pci --no-huge -m 256 --file-prefix lab --vdev net_null0 \
	--vdev net_memif0,role=server,socket=/tmp/m.sock,socket-abstract=no -- --idle adaptive
lab=$PID
cd "$T/work" || fail "no scratch directory"
"$SMOKE/examples.py" /run/dpdk/librte_net_lo.so dpdk-lo dpdk-lo-gen dpdk-lo-top >"$T/examples.out" 2>&1 || fail "an example does not run"
tail -n 1 "$T/examples.out"
stop "$lab"
check_host
