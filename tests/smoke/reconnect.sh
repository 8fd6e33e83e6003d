#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Two processes and the socket between them: the peer ends and starts again, or is killed, and its
# frames come back again, over memif where dpdk-lo listens and over vhost-user in either role. The peer
# is dpdk-lo-gen.
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

# came_back NAME: its frames, at least some.
came_back()
{
	finish "$PID" || [ $? = 1 ] || fail "$what: dpdk-lo-gen ends with another code than 0 and 1"
	/usr/bin/python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1]))["received"] == 0)' \
		"$T/$1.json" || fail "$what: nothing came back to $1"
}

# peers_come_and_go WHAT LO-VDEV PEER-VDEV [peer-first]
peers_come_and_go()
{
	local turn first
	what=$1
	if [ "${4:-}" = peer-first ]; then
		send early "$3" 5
		first=$PID
		sleep 1
		begin "$2"
		PID=$first
		came_back early
	else
		begin "$2"
	fi
	for turn in first second; do
		send "$turn" "$3" 3
		came_back "$turn"
	done
	send killed "$3" 30
	sleep 1
	kill -9 "$PID"
	wait "$PID" 2>/dev/null
	# A killed server leaves its socket, and the next one does not take it over.
	[ "${4:-}" != peer-first ] || rm -f "$T/m.sock"
	send third "$3" 3
	came_back third
	stop "$lo"
	check_report "$T/r.json" 'all(x["reflected"] > 500 for x in r.ports)'
}

remember_host
memif=socket=$T/m.sock,socket-abstract=no
peers_come_and_go 'memif, we listen' "net_memif0,role=server,$memif" "net_memif0,role=client,$memif"
virtio=net_virtio_user0,mac=02:00:00:00:00:99
peers_come_and_go 'vhost, we listen' "eth_vhost0,iface=$T/v.sock" "$virtio,path=$T/v.sock"
peers_come_and_go 'vhost, the peer listens' "eth_vhost0,iface=$T/w.sock,client=1" "$virtio,path=$T/w.sock,server=1"
check_host
