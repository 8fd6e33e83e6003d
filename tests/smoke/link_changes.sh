#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What the host can do to the link's interface while dpdk-lo runs: another MTU, MAC or qdisc, a bridge,
# IPv6 off, offloads off and on under a stream, ethtool. The link goes on, what is lost is said once
# with its remedy, other ports do not notice, and after a kill the next start works at once.
. "$(dirname -- "$0")/lib.sh"
need ping ethtool iperf3

answers()
{
	ping -n -c 1 -W 2 -s "${2:-56}" "$1" >"$T/ping.out" 2>&1
}

# goes_on WHAT: the link still answers.
goes_on()
{
	alive "$LO" || fail "ended after: $1"
	wait_for 20 answers 198.18.0.2 || fail "no answer after: $1"
}

# said COUNT WORDS: so many lines of stderr have them.
said()
{
	wait_for 20 sh -c "[ \"\$(grep -c '$2' '$T/lo.err')\" = $1 ]" || fail "not $1 times '$2': $(cat "$T/lo.err")"
}

remember_host
mkdir -p /run/dpdk-lo
mount -t tmpfs -o mode=700 tmpfs /run/dpdk-lo || skip "cannot mount a private /run/dpdk-lo"

# 1. The interface itself.
start lo -- --json "$T/r.json"
LO=$PID
ip link set dlo0 mtu 9000
goes_on "an MTU of 9000"
wait_for 20 answers 198.18.0.2 20000 || fail "no fragments with an MTU of 9000"
ip link set dlo0 mtu 1200
goes_on "an MTU of 1200"
said 1 'lost its address 2001:2::1/48 with an MTU of 1200, which is below'
ip link set dlo0 mtu 65521
ip addr add 2001:2::1/48 dev dlo0 nodad
wait_for 20 answers 2001:2::2 || fail "no IPv6 with the address back"
wait_for 20 answers 198.18.0.2 60000 || fail "no whole 60000 bytes with the MTU back"
ip link set dlo0 address 02:00:00:00:12:34
goes_on "another MAC"
for qdisc in noqueue pfifo pfifo_fast; do
	tc qdisc replace dev dlo0 root "$qdisc" 2>"$T/tc.err" && goes_on "qdisc $qdisc"
done
if ip link add br0 type bridge 2>"$T/ip.err"; then
	ip link set br0 up
	ip link set dlo0 master br0
	ip link set dlo0 nomaster
	ip link del br0
	goes_on "in a bridge and out of it"
fi
echo 1 >/proc/sys/net/ipv6/conf/dlo0/disable_ipv6
goes_on "IPv6 off"
said 1 'lost its address 2001:2::1/48: ip addr add'
echo 0 >/proc/sys/net/ipv6/conf/dlo0/disable_ipv6
ip link set dlo0 down
said 1 'dlo0 was set down'
ip link set dlo0 up
wait_for 20 grep -q 'dlo0 is up again' "$T/lo.out" || fail "not said to be up again"
goes_on "down and up"
ip link set dlo0 carrier off 2>"$T/ip.err" && ip link set dlo0 carrier on
goes_on "carrier off and on"
for what in "-G dlo0 tx 64" "-L dlo0 combined 2" "-C dlo0 rx-frames 16" "-A dlo0 rx on" "-r dlo0"; do
	# shellcheck disable=SC2086 # words
	ethtool $what >"$T/ethtool.out" 2>&1 # mostly refused by the kernel
	goes_on "ethtool $what"
done

# Offloads go and come under a stream, which arrives whole.
iperf3 -s -1 -B 198.18.0.1 >"$T/iperf-server.out" 2>&1 &
SERVER=$!
PIDS+=("$SERVER")
wait_for 20 sh -c "ss -Hltn 'sport = :5201' | grep -q ." || fail "no iperf3 server"
iperf3 -c 198.18.0.2 -t 3 -b 2G >"$T/iperf.out" 2>&1 &
CLIENT=$!
PIDS+=("$CLIENT")
for what in "tso off" "tx off" "sg off" "gro off gso off" "tx on sg on tso on gso on gro on"; do
	# shellcheck disable=SC2086 # words
	ethtool -K dlo0 $what >"$T/ethtool.out" 2>&1
	# One echo may be lost: the stream fills the queue.
	wait_for 20 answers 198.18.0.2 || fail "no answer with $what"
	sleep 0.3
