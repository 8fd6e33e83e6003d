#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Localhost carried on Debian's own kernel, which has no tcx but has SCTP: the verifier takes the programs,
# with few rights too; all protocols, port lists, programs of others, a kill, and nothing left behind.
. "$(dirname -- "$0")/../smoke/lib.sh"
. "$(dirname -- "$0")/../smoke/localhost_lib.sh"
. "$(dirname -- "$0")/../smoke/localhost_traffic.sh"
. "$(dirname -- "$0")/few_drivers.sh"
need ping setpriv
few_drivers || fail "cannot hide drivers"

pinging()
{
	ping -n -q -c 3 -i 0.2 -W 5 "$@" >"$T/ping.out" 2>&1
}

echo "kernel $(uname -r), $(nproc) CPUs"
serve 8080 127.0.0.1
serve 8081 ::1
remember_host

cat >"$T/few" <<FEW
#!/bin/sh
exec setpriv --bounding-set -all,+net_admin,+bpf --inh-caps -all -- "$DLO" "\$@"
FEW
chmod 755 "$T/few"
root_dlo=$DLO
DLO=$T/few
start all --file-prefix smoke -- --localhost --latency --json "$T/all.json"
DLO=$root_dlo
[ "$(lo_count attachment)" = clsact ] || echo "note: this kernel has tcx"
carried icmp pinging 127.0.0.1
carried icmp pinging -s 60000 ::1
carried tcp fetch 127.0.0.1:8080
carried tcp fetch '[::1]:8081'
carried udp udp 5353 65507
carried udp udp 5353 1400 ::1
modprobe sctp || skip "this kernel has no SCTP"
carried other sctp 127.0.0.1
carried other sctp ::1
carried other raw 127.0.0.1
carried udp udp_segments 127.0.0.1
stop "$PID"
check_report "$T/all.json" 'sum(t["round_trip_ns"]["count"] for t in r.localhost if t["port"] == 8080) >= 1' \
	'sum(t["frames_to_server"] for t in r.localhost if t["proto"] == "sctp") >= 10'
check_host
tc qdisc show dev lo | grep -q clsact && fail "a clsact stays behind"

# Behind the filters of others, BPF programs as well, which all stay; a kill takes none along.
tc qdisc add dev lo clsact
tc filter add dev lo egress protocol ip pref 10 u32 match ip dport 7777 0xffff classid 1:1 || fail "no u32 filter"
tc filter add dev lo egress pref 20 bpf da bytecode '1,6 0 0 4294967295' || fail "no BPF filter"
tc filter show dev lo egress >"$T/filters.before"
DLO=$T/few
start others --file-prefix smoke -- --localhost
DLO=$root_dlo
carried icmp pinging 127.0.0.1
kill -9 "$PID"
wait "$PID" 2>/dev/null
rm -rf /run/dpdk/smoke
tc filter show dev lo egress | grep -q dlo_lo_egress || fail "clsact filters are expected to outlive their process"
"$T/few" --localhost off >"$T/off.out" 2>"$T/off.err" || fail "--localhost off with few rights"
tc filter show dev lo egress | diff "$T/filters.before" - || fail "filters of others are not as they were"
tc qdisc del dev lo clsact
check_host

start some --file-prefix smoke -- --localhost tcp:8080
carried tcp fetch 127.0.0.1:8080
native fetch '[::1]:8081'
kill -9 "$PID"
wait "$PID" 2>/dev/null
rm -rf /run/dpdk/smoke
fetch 127.0.0.1:8080 || fail "localhost is gone with dpdk-lo"
"$DLO" --localhost off >"$T/off.out" 2>"$T/off.err" || fail "--localhost off"
check_host
tc qdisc show dev lo | grep -q clsact && fail "a clsact stays behind after a kill"
exit 0
