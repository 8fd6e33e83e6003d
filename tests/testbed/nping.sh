#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# nping and hping3: handshakes, refusals, echo and probes of odd sizes through dlo0, and a pile of ports at once.
. "$(dirname -- "$0")/lib.sh"
need nping hping3 curl

link
/usr/bin/python3 -m http.server --bind 0.0.0.0 8000 >"$T/http.out" 2>&1 &
PIDS+=($!)
wait_for 10 sh -c 'ss -ltn | grep -q :8000' || fail "no web server"
nping --tcp-connect -c 20 --rate 50 -p 8000 198.18.0.2 >"$T/nping.out" 2>&1 || fail "nping --tcp-connect"
grep -q 'Successful connections: 20' "$T/nping.out" || fail "not every handshake came through"
nping --tcp-connect -c 5 --rate 50 -p 9 198.18.0.2 >"$T/nping2.out" 2>&1
grep -q 'Successful connections: 0' "$T/nping2.out" || fail "a closed port accepts connections"
nping --icmp -c 20 --rate 50 198.18.0.2 >"$T/nping3.out" 2>&1 || fail "nping --icmp"
grep -q 'Rcvd: 20' "$T/nping3.out" || fail "not every echo came back"
hping3 -1 -c 10 -i u10000 -d 1200 198.18.0.2 >"$T/hping.out" 2>&1 || fail "hping3 -1"
grep -q '10 packets received' "$T/hping.out" || fail "hping3 misses echo replies"
hping3 -S -c 10 -i u10000 -p 8000 198.18.0.2 >"$T/hping2.out" 2>&1
synack=$(grep -c 'flags=SA' "$T/hping2.out")
stop "$LO"
verdict "nping and hping3: 20 handshakes, 5 refusals, 30 echoes, $synack of 10 SYN answered" [ "$synack" = 10 ]
