#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Every way to end: SIGINT, SIGTERM, SIGTERM under load, two at once, --duration, --count, kill -9.
. "$(dirname -- "$0")/lib.sh"
need dpdk-telemetry.py ping iperf3

remember_host
for signal in INT TERM; do
	start lo -- --json "$T/r.json"
	stop "$PID" "$signal"
	check_host
	check_report "$T/r.json"
done

start lo -- --json "$T/r.json"
lo=$PID
iperf3 -s -D -I "$T/iperf.pid" >/dev/null 2>&1
wait_for 10 sh -c "ss -Hltn 'sport = :5201' | grep -q ." || fail "no iperf3 server"
PIDS+=("$(tr -d '\0' <"$T/iperf.pid")")
run_quiet load iperf3 -c 198.18.0.2 -t 30 -P 2
wait_for 20 seen "$lo" dlo0 'v["reflected"] > 200' || fail "iperf3 has no stream"
stop "$lo" TERM
kill -9 "$PID" 2>/dev/null
check_host
check_report "$T/r.json" 'all(x["reflected"] > 100 for x in r.ports)'

start lo -- --json "$T/r.json"
kill -INT "$PID"
stop "$PID" TERM
check_host

start lo -- --duration 1 --json "$T/r.json"
finish "$PID" || fail "--duration 1 ends with $?"
check_host

start lo --no-pci --vdev net_ring0 -- --inject 64 --count 1000 --json "$T/r.json"
finish "$PID" || fail "--count 1000 ends with $?"
check_report "$T/r.json" --injected 64 'p.net_ring0.rx >= 1000'
check_host

# Killed, it cannot tidy up; the next start does.
start lo -- --json "$T/r.json"
kill -9 "$PID"
wait "$PID" 2>/dev/null
wait_for 20 sh -c '! ip link show dlo0' || fail "dlo0 outlives its process"
start lo -- --json "$T/r.json"
ping -n -c 1 -W 2 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer after a kill and a new start"
stop "$PID"
check_host
