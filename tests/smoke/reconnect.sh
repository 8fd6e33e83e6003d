#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Two processes and the socket between them: the peer, dpdk-lo-gen, ends and starts again, or is killed, and
# its frames come back again; over memif and vhost-user with either side as the one that listens. Then it is
# dpdk-lo that is killed and started again, where its dead socket lies in the way, or under a running peer.
. "$(dirname -- "$0")/lib.sh"

GEN=$(dirname -- "$DLO")/../dpdk-lo-gen/dpdk-lo-gen
[ -x "$GEN" ] || fail "dpdk-lo-gen is not built"

begin()
{
	start lo --no-huge -m 128 --no-pci --vdev "$1" -- --mode mac --accept any --json "$T/r.json"
	lo=$PID
}

# send NAME VDEV SECONDS: the peer, in the background.
send()
{
	run_quiet "$1" "$GEN" --no-huge -m 128 --no-pci --vdev "$2" -- --bias off --rate 1kpps --duration "$3" --json "$T/$1.json"
}

# came_back NAME [MORE-THAN]: its frames, at least some.
came_back()
{
	finish "$PID" || [ $? = 1 ] || fail "$what: dpdk-lo-gen ends with another code than 0 and 1"
	/usr/bin/python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1]))["received"] <= int(sys.argv[2]))' \
		"$T/$1.json" "${2:-0}" || fail "$what: nothing came back to $1"
}

# peers_come_and_go WHAT LO-VDEV PEER-VDEV [PEER'S-SOCKET [peer-first]]
peers_come_and_go()
{
	local first
	what=$1
	if [ "${5:-}" = peer-first ]; then
		send early "$3" 5
		first=$PID
		sleep 1
		begin "$2"
		PID=$first
		came_back early
	else
		begin "$2"
	fi
	send first "$3" 4
	came_back first
	send killed "$3" 30
	sleep 2
	kill -9 "$PID"
	wait "$PID" 2>/dev/null
	# A killed server leaves its socket, and the generator does not take it over.
	[ -z "${4:-}" ] || rm -f "$4"
	send second "$3" 4
	came_back second
	stop "$lo"
	check_report "$T/r.json" 'all(x["reflected"] > 100 for x in r.ports)'
}

# we_are_killed WHAT LO-VDEV SOCKET PEER-VDEV: the name is free again; somebody else's is not touched.
we_are_killed()
{
	what=$1
	begin "$2"
	kill -9 "$lo"
	wait "$lo" 2>/dev/null
	[ -S "$3" ] || fail "$what: no socket was left behind, this test tries nothing"
	begin "$2"
	grep -q "socket $3 was left behind" "$T/lo.out" || fail "$what: says nothing about the dead socket"
	send after "$4" 3
	came_back after
	# The second one on the same socket ends, and the first goes on.
	run_quiet other "$DLO" --no-huge -m 128 --no-pci --vdev "$2" -- --mode mac
	finish "$PID" && fail "$what: two of them listen on one socket"
	grep -q "another process listens on $3" "$T/other.err" || fail "$what: does not say what is in the way"
	[ -S "$3" ] || fail "$what: a socket was removed that somebody listens on"
	send again "$4" 3
	came_back again
	stop "$lo"
}

# we_start_again WHAT LO-VDEV SIGNAL PEER...: under a peer that goes on. net_memif of DPDK 22.11 unmaps the
# rings without waiting for who is polling them: a peer that dies of that is started again.
we_start_again()
{
	local peer try
	what=$1
	for try in 1 2 3 4; do
		run_quiet running "${@:4}"
		peer=$PID
		sleep 1
		begin "$2"
		sleep 2
		kill "-$3" "$lo"
		wait "$lo" 2>/dev/null
		begin "$2"
		wait_for 15 reflects "$lo" "${2%%,*}" && break
		if [ "$try" = 4 ] || alive "$peer"; then
			fail "$what: nothing comes from the peer after the restart"
		fi
		stop "$lo"
		rm -f "$T/m.sock"
	done
	stop "$lo"
	kill -INT "$peer"
	finish "$peer"
}

# reflects PID PORT: more than the few frames that waited in the ring.
reflects()
{
	[ "$(telemetry "$1" "/dlo/stats,$2" 'v["reflected"] > 2000')" = True ]
}

remember_host
memif=socket=$T/m.sock,socket-abstract=no
peers_come_and_go 'memif, we listen' "net_memif0,role=server,$memif" "net_memif0,role=client,$memif"
peers_come_and_go 'memif, the peer listens' "net_memif0,role=client,$memif" "net_memif0,role=server,$memif" "$T/m.sock"
virtio=net_virtio_user0,mac=02:00:00:00:00:99
peers_come_and_go 'vhost, we listen' "eth_vhost0,iface=$T/v.sock" "$virtio,path=$T/v.sock"
peers_come_and_go 'vhost, the peer listens' "eth_vhost0,iface=$T/w.sock,client=1" "$virtio,path=$T/w.sock,server=1" "$T/w.sock" peer-first
peers_come_and_go 'virtio-user, we listen' "$virtio,path=$T/x.sock,server=1" "eth_vhost0,iface=$T/x.sock,client=1" '' peer-first

we_are_killed memif "net_memif0,role=server,$memif" "$T/m.sock" "net_memif0,role=client,$memif"
we_are_killed vhost "eth_vhost0,iface=$T/v.sock" "$T/v.sock" "$virtio,path=$T/v.sock"

we_start_again 'memif client' "net_memif0,role=client,$memif" INT "$GEN" --no-huge -m 128 --no-pci \
	--vdev "net_memif0,role=server,$memif" -- --rate 1kpps --duration 60
rm -f "$T/m.sock"
we_start_again 'vhost client' "eth_vhost0,iface=$T/y.sock,client=1" KILL "$GEN" --no-huge -m 128 --no-pci \
	--vdev "$virtio,path=$T/y.sock,server=1" -- --bias off --rate 1kpps --duration 60

# Frames for nobody.
run_quiet inject "$DLO" --no-huge -m 128 --no-pci --vdev "net_memif0,role=server,$memif" -- --inject 8
finish "$PID"
[ $? = 1 ] || fail "--inject into a port without a peer: not the exit code 1"
grep -q 'port net_memif0 has nobody at the other end' "$T/inject.err" || fail "--inject: does not say what is missing"
check_host
