#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Two BIRD routers peer by eBGP multihop between loopback addresses over two parallel veth ports: one
# behind the appliance, one a plain Linux router. Each port is taken down and up in turn; the session
# never leaves Established, a TCP session to the loopback goes on, and pings are lost for no longer
# than it takes both sides to see a carrier go.
. "$(dirname -- "$0")/lib.sh"
need ethtool ping bird birdc

ROUNDS=${DLO_BGP_ROUNDS:-20}
make_peer
ip link add dlp1 type veth peer name peer1
ip link set peer1 netns "$PEER_PID" || fail "peer1 does not move"
in_peer ethtool -K peer1 tx off >/dev/null 2>&1
in_peer ip link set peer1 up
ip link set dlp1 up
remember_host
in_peer ip addr add 192.0.2.2/32 dev lo
# Routes stay when a carrier goes, and are not used then.
in_peer sh -c 'for i in all default peer0 peer1; do
	echo 1 >/proc/sys/net/ipv4/conf/$i/ignore_routes_with_linkdown; done'
for i in 0 1; do
	in_peer ip addr add "10.1.$i.2/24" dev "peer$i"
	in_peer ip route add 192.0.2.1 via "10.1.$i.1" dev "peer$i" metric "$((10 + i))"
done

start lo --no-pci --vdev net_af_xdp0,iface=dlp0 --vdev net_af_xdp1,iface=dlp1 -- \
	--address 10.1.0.1/24@net_af_xdp0 --address 10.1.1.1/24@net_af_xdp1 \
	--loopback lo0=192.0.2.1 --json "$T/r.json"
lo=$PID

# router NAME OWN PEER AS PEER-AS PREFIX
router()
{
	cat >"$T/$1.conf" <<-CONF
	router id $2;
	protocol device { }
	protocol static { ipv4; route $6 blackhole; }
	protocol bgp peer {
		local $2 as $4;
		neighbor $3 as $5;
		multihop 8;
		hold time 30;
		keepalive time 1;
		connect retry time 1;
		error wait time 1, 2;
		ipv4 { import all; export all; next hop self; };
	}
	CONF
}
router here 192.0.2.1 192.0.2.2 65001 65002 192.0.2.1/32
router there 192.0.2.2 192.0.2.1 65002 65001 192.0.2.2/32
run_quiet bird_here bird -f -c "$T/here.conf" -s "$T/here.ctl"
run_quiet bird_there nsenter -t "$PEER_PID" -n -- bird -f -c "$T/there.conf" -s "$T/there.ctl"

established()
{
	birdc -s "$T/$1.ctl" show protocols peer 2>/dev/null | grep -q Established
}

# learned ROUTER PREFIX: by BGP.
learned()
{
	wait_for 20 sh -c "birdc -s '$T/$1.ctl' show route protocol peer | grep -q '^$2 '"
}

# When the session came up: it is the same as long as this stays.
since()
{
	birdc -s "$T/$1.ctl" show protocols peer | awk '$1 == "peer" { print $5, $6 }'
}

wait_for 30 established here || fail "the session does not come up: $(birdc -s "$T/here.ctl" show protocols all peer)"
wait_for 30 established there || fail "the other end does not see the session"
learned here 192.0.2.2/32 || fail "the peer's loopback is not advertised"
learned there 192.0.2.1/32 || fail "our loopback is not advertised"
before=$(since here)/$(since there)

# A terminal session, as ssh is one: a line there and back, over and over, on one connection.
cat >"$T/echo.py" <<'PY'
import socket, sys, time
if sys.argv[1] == "serve":
	s = socket.create_server((sys.argv[2], 2222))
	c, _ = s.accept()
	while data := c.recv(4096):
		c.sendall(data)
else:
	c = socket.create_connection((sys.argv[2], 2222), timeout=20)
	n, stop = 0, time.time() + float(sys.argv[3])
	while time.time() < stop:
		line = b"%d\n" % n
		c.sendall(line)
		got = b""
		while len(got) < len(line):
			got += c.recv(64) or sys.exit("the connection ended")
		assert got == line
		n += 1
		time.sleep(0.02)
	print(n)
PY
seconds=$((ROUNDS * 2))
run_quiet serve /usr/bin/python3 "$T/echo.py" serve 192.0.2.1
wait_for 10 sh -c "ss -Hltn 'sport = :2222' | grep -q ." || fail "no server on port 2222"
run_quiet client nsenter -t "$PEER_PID" -n -- /usr/bin/python3 "$T/echo.py" ask 192.0.2.1 "$seconds"
client=$PID
run_quiet pings nsenter -t "$PEER_PID" -n -- ping -n -i 0.02 -w "$seconds" -I 192.0.2.2 192.0.2.1
pings=$PID

for ((round = 0; round < ROUNDS; round++)); do
	port=$((round % 2))
	# From either end in turn: carrier goes on both.
	if ((round / 2 % 2)); then
		ip link set "dlp$port" down
		sleep 0.5
		ip link set "dlp$port" up
	else
		in_peer ip link set "peer$port" down
		sleep 0.5
		in_peer ip link set "peer$port" up
	fi
	in_peer ip route replace 192.0.2.1 via "10.1.$port.1" dev "peer$port" metric "$((10 + port))"
	sleep 0.5
	established here || fail "round $round: the session is gone"
done
# They go on for a while where the rounds took less than the time that was set for them.
wait_for "$seconds" dead "$client"
wait_for 10 dead "$pings"
finish "$client" || fail "the TCP session did not last: $(cat "$T/client.err")"
finish "$pings"
[ "$(since here)/$(since there)" = "$before" ] || fail "the session came up anew"
established there || fail "the session is gone at the other end"
[ "$(cat "$T/client.out")" -gt "$((seconds * 5))" ] || fail "only $(cat "$T/client.out") lines went there and back"
# Longest silence, in packets of 20 ms: two seconds would be more than seeing a carrier takes.
/usr/bin/python3 - "$T/pings.out" <<'PY' || fail "pings were lost for too long"
import re, sys
seen = [int(n) for n in re.findall(r"icmp_seq=(\d+)", open(sys.argv[1]).read())]
gap = max(b - a for a, b in zip(seen, seen[1:]))
print("longest gap", gap, "of", len(seen))
sys.exit(0 if len(seen) > 50 and gap < 100 else 1)
PY
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.punted > 10' 'p.net_af_xdp1.punted > 10' \
	'p.net_vtap_dlo0.forwarded > 50'
