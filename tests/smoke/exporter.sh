#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The endpoint for DPDK's telemetry exporter: what it exports are telemetry's numbers, Prometheus takes
# them, and every expression of the Grafana dashboard has something to show.
. "$(dirname -- "$0")/lib.sh"
need curl ping

endpoint=$SMOKE/../../packaging/telemetry-endpoints/dlo.py
dashboard=$SMOKE/../../docs/grafana/dpdk-lo.json
config=$SMOKE/../../docs/grafana/prometheus.yml

scrape()
{
	curl -sS --max-time 20 http://127.0.0.1:9876/metrics >"$T/metrics" && grep -q '^dpdk_dlo_rx_total' "$T/metrics"
}

# value METRIC LABELS
value()
{
	sed -n "s/^$1{\(.*, \)\?$2.*} //p" "$T/metrics"
}

remember_host
localhost=--localhost
"$DLO" --localhost off >"$T/off.out" 2>&1 || localhost=
# shellcheck disable=SC2086 # one word or none
start lo --file-prefix lo --no-pci --vdev net_null0 -- --guards on --link --latency --loopback lo0=192.0.2.1 \
	--idle adaptive $localhost
lo=$PID
run_quiet exporter "$SUPPORT/exporter.py" "$endpoint" /run/dpdk/lo/dpdk_telemetry.v2 9876
exporter=$PID
wait_for 10 scrape || fail "nothing is exported"
ping -n -q -c 5 -i 0.1 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer"
ping -n -q -c 3 -i 0.1 192.0.2.1 >"$T/ping.out" 2>&1 || fail "no answer from the loopback"
scrape || fail "cannot be read"
[ "$(value dpdk_dlo_answered_icmp_total 'port="dlo0"')" = 5 ] || fail "not the five answers that telemetry has"
[ "$(value dpdk_dlo_up 'port="net_null0"')" = 1 ] || fail "net_null0 is not up"
[ "$(value dpdk_dlo_drop_mcast_src_total 'port="net_null0"')" -gt 1000 ] || fail "no drops of net_null0"
[ "$(value dpdk_dlo_loopback_up 'loopback="lo0"')" = 1 ] || fail "lo0 is not up"
grep -q '^# TYPE dpdk_dlo_rx_total counter$' "$T/metrics" || fail "rx is no counter"
grep -q '^# TYPE dpdk_dlo_latency_p99_seconds gauge$' "$T/metrics" || fail "p99 is no gauge"
echo "$(grep -vc '^#' "$T/metrics") numbers"
if command -v prometheus promtool >/dev/null && [ -n "$localhost" ]; then
	promtool check metrics <"$T/metrics" >"$T/promtool.out" 2>&1 || fail "promtool does not like our metrics"
	[ ! -s "$T/promtool.out" ] || fail "promtool would have our metrics otherwise"
	promtool check config "$config" >"$T/promtool.out" 2>&1 || fail "promtool does not like $config"
	sed 's/scrape_interval: .*/scrape_interval: 1s/' "$config" >"$T/prometheus.yml"
	run_quiet prometheus prometheus --config.file="$T/prometheus.yml" --storage.tsdb.path="$T/tsdb" \
		--web.listen-address=127.0.0.1:9090 --log.level=warn
	prometheus=$PID
	# Rates take two looks.
	wait_for 60 "$SUPPORT/dashboard.py" "$dashboard" http://127.0.0.1:9090 || {
		"$SUPPORT/dashboard.py" "$dashboard" http://127.0.0.1:9090 >"$T/dashboard.out" 2>&1
		fail "the dashboard has nothing to show"
	}
	"$SUPPORT/dashboard.py" "$dashboard" http://127.0.0.1:9090 >"$T/dashboard.out" 2>&1
	grep -v ': nothing$' "$T/dashboard.out"
	kill "$prometheus"
	wait_for 20 dead "$prometheus"
else
	echo "note: without prometheus the dashboard's expressions are not evaluated"
fi
kill "$exporter"
wait_for 10 dead "$exporter"
stop "$lo"
check_host
