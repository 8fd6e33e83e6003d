#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# A link of another name, MTU and addresses.
. "$(dirname -- "$0")/lib.sh"
need ping

remember_host
start lo -- --link mir0,mtu=1500,ip=10.99.0.1/24,ip=fd99::1/64,mac=02:00:5e:10:00:01 \
	--json "$T/r.json"
[ "$(cat /sys/class/net/mir0/mtu 2>/dev/null || ip -o link show mir0 | sed 's/.* mtu \([0-9]*\).*/\1/')" = 1500 ] ||
	fail "the MTU is not 1500"
ip -o link show mir0 | grep -q '02:00:5e:10:00:01' || fail "the MAC is not the wanted one"
ping -n -c 2 -i 0.1 -W 2 -s 1472 -M do 10.99.0.7 >"$T/ping.out" 2>&1 || fail "full frame, IPv4"
ping -n -c 2 -i 0.1 -W 2 -s 1452 -M do fd99::7 >"$T/ping.out" 2>&1 || fail "full frame, IPv6"
ping -n -c 1 -W 1 -s 1473 -M do 10.99.0.7 >"$T/ping.out" 2>&1 && fail "larger than the MTU"
# The host changes the MTU while it runs.
ip link set mir0 mtu 9000 || fail "MTU 9000 is refused"
ping -n -c 2 -i 0.1 -W 2 -s 8972 -M do 10.99.0.7 >"$T/ping.out" 2>&1 || fail "full frame at 9000"
ip link set mir0 mtu 1280 || fail "MTU 1280 is refused"
ping -n -c 2 -i 0.1 -W 2 -s 1232 -M do fd99::7 >"$T/ping.out" 2>&1 || fail "full frame at 1280"
stop "$PID"
check_host
check_report "$T/r.json" 'all(x["answered"]["icmp"] >= 8 for x in r.ports)'
