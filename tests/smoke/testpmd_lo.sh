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

# What dpdk-lo's own golden cases answer, with the same options as keys.
for case in answers-l4 answers-wire answers-udp-echo answers-sbfd answers-none; do
	keys=$(/usr/bin/python3 - "$SMOKE/../golden/$case/case.json" <<'PY'
import json, sys
words = json.load(open(sys.argv[1]))["options"]
pairs = zip(words[::2], words[1::2])
for k, v in pairs:
    v = v.replace("=", ":")
    print(f",{'ip' if k == '--address' else k[2:]}={v if ',' not in v else f'[{v}]'}", end="")
PY
	)
	cp "$SMOKE/../golden/$case/in.pcap" "$T/in"
	cp "$SMOKE/../golden/$case/want.pcap" "$T/want"
	testpmd_exchange "net_lo0,mac=02:70:63:61:70:00$keys" -d $so
	"$SUPPORT/pcap.py" same "$T/out" "$T/want" || fail "net_lo, $case: something else came back"
done

# sentence VDEV REGEX: refused with those words.
sentence()
{
	dpdk-testpmd --no-huge --no-pci -m 128 --no-telemetry --file-prefix "peer$$" -d $so \
		--vdev "$1" -- --total-num-mbufs=2048 </dev/null >"$T/bad.out" 2>&1
	grep -Eq "net_lo: $2" "$T/bad.out" || fail "$1 is not explained: $(grep net_lo "$T/bad.out")"
}
sentence net_lo0,mac=01:00:00:00:00:01 'mac=01:00:00:00:00:01: give a unicast MAC address'
sentence net_lo0,colour=red '"colour=red": known keys are queues, mac, mode'
sentence net_lo0,sbfd=admin-down 'sbfd=admin-down: .*no discriminator=N'

dpdk-testpmd --no-huge --no-pci -m 128 --no-telemetry --file-prefix "peer$$" -d $so \
	--vdev net_lo0,mode=sideways -- --total-num-mbufs=2048 </dev/null >"$T/bad.out" 2>&1
grep -q "net_lo: mode=sideways: .*known: wire, mac, ip, l4" "$T/bad.out" ||
	fail "a wrong mode is not explained: $(cat "$T/bad.out")"
