#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# DPDK's own telemetry client asks a running appliance, also while it stops.
. "$(dirname -- "$0")/lib.sh"
need dpdk-telemetry.py ethtool ping

remember_host

# ask COMMAND EXPRESSION: over `v`, the value that the command gives.
ask()
{
	echo "$1" | timeout 10 dpdk-telemetry.py -f smoke >"$T/reply.out" 2>"$T/reply.err"
	/usr/bin/python3 - "$T/reply.out" "$1" "$2" <<'PY' || fail "$1: $2"
import json, sys
text = open(sys.argv[1]).read()
v = json.loads(text)[sys.argv[2].split(",")[0]]
if not eval(sys.argv[3], {"v": v}):
    sys.exit(1)
PY
}

start link --file-prefix smoke --no-pci --vdev net_null0 -- --link --mode wire@net_null0
ping -n -c 5 -i 0.1 -W 2 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer"
ask /dlo/ports 'sorted(p["driver"] for p in v.values())[0] == "net_null" and len(v) == 2'
ask /dlo/ports '[p["ifname"] for p in v.values() if "ifname" in p] == ["dlo0"]'
ask /dlo/stats,dlo0 'v["answered_icmp"] == 5 and v["tx"] >= 6 and v["no_mbuf"] == 0'
ask /dlo/stats,net_null0 'v["reflected"] > 1000'
ask /dlo/drops,dlo0 'v["short"] == 0 and "tx_full" in v'
ask /dlo/link 'v["ifname"] == "dlo0" and v["link"] == "up" and "198.18.0.1/15" in v["addresses"]'
ask /dlo/plan,dlo0 'v["mode"] == "ip" and v["host_link"] == "yes" and "icmp" in v["answers"]'
ask /dlo/plan,net_null0 'v["mode"] == "wire" and v["variant"] != ""'
ask /dlo/stats '"error" in v and len(v["ports"]) == 2'
ask /dlo/stats,nobody '"error" in v and len(v["ports"]) == 2'
# What the kernel leaves to us is asked of the kernel: the same as another program hears, at any moment.
same_as_ethtool()
{
	ethtool -k dlo0 | awk '
		/^[[:space:]]*tx-(checksum-ip-generic|tcp-segmentation|tcp6-segmentation|udp-segmentation): on/ {
			print $1 }' | sed 's/tx-checksum-ip-generic:/checksum/; s/tx-tcp-segmentation:/tso4/
			s/tx-tcp6-segmentation:/tso6/; s/tx-udp-segmentation:/uso/' >"$T/features.out"
	ask /dlo/link "' '.join(v['from_host']).split() == open('$T/features.out').read().split()"
}

ask /dlo/link 'v["to_host"][:3] == ["checksum", "tso4", "tso6"] and v["mergeable_buffers"] == "yes"'
ask /dlo/link 'v["queues"] == 1 and ("UDP_TSO" in v["tx_offloads"]) == ("uso" in v["to_host"])'
same_as_ethtool
grep -qx tso6 "$T/features.out" || fail "the kernel cuts TCP itself"
ethtool -K dlo0 tx-tcp6-segmentation off || fail "ethtool -K"
same_as_ethtool
grep -qx tso6 "$T/features.out" && fail "tx-tcp6-segmentation is still on"
ip addr add 198.18.0.9/32 dev dlo0
wait_for 20 sh -c "echo /dlo/link | dpdk-telemetry.py -f smoke | grep -q 198.18.0.9/32" ||
	fail "the new address does not come"

# Ask as fast as it goes while the appliance is stopped under the client.
(while echo /dlo/plan,dlo0 | timeout 5 dpdk-telemetry.py -f smoke; do :; done) >"$T/asker.out" 2>&1 &
PIDS+=("$!")
sleep 0.5
stop "$PID"
check_host
