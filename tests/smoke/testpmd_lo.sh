#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The net_lo PMD in a stock dpdk-testpmd: the golden frames go from a pcap into the mirror, and what
# comes out of it is what dpdk-lo itself sends back. Wrong arguments are one sentence.
. "$(dirname -- "$0")/lib.sh"
. "$SMOKE/testpmd.sh"

built=$(dirname -- "$DLO")/../../drivers/net/lo/librte_net_lo.so
[ -f "$built" ] || skip "the PMD was not built"
grep -q __asan_init "$built" && skip "a sanitized plugin does not load into a stock program"
# EAL takes no plugin from below a world-writable directory, where a checkout may be.
chmod 755 /run/dpdk
so=/run/dpdk/librte_net_lo.so
cp "$built" $so

remember_host
for mode in wire mac ip l4; do
	golden "$mode" 9600
	testpmd_exchange "net_lo0,mode=$mode" -d $so
	"$SUPPORT/pcap.py" same "$T/out" "$T/want" || fail "net_lo, mode $mode: something else came back"
done

dpdk-testpmd --no-huge --no-pci -m 128 --no-telemetry --file-prefix "peer$$" -d $so \
	--vdev net_lo0,mode=sideways -- --total-num-mbufs=2048 </dev/null >"$T/bad.out" 2>&1
grep -q "net_lo: mode=sideways: .*known: wire, mac, ip, l4" "$T/bad.out" ||
	fail "a wrong mode is not explained: $(cat "$T/bad.out")"
