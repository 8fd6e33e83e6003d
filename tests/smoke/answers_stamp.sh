#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# STAMP and Ethernet OAM on the host link, asked by senders of our own (tests/support/stamp.py) through
# ordinary sockets; every frame of it is judged by tshark, too.
. "$(dirname -- "$0")/lib.sh"
need python3 tshark dpdk-telemetry.py
/usr/bin/python3 -c 'import scapy.contrib.stamp' 2>/dev/null || skip "scapy has no STAMP"

KEY="a key of some thirty-two bytes.."
printf '%s\n' "$KEY" >"$T/key"
ask() {
	PYTHONPATH="$SUPPORT" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 \
		"$SMOKE/stamp_sender.py" "$@" >"$T/ask.out" 2>&1 ||
		fail "stamp_sender.py $*: $(cat "$T/ask.out")"
	cat "$T/ask.out"
}

# What an observer makes of our packets: nothing malformed, no sum wrong. (The kernel's own leave with
# their sums unfinished.)
judge() {
	local bad
	bad=$(tshark -n -r "$1" -d udp.port==862,twamp.test -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE \
		-Y '((udp.srcport == 862 && !(ip.src == 198.18.0.1)) || cfm) && (_ws.malformed || ip.checksum.status == 0 ||
			udp.checksum.status == 0)' 2>/dev/null)
	[ -z "$bad" ] || fail "tshark finds broken frames in $1: $bad"
}

remember_host
start lo -- --stamp port=862 --oam level=3,mep=77 --capture "$T/all.pcapng" --json "$T/r.json"
ask plain
ask oam dlo0
/usr/bin/python3 "$SMOKE/stamp_scapy.py" dlo0 "$(telemetry "$PID" /dlo/plan 'v["mac"]')" >"$T/scapy.out" 2>&1 ||
	fail "stamp_scapy.py: $(cat "$T/scapy.out")"
mac=$(cat /sys/class/net/dlo0/address)
stop "$PID"
check_host
check_report "$T/r.json" 'all(x["answered"]["stamp"] > 100 for x in r.ports)' \
	'all(x["answered"]["oam"] == 30 for x in r.ports)' \
	'all(x["drops"]["src_port"] == 4 for x in r.ports)'
judge "$T/all.pcapng"
oam=$(tshark -n -r "$T/all.pcapng" \
	-Y "eth.dst == $mac && cfm.opcode in {2, 46, 54} && !_ws.malformed" 2>/dev/null | wc -l)
[ "$oam" = 30 ] || fail "tshark understands $oam OAM replies"

start lo -- --stamp "port=862,stateful,key-file=$T/key" --capture "$T/auth.pcapng" --json "$T/r.json"
ask auth "$KEY"
stop "$PID"
check_report "$T/r.json" 'all(x["drops"]["bad_auth"] == 3 for x in r.ports)'
grep -q 'everybody on this host can read its STAMP key' "$T/lo.err" || fail "a key for all to read is not said"
judge "$T/auth.pcapng"

chmod 600 "$T/key"
start lo -- --stamp "port=862,key-file=$T/key"
stop "$PID"
grep -q 'STAMP key' "$T/lo.err" && fail "a key for root alone is said to be open"

start lo -- --stamp port=5000,stateful,ptp,same-port --answer-rate 2000 --json "$T/r.json"
ask stateful
stop "$PID"
check_report "$T/r.json" 'all(x["drops"]["rate_limited"] > 1000 for x in r.ports)'