done
finish "$CLIENT" || fail "the stream broke: $(tail -n 3 "$T/iperf.out")"
finish "$SERVER" || fail "the iperf3 server ended with $?"
stop "$LO"
check_report "$T/r.json"
check_host

# Frames that were on their way to a link that went down are lost behind the port, and counted.
start lo -- --json "$T/r.json"
LO=$PID
wait_for 20 answers 198.18.0.2 || fail "no answer before the link went down"
kill -STOP "$LO"
ping -n -c 5 -i 0.01 -W 1 198.18.0.2 >"$T/ping.out" 2>&1
ip link set dlo0 down
kill -CONT "$LO"
wait_for 20 seen "$LO" dlo0 "v['tx_errors'] >= 5" || fail "what is lost on a link that is down is not counted"
ip link set dlo0 up
goes_on "down with frames on their way"

# Somebody who changes it all the time does not fill the log.
lines=$(wc -l <"$T/lo.err")
from=$(date +%s)
# Slower than dpdk-lo looks, so that each is seen.
for _ in $(seq 50); do
	ip link set dlo0 down
	sleep 0.06
	ip link set dlo0 up
	ip addr del 198.18.0.1/15 dev dlo0
	sleep 0.06
	ip addr add 198.18.0.1/15 dev dlo0
done
seconds=$(($(date +%s) - from + 2))
# In a second one is said to be up or down, and one, or each of two addresses, to be lost.
lines=$(($(wc -l <"$T/lo.err") - lines))
[ "$lines" -le $((3 * seconds)) ] || fail "$lines lines in $seconds seconds"
goes_on "50 times down and up"
stop "$LO"
check_report "$T/r.json" 'all(x["tx_errors"] >= 5 for x in r.ports)'
grep -q 'not sent .*the interface was down' "$T/lo.out" || fail "the final report is silent about the loss"
check_host

# 2. DPDK's net_tap carries 1504 bytes at most, and says nothing of what it loses.
start lo -- --link dlo0,type=tap
LO=$PID
ip link set dlo0 mtu 9000
said 1 'MTU of 9000, and a link of type tap carries'
ip link set dlo0 mtu 1500
goes_on "an MTU of 1500"
# The same hands on it as on a vtap.
tc qdisc replace dev dlo0 root pfifo 2>"$T/tc.err" && goes_on "qdisc pfifo"
if ip link add br0 type bridge 2>"$T/ip.err"; then
	ip link set dlo0 master br0
	ip link set dlo0 nomaster
	ip link del br0
	goes_on "a tap in a bridge and out of it"
fi
for what in "tx off sg off gro off" "tx on sg on gro on"; do
	# shellcheck disable=SC2086 # words
	ethtool -K dlo0 $what >"$T/ethtool.out" 2>&1
	goes_on "a tap with $what"
done
kill -STOP "$LO"
sleep 1
kill -CONT "$LO"
goes_on "a tap with SIGSTOP"
ip link set dlo0 down
said 1 'dlo0 was set down'
ip link set dlo0 up
goes_on "a tap down and up"
stop "$LO"
check_host

# A program that does not read what the link brings it holds up no other port: the ring's frames go
# round all the time. What the program does not take its socket throws away, and counts.
start lo --vdev net_ring0 -- --inject 8 --link --json "$T/r.json"
LO=$PID
/usr/bin/python3 - <<'PY' &
import socket, time
deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
deaf.bind(("198.18.0.1", 7002))
stuck = socket.create_server(("198.18.0.1", 7001))
client = socket.create_connection(("198.18.0.2", 7001))
client.setblocking(False)
loud = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
loud.connect(("198.18.0.2", 7002))
while True:
    try:
        client.send(bytes(1 << 16))
    except BlockingIOError:
        pass
    loud.send(bytes(1000))
