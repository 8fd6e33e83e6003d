#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The default link: ping it, both families, small and big, then Ctrl-C: nothing stays behind.
. "$(dirname -- "$0")/lib.sh"
need ping

remember_host
start lo -- --json "$T/r.json"
ip link show dlo0 >/dev/null || fail "no interface dlo0"
ip -o addr show dev dlo0 tentative | grep -q . && fail "a tentative address after ready"

for target in 198.18.0.2 198.18.255.254 198.19.255.254 2001:2::2 2001:2:0:ffff::1; do
	ping -n -c 3 -i 0.1 -W 2 "$target" >"$T/ping.out" 2>&1 || fail "no answer from $target"
done
# The payload comes back as it went: ping compares it.
ping -n -c 2 -i 0.1 -W 2 -s 60000 198.18.0.2 >"$T/ping.out" 2>&1 || fail "ping -s 60000, IPv4"
ping -n -c 2 -i 0.1 -W 2 -s 60000 2001:2::2 >"$T/ping.out" 2>&1 || fail "ping -s 60000, IPv6"
ping -n -c 200 -i 0.002 -W 2 -p a5 198.18.0.3 >"$T/ping.out" 2>&1 || fail "ping -c 200"
grep -q ' 0% packet loss' "$T/ping.out" || fail "pings lost"
grep -Eq 'DUP|wrong data|corrupt' "$T/ping.out" && fail "duplicates or damaged data"

# Nobody's: the network and broadcast addresses of the prefix.
ping -n -c 1 -W 1 -b 198.19.255.255 >"$T/ping.out" 2>&1 && fail "the broadcast address answers"
ping -n -c 1 -W 1 198.18.0.0 >"$T/ping.out" 2>&1 && fail "the network address answers"

stop "$PID"
check_host
check_report "$T/r.json" 'len(r.ports) == 1' 'all(x["answered"]["icmp"] >= 219 for x in r.ports)' \
	'all(x["answered"]["arp"] >= 1 and x["answered"]["nd"] >= 1 for x in r.ports)'
