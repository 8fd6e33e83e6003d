#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The net_lo PMD in a stock dpdk-testpmd: the golden frames go from a pcap into the mirror, and what
# comes out of it is what dpdk-lo itself sends back. Queues in any number, ports that come and go, verdicts as
# statistics. Wrong arguments, and a DPDK that it was not built for, are one sentence.
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
sentence net_lo0,answer=arp,nd '.* one with commas stands in brackets, as in answer=\[arp,nd\]'
sentence net_lo0,stamp= 'stamp needs a value'
sentence net_lo0,mode=l4@net_lo0 'mode=l4@net_lo0: give a shorter value, and none with .@.'
sentence net_lo0,sbfd=admin-down 'sbfd=admin-down: .*no discriminator=N'

dpdk-testpmd --no-huge --no-pci -m 128 --no-telemetry --file-prefix "peer$$" -d $so \
	--vdev net_lo0,mode=sideways -- --total-num-mbufs=2048 </dev/null >"$T/bad.out" 2>&1
grep -q "net_lo: mode=sideways: .*known: wire, mac, ip, l4" "$T/bad.out" ||
	fail "a wrong mode is not explained: $(cat "$T/bad.out")"

# typed COMMAND...: at testpmd's prompt, in a testpmd with net_lo0; what it says is in $T/typed.out.
typed()
{
	printf '%s\n' "$@" quit >"$T/typed.in"
	timeout 60 dpdk-testpmd --no-huge --no-pci -m 256 --no-telemetry --file-prefix "peer$$" -d $so \
		--vdev net_lo0,mode=mac -- -i --total-num-mbufs=8192 <"$T/typed.in" >"$T/typed.out" 2>&1 ||
		fail "testpmd ends with $?"
}

# forwarded REGEX COUNT: so many lines say so.
forwarded()
{
	[ "$(grep -Ec -- "$1" "$T/typed.out")" -ge "$2" ] || fail "not $2 times in testpmd: $1"
}

# As many queues as one likes, of either sort; a port stopped, set up anew and started.
typed 'set fwd macswap' 'port stop 0' 'port config all rxq 4' 'port config all txq 4' 'port start 0' \
	'start tx_first' stop 'show port xstats 0' \
	'port stop 0' 'port config all rxq 1' 'port config all txq 3' 'port start 0' 'start tx_first' stop
forwarded '^  RX-packets: [1-9][0-9]* .*RX-total: [1-9]' 2
forwarded '^reflected: [1-9]' 1
forwarded '^drop_land: 0' 1
forwarded '^answered_arp: 0' 1

# Ports come while testpmd runs, and go.
typed 'port stop 0' 'port close 0' 'port attach net_lo7,mode=l4,queues=2' 'port start 0' 'start tx_first' stop \
	'port stop 0' 'port detach 0' 'port attach net_lo7,mode=sideways' 'port attach net_lo7,mode=wire' \
	'show port summary all'
forwarded '^0 .* net_lo7 +net_lo ' 1
forwarded '^  RX-packets: [1-9][0-9]* .*RX-total: [1-9]' 1

# To a DPDK of another release it is no driver.
if command -v cc >/dev/null; then
	printf 'const char *rte_version(void) { return "DPDK 21.08.0"; }\n' >"$T/other.c"
	cc -shared -fPIC -o /run/dpdk/other.so "$T/other.c" || fail "no library"
	LD_PRELOAD=/run/dpdk/other.so dpdk-testpmd --no-huge --no-pci -m 128 --no-telemetry --file-prefix "peer$$" \
		-d $so --vdev net_lo0 -- --total-num-mbufs=2048 </dev/null >"$T/bad.out" 2>&1
	grep -Eq 'net_lo: built for DPDK [0-9.]+, but this is DPDK 21.08.0; build it' "$T/bad.out" ||
		fail "another DPDK is not refused: $(cat "$T/bad.out")"
fi
