#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# --impair: the same draws twice, frames that wait and are let go, what is not impaired, real programs.
. "$(dirname -- "$0")/lib.sh"
need ping curl iperf3 dpdk-telemetry.py
/usr/bin/python3 -c 'import scapy' 2>/dev/null || skip "scapy is not installed"

# 20,000 UDP frames of 50 flows, each with its number.
/usr/bin/python3 - "$T/in.pcap" <<'PY' || fail "no capture file"
import logging, struct, sys
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import Ether, IP, UDP
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    base = [bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src="198.18.1.1", dst="198.18.1.2") /
        UDP(sport=1000 + flow, dport=2000, chksum=0)) for flow in range(50)]
    for n in range(20000):
        frame = bytearray(base[n % 50] + struct.pack("!I", n) + bytes(20))
        frame[16:18] = struct.pack("!H", len(frame) - 14)
        frame[24:26] = bytes(2)
        total = sum(struct.unpack("!10H", frame[14:34]))
        total = (total & 0xffff) + (total >> 16)
        frame[24:26] = struct.pack("!H", ~((total & 0xffff) + (total >> 16)) & 0xffff)
        frame[38:40] = struct.pack("!H", len(frame) - 34)
        file.write(struct.pack("<IIII", 0, n, len(frame), len(frame)) + frame)
PY

# replay NAME IMPAIRMENT: what comes back of them, as numbers a line in $T/NAME.
replay()
{
	timeout 60 "$DLO" --no-telemetry --vdev "net_pcap0,rx_pcap=$T/in.pcap,tx_pcap=$T/$1.pcap" -- --exit-when-idle 0.5 \
		--impair "$2" --json "$T/$1.json" >"$T/$1.out" 2>"$T/$1.err" || fail "replay $1: exit code $?"
	check_report "$T/$1.json" 'p.net_pcap0.rx == 20000' 'p.net_pcap0.held == 0' 'p.net_pcap0.drops.held_full == 0' \
		'p.net_pcap0.tx == p.net_pcap0.reflected + sum(p.net_pcap0.answered.values())'
	/usr/bin/python3 - "$T/$1.pcap" >"$T/$1" <<'PY'
import struct, sys
data = open(sys.argv[1], "rb").read()
at = 24
while at < len(data):
    length = struct.unpack_from("<I", data, at + 8)[0]
    print(struct.unpack_from("!I", data, at + 16 + 42)[0])
    at += 16 + length
PY
}

replay one loss=10%,dup=5%,seed=7
check_report "$T/one.json" '1700 < p.net_pcap0.drops.lost < 2300' '750 < p.net_pcap0.dup < 1050'
replay two loss=10%,dup=5%,seed=7
cmp -s "$T/one" "$T/two" || fail "the same seed draws something else"
replay other loss=10%,dup=5%,seed=8
cmp -s "$T/one" "$T/other" && fail "another seed draws the same"
# The same frames are lost whatever else is done to them.
replay all loss=10%,dup=5%,seed=7,delay=5ms,jitter=5ms,reorder=2%,extent=2,rate=1gbit,queue=10s,limit=20500
[ "$(sort "$T/one")" = "$(sort "$T/all")" ] || fail "another delay loses other frames"
sort -c -n "$T/one" 2>/dev/null || fail "order is lost without reorder="
sort -c -n "$T/all" 2>/dev/null && fail "nothing is reordered"
# A limit that is too small drops, by its own name.
timeout 60 "$DLO" --no-telemetry --vdev "net_pcap0,rx_pcap=$T/in.pcap,tx_pcap=$T/out.pcap" -- --exit-when-idle 0.5 \
	--impair delay=60s,limit=100 --json "$T/limit.json" >"$T/limit.out" 2>"$T/limit.err" || fail "limit: exit code $?"
check_report "$T/limit.json" 'p.net_pcap0.drops.held_full == 19900' 'p.net_pcap0.held == 0' 'p.net_pcap0.reflected == 100'

# Stopped while frames wait: they are let go, not lost.
remember_host
start wait --file-prefix smoke -- --impair delay=60s --json "$T/wait.json"
ping -n -q -c 3 -i 0.05 -W 1 198.18.0.2 >"$T/ping.out" 2>&1 && fail "a ping came back before its time"
held=$(echo /dlo/stats,dlo0 | dpdk-telemetry.py -f smoke | sed 's/.*"held": \([0-9]*\).*/\1/')
[ "$held" = 3 ] || fail "$held frames are held, not 3"
stop "$PID"
check_report "$T/wait.json" 'p.net_vtap_dlo0.held == 0' 'p.net_vtap_dlo0.answered.icmp == 3' 'p.net_vtap_dlo0.answered.arp >= 1'
check_host

# The interface goes while frames wait: they are dropped, and counted.
start gone --file-prefix smoke -- --impair delay=60s --json "$T/gone.json"
ping -n -q -c 3 -i 0.05 -W 1 198.18.0.2 >"$T/ping.out" 2>&1 && fail "a ping came back before its time"
ip link del dlo0
finish "$PID" && fail "goes on without its only port"
check_report "$T/gone.json" 'p.net_vtap_dlo0.held == 0' 'p.net_vtap_dlo0.drops.tx_full == 3'

