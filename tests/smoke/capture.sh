#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# --capture as people read it: in tshark, with directions, drop reasons as comments, big frames
# whole, and counts that agree with the report. A disk that fills up costs the capture, not the run.
. "$(dirname -- "$0")/lib.sh"
need dpdk-telemetry.py tshark ping

remember_host

# shark FILE FILTER FIELD...: the fields of the packets that match, one packet a line.
shark()
{
	local file=$1 filter=$2 field fields=()
	shift 2
	for field; do
		fields+=(-e "$field")
	done
	tshark -n -r "$file" -Y "$filter" -T fields "${fields[@]}" 2>>"$T/tshark.err" ||
		fail "tshark does not read ${file##*/}"
}

count()
{
	shark "$1" "$2" frame.number | wc -l
}

# expect_count WANT FILE FILTER
expect_count()
{
	local got
	got=$(count "$2" "$3")
	[ "$got" = "$1" ] || fail "$got packets instead of $1 match: $3"
}

# The link: pings, a big one, and one frame that must be dropped.
start link -- --capture "$T/link.pcapng" --json "$T/r.json"
ping -n -c 3 -i 0.1 -W 2 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer"
ping -n -c 1 -W 2 -s 60000 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer to a big ping"
/usr/bin/python3 - <<'PY' || fail "cannot send a raw frame"
import socket
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
    s.bind(("dlo0", 0))
    s.send(bytes.fromhex("020000000077") * 2 + b"\x88\xb5" + bytes(range(46)))
PY
wait_for 20 seen "$PID" dlo0 'v["drop_src_is_dst"] == 1' || fail "the raw frame does not come"
stop "$PID"
grep -Eq 'capture .*link.pcapng: [0-9]+ frames written, 0 lost' "$T/link.out" ||
	fail "does not say how many frames it wrote"
in='frame.packet_flags_direction == 1'
out='frame.packet_flags_direction == 2'
expect_count 4 "$T/link.pcapng" "$in && icmp.type == 8 && ip.dst == 198.18.0.2"
expect_count 4 "$T/link.pcapng" "$out && icmp.type == 0 && ip.src == 198.18.0.2"
expect_count 2 "$T/link.pcapng" 'frame.len == 60042 && frame.cap_len == 60042'
expect_count 0 "$T/link.pcapng" '_ws.malformed'
[ "$(shark "$T/link.pcapng" 'eth.src == 02:00:00:00:00:77' frame.comment)" = \
	'dropped: src_is_dst' ] || fail "the dropped frame has no comment"
[ "$(shark "$T/link.pcapng" frame frame.interface_name | sort -u)" = dlo0 ] ||
	fail "the interface is not named after the port"
check_report "$T/r.json" \
	"sum(x['rx'] for x in r.ports) == $(count "$T/link.pcapng" "$in")" \
	"sum(x['tx'] for x in r.ports) == $(count "$T/link.pcapng" "$out")" \
	"sum(sum(x['drops'].values()) for x in r.ports) == $(count "$T/link.pcapng" frame.comment)"

# Only drops, only what the filter wants, only one of two ports.
"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-l4/in.pcap" "$T/in" 1518
cd "$T" || fail "no scratch directory"
start drops --no-pci --vdev net_pcap0,rx_pcap=in,tx_pcap=out --vdev net_null0 -- \
	--capture "$T/drops.pcapng,port=net_pcap0,drops,filter=ip6" --accept own \
	--exit-when-idle 0.3 --duration 10 --guards on --json "$T/r.json"
finish "$PID" || fail "ends with exit code $?"
[ "$(count "$T/drops.pcapng" frame)" -gt 0 ] || fail "no drop was captured"
expect_count "$(count "$T/in" 'eth.dst.ig == 0 && eth.type == 0x86dd')" "$T/drops.pcapng" \
	'frame.comment == "dropped: not_mine"'
expect_count 0 "$T/drops.pcapng" '!frame.comment || eth.type != 0x86dd'
[ "$(shark "$T/drops.pcapng" frame frame.interface_name | sort -u)" = net_pcap0 ] ||
	fail "the other port was captured"

# A full disk: one warning, the run goes on to its end, the file can be read.
mkdir "$T/small" && mount -t tmpfs -o size=1m tmpfs "$T/small" || skip "no small file system"
start full --no-pci --vdev net_ring0 -- --inject 64 --capture "$T/small/c.pcapng" --duration 1 \
	--json "$T/r.json"
finish "$PID" || fail "a full disk ends the run with exit code $?"
[ "$(grep -c 'ends here: No space left on device' "$T/full.err")" = 1 ] ||
	fail "the full disk is not said once"
[ "$(count "$T/small/c.pcapng" frame)" -gt 100 ] || fail "nothing can be read of what was written"
check_report "$T/r.json" --injected 64 'p.net_ring0.rx > 10000'
umount "$T/small"
check_host
