#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# net_virtio_user that connects: a stock dpdk-testpmd with vhost is the backend. It is killed, ends and starts
# again; the port comes back each time, and others go on. Who listens and does not answer, or closes at once,
# holds up nobody. A run that ends just when its peer does ends in order.
. "$(dirname -- "$0")/lib.sh"
need dpdk-testpmd

port="net_virtio_user0,path=$T/v.sock,mac=02:00:00:00:00:99"
memif="net_memif0,role=server,socket=$T/m.sock,socket-abstract=no"
name=net_virtio_user0

# The backend, which sends until it is ended.
begin_backend()
{
	local cpus
	cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
	rm -f "$T/v.sock"
	run_quiet backend dpdk-testpmd --no-huge --no-pci --file-prefix "peer$$" -m 256 --lcores "0@($cpus),1@($cpus)" \
		--no-telemetry --vdev "eth_vhost0,iface=$T/v.sock" \
		-- --total-num-mbufs=8192 --forward-mode=flowgen --stats-period=1
	backend=$PID
	wait_for 30 test -S "$T/v.sock" || fail "dpdk-testpmd does not listen"
}

# in_ports EXPRESSION: true of /dlo/ports, the port as v.
in_ports()
{
	[ "$(telemetry "$lo" /dlo/ports "[v for v in v.values() if v['name'] == '$name'][0]$1")" = True ]
}

reflected()
{
	telemetry "$lo" "/dlo/stats,$1" 'v["reflected"]'
}

more_than()
{
	seen "$lo" "$1" "v['reflected'] > $2"
}

# lost N: N times in all it was said that the backend has ended.
lost()
{
	[ "$(grep -c "warning: port $name: the vhost-user backend behind $T/v.sock has ended" "$T/lo.err")" = "$1" ]
}

# A listener of vhost-user that never says a word, or (close) ends each connection.
begin_bad_backend()
{
	rm -f "$T/v.sock"
	run_quiet bad /usr/bin/python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
kept = []
while True:
	kept.append(s.accept()[0])
	print("accepted", flush=True)
	if sys.argv[2] == "close":
		kept.pop().close()' "$T/v.sock" "$1"
	bad=$PID
	wait_for 30 test -S "$T/v.sock" || fail "the listener does not listen"
}

accepted()
{
	[ "$(grep -c accepted "$T/bad.out")" -ge "$1" ]
}

others_go_on()
{
	local then
	then=$(reflected net_null0)
	wait_for 15 more_than net_null0 "$then" || fail "$1: the other port stands still"
}

end()
{
	kill "-$1" "$2"
	wait_for 30 dead "$2" || fail "a peer does not end"
	wait "$2" 2>/dev/null
}

# comes_back AFTER: with a new backend.
comes_back()
{
	local then
	then=$(reflected "$name")
	begin_backend
	wait_for 30 more_than "$name" $((then + 1000)) || fail "the port does not come back after $1"
}

begin_backend
start lo --no-huge -m 128 --no-pci --vdev "$port" --vdev net_null0 --vdev "$memif" -- --mode mac --accept any \
	--json "$T/r.json"
lo=$PID
wait_for 20 more_than "$name" 1000 || fail "nothing comes from the backend"
in_ports '["link"] == "up"' || fail "/dlo/ports does not say that the port is up"
n=0
for signal in KILL INT KILL; do
	n=$((n + 1))
	end "$signal" "$backend"
	wait_for 15 lost "$n" || fail "does not say that the backend has ended, loss $n"
	wait_for 15 in_ports '["link"] == "away"' || fail "/dlo/ports does not say that the peer is away, loss $n"
	in_ports "[\"peer_losses\"] == $n" || fail "/dlo/ports does not count loss $n"
	others_go_on "loss $n"
	comes_back "loss $n"
	[ "$(grep -c "port $name: its peer is there again" "$T/lo.out")" = "$n" ] ||
		fail "does not say once that the peer is back, loss $n"
done

# Somebody listens who is no vhost-user.
end KILL "$backend"
wait_for 15 lost 4 || fail "does not say that the backend has ended, loss 4"
begin_bad_backend close
wait_for 30 accepted 3 || fail "does not try again when its connection is closed"
others_go_on "a listener that closes"
end KILL "$bad"
begin_bad_backend silent
wait_for 30 accepted 1 || fail "does not connect to the silent listener"
others_go_on "a silent listener"
end KILL "$bad"
comes_back "bad listeners"
lost 4 || fail "says more than once that the same backend has ended"
[ "$(wc -l <"$T/lo.err")" -lt 30 ] || fail "the log is flooded"
stop "$lo"
check_report "$T/r.json" 'p.net_virtio_user0.reflected > 4000'
end KILL "$backend"

# Its only port: it waits, too, and an end is an end while nobody is there, or somebody who does not answer.
begin_backend
start lo --no-huge -m 128 --no-pci --vdev "$port" -- --mode mac --accept any --idle spin
lo=$PID
end KILL "$backend"
wait_for 15 lost 1 || fail "does not say that the backend has ended, spinning"
begin_bad_backend silent
wait_for 30 accepted 1 || fail "does not connect to the silent listener, spinning"
stop "$lo"
end KILL "$bad"

# Peer and run end at the same time.
for try in 1 2 3 4 5 6; do
	rm -f "$T/v.sock"
	start peer --no-huge -m 64 --no-pci --vdev "eth_vhost0,iface=$T/v.sock" -- --mode mac
	peer=$PID
	start lo --no-huge -m 128 --no-pci --vdev "$port" --vdev "$memif" -- --mode mac --accept any
	lo=$PID
	kill -KILL "$peer"
	[ $((try % 2)) = 0 ] || wait_for 15 lost 1 || fail "does not say that the backend has ended, end $try"
	stop "$lo"
	wait "$peer" 2>/dev/null
done
exit 0
