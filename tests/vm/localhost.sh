#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Localhost carried on Debian's own kernel, which has no tcx: the verifier takes the programs, with few
# rights too; all protocols, port lists, a kill, and nothing left behind.
. "$(dirname -- "$0")/../smoke/lib.sh"
. "$(dirname -- "$0")/../smoke/localhost_lib.sh"
need ping setpriv

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
exec setpriv --bounding-set -all,+net_admin,+bpf,+perfmon --inh-caps -all -- "$DLO" "\$@"
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
stop "$PID"
check_report "$T/all.json" 'sum(t["round_trip_ns"]["count"] for t in r.localhost if t["port"] == 8080) >= 1'
check_host
tc qdisc show dev lo | grep -q clsact && fail "a clsact stays behind"

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
