#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Two appliances that face each other over memif and over veth, and a looped cable: each loop is found,
# stopped and said once, and when it is gone frames are sent back again. Who only sends is no loop.
. "$(dirname -- "$0")/lib.sh"
need ethtool dpdk-telemetry.py dpdk-testpmd

# loop PORT: stopped or none.
loop()
{
	telemetry "$lo" "/dlo/plan,$1" 'v["loop"]'
}

is()
{
	[ "$($1 "$2")" = "$3" ]
}

reflected()
{
	telemetry "$lo" "/dlo/stats,$1" 'v["reflected"]'
}

# found PORT: within a second, as it says; here only that it does, once, and that frames stop.
found()
{
	local before
	wait_for 20 is loop "$1" stopped || fail "no loop is found on $1"
	[ "$(grep -c 'comes back to it' "$T/lo.err")" = "$2" ] || fail "the loop is not said once"
	before=$(telemetry "$lo" "/dlo/drops,$1" 'v["loop"]')
	[ "$before" -gt 0 ] || fail "nothing is dropped as loop"
}

gone()
{
	wait_for 60 is loop "$1" none || fail "the loop on $1 does not end"
	[ "$(grep -c 'the loop is gone' "$T/lo.out")" = "$2" ] || fail "the end is not said once"
}

# Send frames from an interface: IFACE DST SRC [COUNT].
send()
{
	/usr/bin/python3 - "$@" <<'PY'
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
dst, src = (bytes.fromhex(x.replace(":", "")) for x in sys.argv[2:4])
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 46, 1, 0, 64, 17, 0, socket.inet_aton("198.18.0.1"),
    socket.inet_aton("198.51.100.7"))
udp = struct.pack("!HHHH", 1000, 2000, 26, 0) + bytes(18)
for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 1):
    s.send(dst + src + b"\x08\x00" + ip + udp)
PY
}

mac_of()
{
	ip -o link show "$1" | sed 's/.*link.ether //; s/ .*//'
}

# A ring is a looped cable.
start lo --no-huge -m 256 --no-pci --vdev net_ring0 -- --inject 64 --loop-guard on --json "$T/r.json"
lo=$PID
found net_ring0 1
stop "$lo"
check_report "$T/r.json" --injected 64 'p.net_ring0.drops.loop >= 64 and p.net_ring0.reflected > 0'

# Over memif with somebody else's reflector, as fast as two cores go.
memif="socket=$T/m.sock,socket-abstract=no"
start lo --no-huge -m 256 --no-pci --vdev "net_memif0,role=server,$memif" -- --json "$T/r.json"
lo=$PID
cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
run_quiet testpmd dpdk-testpmd --no-huge --no-pci -m 256 --lcores "0@($cpus),1@($cpus)" \
	--file-prefix "peer$$" --no-telemetry --vdev "net_memif0,role=client,$memif" \
	-- --total-num-mbufs=8192 --forward-mode=macswap --tx-first --stats-period=1
other=$PID
found net_memif0 1
kill -INT "$other"
wait_for 15 dead "$other" || kill -9 "$other"
gone net_memif0 1
stop "$lo"
check_report "$T/r.json" 'p.net_memif0.drops.loop > 0 and p.net_memif0.reflected > 0'

# Over veth, AF_XDP against AF_PACKET, both guarded, frames for each other's MAC alone.
make_peer
remember_host
here=$(mac_of dlp0)
there=$(in_peer ip -o link show peer0 | sed 's/.*link.ether //; s/ .*//')
start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --json "$T/r.json"
lo=$PID
# A peer that only sends and takes is none.
for _ in 1 2 3 4 5 6 7 8; do
	in_peer true
	nsenter -t "$PEER_PID" -n -- bash -c "$(declare -f send); send peer0 $here $there 20"
	sleep 0.2
done
[ "$(loop net_af_xdp0)" = none ] || fail "a loop is found where there is none"
[ "$(telemetry "$lo" /dlo/plan 'v["loop_probes"]')" -ge 2 ] || fail "no probes"
[ "$(reflected net_af_xdp0)" -ge 100 ] || fail "frames do not come back"
run_quiet other nsenter -t "$PEER_PID" -n -- "$DLO" --no-huge -m 256 --no-pci \
	--vdev net_af_packet0,iface=peer0,framesz=1024,blocksz=4096 --
other=$PID
wait_for 20 grep -qx 'dpdk-lo: ready' "$T/other.out" || fail "the other one does not start"
send dlp0 "$there" "$here"
found net_af_xdp0 1
kill -INT "$other"
wait_for 15 dead "$other" || fail "the other one does not end"
gone net_af_xdp0 1
before=$(reflected net_af_xdp0)
nsenter -t "$PEER_PID" -n -- bash -c "$(declare -f send); send peer0 $here $there 5"
wait_for 10 bash -c '[ "$(reflected net_af_xdp0)" -ge $((before + 5)) ]' 2>/dev/null
[ "$(reflected net_af_xdp0)" -ge $((before + 5)) ] || fail "nothing is sent back afterwards"
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.drops.loop > 0'

# A looped cable gives frames back as they were sent.
if in_peer tc qdisc add dev peer0 ingress 2>/dev/null &&
	in_peer tc filter add dev peer0 ingress matchall action mirred egress redirect dev peer0 \
		2>"$T/tc.err"; then
	start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --accept unicast --json "$T/r.json"
	lo=$PID
	send dlp0 02:00:00:00:00:01 02:00:00:00:00:02 4
	found net_af_xdp0 1
	in_peer tc qdisc del dev peer0 ingress
	gone net_af_xdp0 1
	stop "$lo"
	check_report "$T/r.json" 'p.net_af_xdp0.drops.loop > 0'
else
	echo "this kernel has no act_mirred: the looped cable was not tried"
fi
check_host
