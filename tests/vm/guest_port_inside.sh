#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The guest's half of guest_port.sh, as root in the virtual machine.
set -u
fail()
{
	echo "guest: $*"
	ip -s addr
	ip neigh
	exit 1
}

wait_for()
{
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.2
	done
}

card()
{
	card=$(basename "$(dirname "$(grep -l 02:00:00:00:00:42 /sys/class/net/*/address 2>/dev/null)")")
	[ -n "$card" ] && [ "$card" != . ]
}

modprobe virtio_net
wait_for 10 card || fail "no network card"
ip addr add 198.18.0.1/15 dev "$card"
ip addr add 2001:2::1/48 dev "$card" nodad
ip link set "$card" up
ip route add 192.0.2.1 dev "$card"
echo "card $card: $(sed 's/^/features /' "/sys/class/net/$card/device/features")"

wait_for 20 ping -n -c 1 -W 1 198.18.0.2 || fail "198.18.0.2 does not answer"
ping -n -c 3 -i 0.2 -W 5 -s 1400 198.18.0.2 || fail "long pings are not answered"
ping -n -c 3 -i 0.2 -W 5 2001:2::2 || fail "2001:2::2 does not answer"

# Its own server, from an address that is nobody's: out, turned round, and in again.
mkdir /tmp/www
head -c 300000 /dev/urandom >/tmp/www/blob
python3 -m http.server --bind :: --directory /tmp/www 8000 >/dev/null 2>&1 &
wait_for 20 sh -c "ss -Hltn 'sport = :8000' | grep -q ." || fail "no server"
for host in 198.18.0.2 '[2001:2::2]'; do
	curl -gsS --max-time 30 -o /tmp/got "http://$host:8000/blob" || fail "curl http://$host:8000/"
	cmp -s /tmp/got /tmp/www/blob || fail "http://$host:8000/ gives something else"
done

# The host's server, by way of a loopback.
sum=$(curl -sS --max-time 30 http://192.0.2.1:8000/sum) || fail "curl http://192.0.2.1:8000/"
curl -sS --max-time 30 http://192.0.2.1:8000/blob | sha256sum >/tmp/sum
[ "$sum" = "$(cat /tmp/sum)" ] || fail "the host's file arrives as something else"

# Now dpdk-lo goes and comes again.
curl -sS --max-time 30 http://192.0.2.1:8000/restart || fail "cannot ask for a restart"
wait_for 30 sh -c '! ping -n -c 1 -W 1 198.18.0.2' || fail "dpdk-lo does not go"
wait_for 60 ping -n -c 1 -W 1 198.18.0.2 || fail "no answer from a new dpdk-lo"
curl -sS --max-time 30 -o /tmp/got http://198.18.0.2:8000/blob || fail "curl through the new one"
cmp -s /tmp/got /tmp/www/blob || fail "the new one gives something else"
echo "guest: all well"
