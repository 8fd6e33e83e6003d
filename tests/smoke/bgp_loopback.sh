#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Two BIRD routers peer by eBGP multihop between loopback addresses over two parallel veth ports: one
# behind the appliance, one a plain Linux router. Each port is taken down and up in turn; the session
# never leaves Established, an ssh and a plain TCP session to the loopback go on by the other port, and
# pings are lost for no longer than it takes both sides to see a carrier go.
. "$(dirname -- "$0")/lib.sh"
need ethtool ping bird birdc ss python3

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

# Lines there and back, one after the other on one connection, until there is $T/enough. Each that came
# back is printed. By plain TCP (serve and tcp), and by a program that sends on what it is told (pipe).
cat >"$T/echo.py" <<'PY'
import os, socket, subprocess, sys, time
what, enough, *rest = sys.argv[1:]
if what == "serve":
	s = socket.create_server((rest[0], 2222))
	c, _ = s.accept()
	while data := c.recv(4096):
		c.sendall(data)
	sys.exit()
if what == "tcp":
	c = socket.create_connection((rest[0], 2222), timeout=30)
	send, receive = c.sendall, lambda: c.recv(4096)
else:
	p = subprocess.Popen(rest, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
	send, receive = p.stdin.write, lambda: os.read(p.stdout.fileno(), 4096)
	# A shell may greet before it gets to the command.
	greeting = b""
	while not greeting.endswith(b"dlo-begins\n"):
		greeting += receive() or sys.exit("no session")
n = 0
while not os.path.exists(enough):
	line = b"%d\n" % n
	send(line)
	got = b""
	while len(got) < len(line):
		got += receive() or sys.exit("the connection ended")
	assert got == line, (got, line)
	print(n, flush=True)
	n += 1
	time.sleep(0.02)
if what == "pipe":
	p.stdin.close()
	assert not p.stdout.read() and p.wait() == 0, p.returncode
PY
run_quiet serve /usr/bin/python3 "$T/echo.py" serve - 192.0.2.1
wait_for 30 sh -c "ss -Hltn 'sport = :2222' | grep -q ." || fail "no server on port 2222"
run_quiet tcp nsenter -t "$PEER_PID" -n -- /usr/bin/python3 "$T/echo.py" tcp "$T/enough" 192.0.2.1
sessions=(tcp "$PID")

# An OpenSSH of our own, from loopback to loopback: keys, hosts and configuration are in $T only.
if sshd=$(command -v sshd) && command -v ssh ssh-keygen >/dev/null; then
	for key in host user; do
		ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$T/$key" || fail "ssh-keygen makes no key"
	done
	echo "192.0.2.1 $(cat "$T/host.pub")" >"$T/known_hosts"
	# Without PAM, which may want more than a container has; but only PAM lets a locked root in by key.
	pam=no
	getent shadow root | grep -q '^root:!' && pam=yes
	cat >"$T/sshd_config" <<-CONF
		ListenAddress 192.0.2.1
		Port 22
		HostKey $T/host
		AuthorizedKeysFile $T/user.pub
		StrictModes no
		AuthenticationMethods publickey
		PermitRootLogin prohibit-password
		PermitUserRC no
		UsePAM $pam
		PidFile none
	CONF
	cat >"$T/ssh_config" <<-CONF
		Host *
		User root
		BindAddress 192.0.2.2
		BatchMode yes
		IdentityFile $T/user
		IdentitiesOnly yes
		IdentityAgent none
		StrictHostKeyChecking yes
		UserKnownHostsFile $T/known_hosts
		GlobalKnownHostsFile none
		ConnectTimeout 30
		ServerAliveInterval 5
		ServerAliveCountMax 6
	CONF
	mkdir -p /run/sshd # Debian's is made by the service
	run_quiet sshd "$sshd" -D -e -f "$T/sshd_config"
	sshd=$PID
	wait_for 30 sh -c "ss -Hltn 'sport = :22' | grep -q ." || fail "no sshd on port 22"
	run_quiet ssh nsenter -t "$PEER_PID" -n -- /usr/bin/python3 "$T/echo.py" pipe "$T/enough" \
		ssh -F "$T/ssh_config" 192.0.2.1 'echo dlo-begins; exec cat'
	sessions+=(ssh "$PID")
else
	sshd=
	echo "no ssh session to the loopback here: OpenSSH (openssh-server and openssh-client) is not installed"
fi

run_quiet pings nsenter -t "$PEER_PID" -n -- ping -n -i 0.02 -I 192.0.2.2 192.0.2.1
pings=$PID

# more_or_dead NAME PID COUNT: that many lines came back, or no more will.
more_or_dead()
{
	[ "$(wc -l <"$T/$1.out")" -ge "$3" ] || dead "$2"
}

# go_on WHEN: a line that is sent from now on comes back, in each session.
go_on()
{
	local i name lines
	for ((i = 0; i < ${#sessions[@]}; i += 2)); do
		name=${sessions[i]}
		# One may be on its way.
		lines=$(($(wc -l <"$T/$name.out") + 2))
		wait_for 30 more_or_dead "$name" "${sessions[i + 1]}" "$lines"
		[ "$(wc -l <"$T/$name.out")" -ge "$lines" ] || fail "$1: the $name session does not go on"
	done
}
go_on "before the first outage"

for ((round = 0; round < ROUNDS; round++)); do
	port=$((round % 2))
	# From either end in turn: carrier goes on both.
	if ((round / 2 % 2)); then
		ip link set "dlp$port" down
		sleep 0.5
		go_on "round $round, port $port down"
		ip link set "dlp$port" up
	else
		in_peer ip link set "peer$port" down
		sleep 0.5
		go_on "round $round, peer$port down"
		in_peer ip link set "peer$port" up
	fi
	in_peer ip route replace 192.0.2.1 via "10.1.$port.1" dev "peer$port" metric "$((10 + port))"
	sleep 0.5
	go_on "round $round, port $port up again"
	established here || fail "round $round: the session is gone"
done
: >"$T/enough"
for ((i = 0; i < ${#sessions[@]}; i += 2)); do
	finish "${sessions[i + 1]}" || fail "the ${sessions[i]} session did not last"
	echo "${sessions[i]}: $(wc -l <"$T/${sessions[i]}.out") lines"
done
stop "$pings"
[ -z "$sshd" ] || stop "$sshd" TERM
[ "$(since here)/$(since there)" = "$before" ] || fail "the session came up anew"
established there || fail "the session is gone at the other end"
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
