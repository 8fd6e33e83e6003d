#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What the newcomer sees: ip, ifconfig, and what the host changes on the interface is followed.
. "$(dirname -- "$0")/lib.sh"
need ifconfig ping

remember_host
start lo -- --json "$T/r.json"
ip -o addr show dev dlo0 >"$T/addr.out"
grep -q 'inet 198\.18\.0\.1/15 ' "$T/addr.out" || fail "ip addr does not show 198.18.0.1/15"
grep -q 'inet6 2001:2::1/48 ' "$T/addr.out" || fail "ip addr does not show 2001:2::1/48"
ip -o link show dev dlo0 | grep -q '[<,]UP[,>].*LOWER_UP' || fail "dlo0 is not up"
ifconfig dlo0 >"$T/ifconfig.out" || fail "ifconfig dlo0"
grep -q 'inet 198\.18\.0\.1 ' "$T/ifconfig.out" || fail "ifconfig does not show 198.18.0.1"

# An address that the host adds is the host's from then on, and the appliance's again afterwards.
ping -n -c 1 -W 2 198.18.5.5 >"$T/ping.out" 2>&1 || fail "198.18.5.5 does not answer"
ip addr add 198.18.5.5/32 dev dlo0
ip -6 addr add 2001:2::55/128 dev dlo0
ping -n -c 1 -W 2 198.18.5.5 >"$T/ping.out" 2>&1 || fail "198.18.5.5 as the host's own"
# Duplicate address detection on the link must not find a duplicate.
sleep 2
ip -o -6 addr show dev dlo0 | grep '2001:2::55' | grep -Eq 'dadfailed|tentative' &&
	fail "the host's new address was taken for a duplicate"
ip addr del 198.18.5.5/32 dev dlo0
wait_for 20 ping -n -c 1 -W 1 198.18.5.5 || fail "198.18.5.5 does not come back"

# Down and up again.
ip link set dlo0 down
ip link set dlo0 up
wait_for 20 ping -n -c 1 -W 1 198.18.0.2 || fail "no answer after down and up"
alive "$PID" || fail "dpdk-lo is gone"
stop "$PID"
check_host
check_report "$T/r.json"
