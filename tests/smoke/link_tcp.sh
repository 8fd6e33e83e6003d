#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The host reaches its own servers through the link: HTTP and iperf3, TCP and UDP, both families.
. "$(dirname -- "$0")/lib.sh"
need curl iperf3

remember_host
start lo -- --json "$T/r.json"
lo=$PID
mkdir "$T/www"
head -c 3000000 /dev/urandom >"$T/www/blob"

# serve PORT ADDRESS
serve()
{
	(cd "$T/www" && exec /usr/bin/python3 -m http.server --bind "$2" "$1" >"$T/http$1.out" 2>&1) &
	PIDS+=("$!")
	wait_for 10 sh -c "ss -Hltn 'sport = :$1' | grep -q ." || fail "no web server on port $1"
}

fetch()
{
	curl -gsS --max-time 20 -o "$T/got" "http://$1/blob" 2>"$T/curl.err" || fail "curl http://$1/"
	cmp -s "$T/got" "$T/www/blob" || fail "http://$1/ gives something else"
}

serve 8000 ::
serve 8001 198.18.0.1
serve 8002 2001:2::1
fetch 198.18.0.2:8000
fetch '[2001:2::2]:8000'
fetch 198.18.77.7:8001
fetch '[2001:2::77]:8002'

iperf3 -s -D -I "$T/iperf.pid" >/dev/null 2>&1
wait_for 10 sh -c "ss -Hltn 'sport = :5201' | grep -q ." || fail "no iperf3 server"
PIDS+=("$(tr -d '\0' <"$T/iperf.pid")")
for run in '198.18.0.2' '198.18.0.2 -P 4' '198.18.0.2 -R' '2001:2::2' \
	'198.18.0.2 -u -b 200M -l 1400' '2001:2::2 -u -b 200M -l 1400' '198.18.0.2 -u -b 100M -l 20000'; do
	# shellcheck disable=SC2086 # address and options
	timeout 30 iperf3 -t 1 -J -c $run >"$T/iperf.json" 2>&1 || fail "iperf3 -c $run: $(tail -n 5 "$T/iperf.json")"
	/usr/bin/python3 - "$T/iperf.json" <<-'PY' || fail "iperf3 -c $run carried nothing"
	import json, sys
	end = json.load(open(sys.argv[1]))["end"]
	bytes_ = end.get("sum_received", end.get("sum"))["bytes"]
	sys.exit(0 if bytes_ > 1_000_000 else 1)
	PY
done
stop "$lo"
# sockets in TIME_WAIT hold no interface; routes and addresses are gone with it.
check_host
check_report "$T/r.json" 'all(x["reflected"] > 1000 for x in r.ports)'
