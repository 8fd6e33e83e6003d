#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# iperf3 of the host to itself through dlo0: TCP, TCP over IPv6, UDP.
. "$(dirname -- "$0")/lib.sh"
need iperf3

link
run_quiet server iperf3 -s
wait_for 10 sh -c 'ss -ltn | grep -q :5201' || fail "iperf3 does not listen"
words=
for way in "198.18.0.2" "2001:2::2" "198.18.0.2 -u -b 50M"; do
	# shellcheck disable=SC2086 # options
	iperf3 -c $way -t 2 -J >"$T/iperf.json" 2>"$T/iperf.err" || fail "iperf3 -c $way"
	rate=$(/usr/bin/python3 -c 'import json, sys
end = json.load(open(sys.argv[1]))["end"]
done = end.get("sum_received") or end["sum"]
print("%.2f" % (done["bits_per_second"] / 1e9))' "$T/iperf.json")
	words="$words, $way $rate Gbit/s"
done
stop "$LO"
verdict "iperf3 through the mirror${words}" true
