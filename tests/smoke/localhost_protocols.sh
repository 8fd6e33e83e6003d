#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Carried localhost: what is less usual on it (Fast Open, segmentation offloads, SCTP, protocols without
# ports), with no more rights than it needs, in two network namespaces at once; the way back by hand.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
. "$(dirname -- "$0")/localhost_traffic.sh"
need setpriv nstat

# A root with these rights and no others.
cat >"$T/few" <<FEW
#!/bin/sh
exec setpriv --bounding-set -all,+net_admin,+bpf --inh-caps -all -- "$DLO" "\$@"
FEW
chmod 755 "$T/few"
root_dlo=$DLO
remember_host
DLO=$T/few
start few --file-prefix smoke -- --localhost
DLO=$root_dlo
for address in 127.0.0.1 ::1; do
	carried tcp fast_open "$address"
	carried udp udp_segments "$address"
	carried tcp tcp_segments "$address" 1000
	carried tcp tcp_segments "$address" 32741
	carried tcp tcp_segments "$address" 9000
	carried other raw "$address"
done
nstat -az TcpExtTCPFastOpenActive TcpExtTCPFastOpenPassive | awk '/^TcpExt/ { n += $2 > 0 } END { exit n != 2 }' ||
	fail "no connection was opened fast"
if has_sctp; then
	carried other sctp 127.0.0.1
	carried other sctp ::1
else
	echo "SCTP is left out: this kernel has none (tests/vm/localhost.sh has)"
fi

# Another network namespace is another localhost.
settle
carried_here=$(lo_all_out)
run_quiet other unshare -n sh -c 'ip link set lo up; exec "$0" --file-prefix smoke2 -- --localhost' "$DLO"
other=$PID
wait_for 20 ready_or_dead other "$other" && grep -qx 'dpdk-lo: ready' "$T/other.out" || fail "no second one in another namespace"
# The shell has become dpdk-lo: its namespace is the other one.
is_carried_there()
{
	nsenter -t "$other" -n ping -n -q -c 2 -i 0.1 127.0.0.1 >"$T/ping.out" || fail "localhost of the other namespace"
	echo /dlo/localhost | dpdk-telemetry.py -f smoke2 | grep -q '"out_icmp": [1-9]'
}
wait_for 20 is_carried_there || fail "is not carried in the other namespace"
[ "$(lo_all_out)" = "$carried_here" ] || fail "one namespace's localhost goes through another"
kill -INT "$other"
finish "$other" || fail "the second one ends badly"
stop "${PIDS[0]}"
check_host

# Killed, and put right with nothing but the documented lines.
start killed --file-prefix smoke -- --localhost
kill -9 "$PID"
wait "$PID" 2>/dev/null
rm -rf /run/dpdk/smoke
sed -n '/^sysctl -w net.ipv4.conf.lo/,/^```/p' "$SMOKE/../../docs/guide/localhost.md" | grep -v '^```' >"$T/lines"
[ "$(wc -l <"$T/lines")" -ge 2 ] || fail "the guide has no lines to put lo right"
bash -e "$T/lines" >"$T/lines.out" 2>&1 || fail "the guide's lines fail"
check_host
[ -z "$(tc filter show dev lo egress)" ] || fail "a filter stays behind"
