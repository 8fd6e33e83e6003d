#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The vtap PMD in a stock dpdk-testpmd, as a plugin: two interfaces joined by it, TCP across in
# forwarding modes that keep the kernel's offload state and that set offloads anew, ports stopped,
# started, detached and attached, and counters that agree with the kernel's.
. "$(dirname -- "$0")/lib.sh"
need dpdk-testpmd iperf3 ping ethtool

built=$(dirname -- "$DLO")/../../drivers/net/vtap/librte_net_vtap.so
[ -f "$built" ] || skip "the PMD was not built"
grep -q __asan_init "$built" && skip "a sanitized plugin does not load into a stock program"
[ -c /dev/net/tun ] || skip "no /dev/net/tun"
# EAL takes no plugin from below a world-writable directory, where a checkout may be.
chmod 755 /run/dpdk
so=/run/dpdk/librte_net_vtap.so
cp "$built" $so

cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
OFFLOADS="--enable-rx-cksum --enable-lro --enable-scatter --max-lro-pkt-size=65539"
PEER=

# pmd NAME VDEVS -- TESTPMD OPTIONS...: started in the background, commands go to descriptor 7.
pmd()
{
	local name=$1 vdevs=() dev
	shift
	while [ "$1" != -- ]; do
		vdevs+=(--vdev "$1")
		shift
	done
	rm -f "$T/cmd"
	mkfifo "$T/cmd"
	exec 7<>"$T/cmd"
	stdbuf -oL dpdk-testpmd --no-huge --no-pci -m 256 --lcores "0@($cpus),1@($cpus)" --no-telemetry \
		--file-prefix "vtap$$" -d $so "${vdevs[@]}" \
		-- -i --total-num-mbufs=8192 --port-topology=paired "${@:2}" \
		<"$T/cmd" >"$T/$name.out" 2>"$T/$name.err" &
	PMD=$!
	OUT=$T/$name.out
	PIDS+=("$PMD")
	say "start"
	for dev in x0 x1; do
		wait_for 20 ip link show dev $dev || fail "testpmd makes no $dev"
	done
}

# say COMMAND: and wait until testpmd took it.
marks=0
say()
{
	marks=$((marks + 1))
	printf '%s\nshow port info %u\n' "$1" $((1000 + marks)) >&7
	wait_for 20 grep -q "Invalid port $((1000 + marks))" "${OUT%.out}.err" || fail "testpmd does not take: $1"
}