# Each of its own: the host's localhost, and the mirror.
"$DLO" --localhost off >/dev/null 2>"$T/off.err" || {
	grep -q 'built without its BPF' "$T/off.err" && { echo "the rest needs --localhost"; exit 0; }
	fail "--localhost off"
}
. "$(dirname -- "$0")/localhost_lib.sh"

# rtt MIN-MS ADDRESS: every ping takes so long at least.
rtt()
{
	ping -n -q -c 10 -i 0.02 -W 5 "$2" >"$T/ping.out" 2>&1 || fail "ping $2: $(cat "$T/ping.out")"
	awk -F '[/=]' -v min="$1" '/^rtt/ { exit !($5 + 0 >= min) }' "$T/ping.out"
}

# iperf ARGUMENTS...: once more where UDP's own handshake, one datagram each way, is lost.
iperf()
{
	for _ in 1 2 3; do
		timeout 15 iperf3 -c 127.0.0.1 -t 2 "$@" >"$T/iperf.out" 2>&1 && return
	done
	return 1
}

# slow_fetch MIN-SECONDS: the blob, not sooner than that.
slow_fetch()
{
	seconds=$(curl -gsS --max-time 60 -o "$T/got" -w '%{time_total}' http://127.0.0.1:8080/blob 2>"$T/curl.err") &&
		cmp -s "$T/got" "$T/blob" || fail "fetch over a slow line"
	awk -v s="$seconds" -v min="$1" 'BEGIN { exit !(s >= min) }'
}

iperf3 -s -D -I "$T/iperf.pid" >/dev/null 2>&1
wait_for 10 sh -c "ss -Hltn 'sport = :5201' | grep -q ." || fail "no iperf3 server"
PIDS+=("$(tr -d '\0' <"$T/iperf.pid")")
serve 8080 127.0.0.1
start two --file-prefix smoke -- --localhost --impair delay=20ms,jitter=5ms@localhost --impair delay=50ms --json "$T/two.json"
undisturbed rtt 30 127.0.0.1 || fail "not there and back: $(cat "$T/ping.out")"
undisturbed rtt 30 ::1 || fail "not there and back: $(cat "$T/ping.out")"
rtt 50 198.18.0.2 || fail "not across once: $(cat "$T/ping.out")"
stop "$PID"
check_report "$T/two.json" 'p.net_vtap_dlo0.reflected >= 40' 'p.net_vtap_dlo0.answered.icmp == 10' 'p.net_vtap_dlo0.drops.lost == 0'

# All of it, and what the programs get is right.
start all --file-prefix smoke -- --localhost --json "$T/real.json" \
	--impair delay=1ms,jitter=500us,loss=0.5%,dup=0.5%,reorder=1%,extent=3,rate=2gbit,seed=1
carried tcp fetch 127.0.0.1:8080
for i in 1 2 3 4 5; do
	fetch 127.0.0.1:8080 || fail "fetch number $i through an impaired localhost"
done
carried udp iperf -u -b 50M -l 1000
carried tcp iperf
stop "$PID"
check_report "$T/real.json" 'p.net_vtap_dlo0.drops.lost > 0' 'p.net_vtap_dlo0.dup > 0' 'p.net_vtap_dlo0.held == 0'

# Two queues, a worker for each: the same, and what they count adds up.
cpu=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
start queues --lcores "0@$cpu,1@$cpu,2@$cpu" --file-prefix smoke -- --link dlo0,queues=2 --localhost --latency --idle adaptive \
	--impair delay=1ms,jitter=500us,loss=0.2%,dup=0.5%,reorder=1%,seed=1@localhost --json "$T/queues.json"
carried tcp fetch 127.0.0.1:8080
carried tcp iperf -P 24 # by their hash; on one queue all of them are not
stop "$PID"
check_report "$T/queues.json" 'sum(lcore["frames"] > 0 for lcore in r.lcores) == 2' 'p.net_vtap_dlo0.held == 0' \
	'p.net_vtap_dlo0.drops.lost > 0' 'p.net_vtap_dlo0.dup > 0' 'p.net_vtap_dlo0.residence_ns.count == p.net_vtap_dlo0.tx' \
	'sum(t["residence_ns"]["count"] for t in r.localhost) == p.net_vtap_dlo0.reflected' \
	'sum(t["frames_to_server"] + t["frames_to_client"] for t in r.localhost) + p.net_vtap_dlo0.dup >= p.net_vtap_dlo0.reflected' \
	'sum(t["connections"] for t in r.localhost if t["port"] == 5201) >= 25'
check_host

# A slow line: nothing gets through it faster than it is. 2 MB at 40 Mbit/s take 0.4 s.
start slow --file-prefix smoke -- --localhost tcp:8080 --impair rate=40mbit@localhost --json "$T/slow.json"
undisturbed slow_fetch 0.38 || fail "2 MB in $seconds s: faster than 40 Mbit/s"
stop "$PID"
check_host