PY
LOUD=$!
PIDS+=("$LOUD")
lost()
{
	[ "$(awk '$1 == "Udp:" && $6 ~ /^[0-9]/ { print $6 }' /proc/net/snmp)" -gt 1000 ]
}
wait_for 20 lost || fail "a program that does not read loses nothing"
for _ in 1 2 3; do
	ring=$(telemetry "$LO" /dlo/stats,net_ring0 'v["rx"]')
	link=$(telemetry "$LO" /dlo/stats,dlo0 'v["reflected"]')
	wait_for 20 seen "$LO" net_ring0 "v['rx'] > $ring + 100000" || fail "the ring stands still"
	wait_for 20 seen "$LO" dlo0 "v['reflected'] > $link + 100" || fail "the link stands still"
	alive "$LOUD" || fail "nobody sends any more"
	wait_for 20 answers 198.18.0.3 || fail "no answer beside a program that does not read"
done
kill "$LOUD"
stop "$LO"
check_report "$T/r.json" --injected 8
check_host

# Memory is short while it runs: nothing more is to be had, and then it is again.
# ASan itself ends when it gets no memory.
if ! grep -q __asan_init "$DLO"; then
	start lo -- --json "$T/r.json"
	LO=$PID
	prlimit --pid "$LO" --as=1000000:
	for _ in 1 2 3; do
		goes_on "no more memory"
		ip addr add 198.19.0.1/32 dev dlo0
		ip link set dlo0 mtu 1500
		goes_on "changes without memory"
		ip addr del 198.19.0.1/32 dev dlo0
		ip link set dlo0 mtu 65521
	done
	prlimit --pid "$LO" --as=unlimited:
	wait_for 20 seen "$LO" dlo0 "v['rx'] > 5" || fail "no telemetry with memory again"
	stop "$LO"
	check_report "$T/r.json"
	check_host
fi

# 3. With another port beside it the link's end is not the end, and is said in one sentence.
for how in "del dlo0" "set dlo0 netns"; do
	start lo --vdev net_ring0 -- --inject 8 --link --json "$T/r.json"
	LO=$PID
	if [ "$how" = "del dlo0" ]; then
		ip link del dlo0
	else
		run_quiet there unshare -n sleep 600
		THERE=$PID
		wait_for 20 sh -c "[ \"\$(readlink /proc/$THERE/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]" ||
			fail "no other namespace"
		ip link set dlo0 netns "$THERE"
		said 1 vanished
		kill "$THERE" # the namespace goes, with the interface
	fi
	said 1 vanished
	[ "$(wc -l <"$T/lo.err")" = 1 ] || fail "more than a sentence: $(cat "$T/lo.err")"
	at=$(telemetry "$LO" /dlo/stats,net_ring0 'v["rx"]')
	wait_for 20 seen "$LO" net_ring0 "v['rx'] > $at + 1000000" || fail "the ring does not go on"
	stop "$LO"
	check_report "$T/r.json" --injected 8
	check_host
done

# 4. Killed with everything that leaves traces; the next start, with less, puts all of it right.
for _ in 1 2; do
	start lo --vdev "eth_vhost0,iface=$T/vhost.sock" -- --link --loopback lo0=192.0.2.1 \
		--loopback lo1=2001:db8::1 --localhost --capture "$T/c.pcapng"
	LO=$PID
	answers 198.18.0.2 || fail "no answer before the kill"
	kill -9 "$LO"
	wait "$LO" 2>/dev/null
	wait_for 20 sh -c '! ip link show dev dlo0' || fail "dlo0 outlives a killed process"
	answers 127.0.0.1 || fail "lo does not go on"
done
start lo -- --link
LO=$PID
answers 198.18.0.2 || fail "no answer after the kill"
stop "$LO"
check_host