end_pmd()
{
	echo quit >&7
	finish "$PMD" || fail "testpmd ended with $?"
	exec 7>&-
	# testpmd leaves its own configuration.
	rm -rf "/run/dpdk/vtap$$"
	ip link show dev x0 >/dev/null 2>&1 && fail "x0 stays behind"
	grep -iE "segmentation|panic|mbuf.*leak|not freed" "$OUT" "$T"/*.err && fail "testpmd complains"
}

# Two ends that do not see each other but through testpmd.
join_ends()
{
	if [ -z "$PEER" ]; then
		run_quiet peer unshare -n sleep 600
		PEER=$PID
		wait_for 20 sh -c "[ \"\$(readlink /proc/$PEER/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]" ||
			fail "no namespace for the peer"
	fi
	ip link set x1 netns "$PEER" || fail "x1 does not move"
	ip addr add 10.9.0.1/24 dev x0
	ip addr add fd09::1/64 dev x0 nodad
	there ip addr add 10.9.0.2/24 dev x1
	there ip addr add fd09::2/64 dev x1 nodad
	there ip link set lo up
	there ip link set x1 up
}

there()
{
	nsenter -t "$PEER" -n -- "$@"
}

check_ping()
{
	ping -q -c 3 -i 0.2 -W 2 10.9.0.2 >"$T/ping.out" 2>&1 || fail "no ping across: $(cat "$T/ping.out")"
	ping -q -c 3 -i 0.2 -W 2 fd09::2 >"$T/ping.out" 2>&1 || fail "no IPv6 ping across"
}

# check_tcp ADDRESS...: each both ways; iperf3 itself fails when nothing gets through.
check_tcp()
{
	local address way server
	for address in "$@"; do
		for way in '' -R; do
			there iperf3 -s -1 >"$T/iperf-server.out" 2>&1 &
			server=$!
			PIDS+=("$server")
			wait_for 20 sh -c "nsenter -t $PEER -n ss -Hltn 'sport = :5201' | grep -q ." ||
				fail "no iperf3 server"
			# shellcheck disable=SC2086 # an option or none
			timeout 20 iperf3 -c "$address" -n 20M $way >"$T/iperf.out" 2>&1 ||
				fail "no TCP to $address $way: $(tail -n 3 "$T/iperf.out")"
			# Its port is the next one's, too.
			finish "$server" || fail "the iperf3 server ended with $?"
		done
	done
}

# xstat PORT NAME: from the last "show port xstats all"
xstat()
{
	awk -v port="$1" -v name="$2:" '
		/extended statistics for port/ { at = $NF }
		at == port && $1 == name { value = $2 }
		END { print value + 0 }' "$OUT"
}

kernel_packets()
{
	ip -s -o link show dev x0 | sed 's/.*TX: *bytes/TX: bytes/; s/\\/ /g' |
		awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) { print $(i + 1); exit } }'
}

remember_host

# 1. The kernel's offload state goes through untouched.
# shellcheck disable=SC2086 # options
pmd io net_vtap0,iface=x0 net_vtap1,iface=x1 -- --forward-mode=io $OFFLOADS
join_ends
check_ping
check_tcp 10.9.0.2 fd09::2
say "show port xstats all"
[ "$(xstat 0 rx_gso_packets)" -gt 100 ] || fail "no GSO frames"
[ "$(xstat 1 tx_verbatim_packets)" -ge "$(xstat 0 rx_gso_packets)" ] || fail "not verbatim"
[ "$(xstat 1 tx_stale_vnet_hdr_packets)" = 0 ] || fail "stale headers"

# The counters of the port are those of the kernel's end, once nothing moves any more.
ip link set x0 down
counters_agree()
{
	say "show port xstats all"
	[ "$(xstat 0 rx_good_packets)" = "$(kernel_packets)" ]
}
wait_for 20 counters_agree || fail "rx $(xstat 0 rx_good_packets), the kernel sent $(kernel_packets)"
say "stop"

# Twice, without losing the host's settings.
for _ in 1 2; do
	say "port stop all"
	say "port start all"
	say "start"
	ip link set x0 up
	ip addr replace fd09::1/64 dev x0 nodad
	there ip link set x1 up
	there ip addr replace fd09::2/64 dev x1 nodad
	check_ping
	say "stop"
done
end_pmd

# 2. Plain ports: the kernel finishes every frame.
pmd plain net_vtap0,iface=x0,queues=2 net_vtap1,iface=x1,queues=2 -- --forward-mode=io --rxq=2 --txq=2
join_ends
check_ping
check_tcp 10.9.0.2
say "show port xstats all"
[ "$(xstat 0 rx_gso_packets)$(xstat 0 rx_partial_cksum_packets)" = 00 ] || fail "unasked offloads"
end_pmd

# 3. testpmd sets the offloads itself: checksums, and segmentation of frames that came whole.
# shellcheck disable=SC2086 # options
pmd csum net_vtap0,iface=x0 net_vtap1,iface=x1 -- --forward-mode=csum $OFFLOADS
say "stop"
say "port stop all"
for port in 0 1; do
	for layer in ip udp tcp; do
		say "csum set $layer hw $port"
	done
	say "tso set 1448 $port"
	say "csum mac-swap off $port"
done
say "port start all"
say "start"
join_ends
check_ping
check_tcp 10.9.0.2 fd09::2
say "show port xstats all"
[ "$(xstat 1 tx_offload_packets)" -gt 100 ] || fail "testpmd's offloads were not used"
[ "$(xstat 1 tx_bad_offload_drops)$(xstat 0 tx_bad_offload_drops)" = 00 ] || fail "refused offloads"
end_pmd

# 4. macswap between two ports: the addresses come out swapped.
pmd macswap net_vtap0,iface=x0 net_vtap1,iface=x1 -- --forward-mode=macswap
cat >"$T/macswap.py" <<'PY'
import socket
a, b = (socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88B5)) for _ in "ab")
a.bind(("x0", 0x88B5))
b.bind(("x1", 0x88B5))
b.settimeout(5)
one, two = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
for size in 60, 1000, 1514:
    a.send(one + two + b"\x88\xb5" + bytes(size - 14))
    assert b.recv(2000) == two + one + b"\x88\xb5" + bytes(size - 14), size
PY
/usr/bin/python3 "$T/macswap.py" 2>"$T/macswap.err" || fail "macswap"

# 5. Away and back, twice, in one process.
for _ in 1 2; do
	say "stop"
	say "port stop 1"
	say "port close 1"
	ip link show dev x1 >/dev/null 2>&1 && fail "x1 outlives its port"
	say "device detach net_vtap1"
	say "port attach net_vtap1,iface=x1"
	say "port start 1"
	say "start"
	wait_for 20 ip link show dev x1 || fail "x1 does not come back"
	/usr/bin/python3 "$T/macswap.py" 2>"$T/macswap.err" || fail "macswap after attaching again"
done

# 6. The interface is deleted under testpmd: the other port goes on, and all ends in good order.
ip link del x1
sleep 0.3
say "show port summary all"
end_pmd

# 7. Small mbufs: what does not fit one comes in two, and without scattered receive not at all.
pmd small net_vtap0,iface=x0 net_vtap1,iface=x1 -- --forward-mode=macswap --mbuf-size=384 --enable-scatter
/usr/bin/python3 "$T/macswap.py" 2>"$T/macswap.err" || fail "macswap with small mbufs"
say "show port xstats all"
[ "$(xstat 0 rx_chained_packets)" -ge 2 ] || fail "$(xstat 0 rx_chained_packets) frames in two segments"
[ "$(xstat 0 rx_errors)" = 0 ] || fail "errors with small mbufs"
end_pmd
timeout 20 dpdk-testpmd --no-huge --no-pci -m 256 --lcores "0@($cpus),1@($cpus)" --no-telemetry \
	--file-prefix "vtap$$" -d $so --vdev net_vtap0,iface=x0 -- --total-num-mbufs=8192 --mbuf-size=384 \
	</dev/null >"$T/refused.out" 2>&1 && fail "small mbufs without scattered receive are taken"
[ "$(grep -c 'net_vtap: .*384\|net_vtap: .*256' "$T/refused.out")" = 1 ] ||
	fail "not one sentence on small mbufs: $(cat "$T/refused.out")"
rm -rf "/run/dpdk/vtap$$"

# 8. Every way to forward: what the ports count is what the kernel counts at its ends.
# shellcheck disable=SC2317 # by wait_for
kernel_agrees()
{
	local port
	say "show port xstats all"
	for port in 0 1; do
		[ "$(xstat $port tx_good_packets) $(xstat $port rx_good_packets)" = \
			"$(awk -v dev="x$port:" '$1 == dev { print $3, $11 }' /proc/net/dev)" ] || return 1
	done
}

# sent_more BEFORE: port 1 has sent a thousand frames more.
# shellcheck disable=SC2317 # by wait_for
sent_more()
{
	say "show port xstats all"
	[ "$(xstat 1 tx_good_packets)" -gt $(($1 + 1000)) ]
}

cat >"$T/send.py" <<'PY'
import socket
a = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
a.bind(("x0", 0x88B5))
for i in range(500):
    a.send(bytes.fromhex("020000000001020000000002") + b"\x88\xb5" + bytes(46))
PY
pmd modes net_vtap0,iface=x0 net_vtap1,iface=x1 -- --forward-mode=mac
for mode in mac rxonly txonly flowgen mac; do
	say "stop"
	say "set fwd $mode"
	say "show port xstats all"
	before=$(xstat 1 tx_good_packets)
	got=$(xstat 0 rx_good_packets)
	say "start"
	case $mode in
	txonly | flowgen) wait_for 20 sent_more "$before" || fail "$mode sends nothing" ;;
	*) /usr/bin/python3 "$T/send.py" || fail "no frames to send" ;;
	esac
	case $mode in txonly | flowgen) say "stop" ;; esac
	wait_for 20 kernel_agrees || fail "$mode: counted $(xstat 0 tx_good_packets) $(xstat 0 rx_good_packets), \
$(xstat 1 tx_good_packets) $(xstat 1 rx_good_packets), by the kernel: $(grep 'x[01]:' /proc/net/dev)"
	case $mode in
	mac | rxonly) [ "$(xstat 0 rx_good_packets)" -ge $((got + 500)) ] || fail "$mode receives too little" ;;
	esac
	[ $mode != mac ] || [ "$(xstat 1 tx_good_packets)" -ge $((before + 500)) ] || fail "mac forwards too little"
	case $mode in txonly | flowgen) say "start" ;; esac
done
end_pmd

# 9. Killed: the interface goes all the same.
pmd killed net_vtap0,iface=x0 net_vtap1,iface=x1 -- --forward-mode=io
kill -9 "$PMD"
wait "$PMD" 2>/dev/null
wait_for 20 sh -c '! ip link show dev x0' || fail "x0 outlives a killed process"
rm -rf "/run/dpdk/vtap$$"
check_host
