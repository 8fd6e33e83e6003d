#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# dpdk-lo-top on a terminal (tmux): the view, its keys, narrow and wide, without colours, after a
# restart; and what scripts get.
. "$(dirname -- "$0")/lib.sh"
need tmux ping python3 setpriv

TOP=$(dirname -- "$DLO")/../dpdk-lo-top/dpdk-lo-top
[ -x "$TOP" ] || skip "dpdk-lo-top was not built"
export LC_ALL=C.UTF-8 TERM=xterm-256color
unset TMUX NO_COLOR XDG_RUNTIME_DIR RUNTIME_DIRECTORY
# lib.sh gave us a /run/dpdk of our own; services and other users of this machine are looked for, too.
for dir in /run/dpdk-lo /run/user /tmp/dpdk; do
	[ ! -d "$dir" ] || mount -t tmpfs tmpfs "$dir" || skip "cannot mount a private $dir"
done
remember_host

# shellcheck disable=SC2154 # assigned where it is used
# The terminal of its own is ended with the test.
mux()
{
	tmux -S "$T/tmux" -f /dev/null "$@"
}
trap 'rc=$?; mux kill-server 2>/dev/null; (exit "$rc"); on_exit' EXIT

screen()
{
	mux capture-pane -p >"$T/screen.out"
}

# shows TEXT...: all of them are on the screen within 10 s.
shows()
{
	local text
	for text in "$@"; do
		wait_for 10 sh -c "tmux -S $T/tmux capture-pane -p | grep -qF -- '$text'" || {
			screen
			fail "not on the screen: $text"
		}
	done
}

hides()
{
	wait_for 10 sh -c "! tmux -S $T/tmux capture-pane -p | grep -qF -- '$1'" || {
		screen
		fail "still on the screen: $1"
	}
}

# kill-server returns before the server is gone: who comes too early joins one that is about to end.
close_terminal()
{
	local server
	server=$(mux display-message -p '#{pid}') || fail "tmux is gone"
	mux kill-server
	wait_for 10 dead "$server" || fail "tmux does not end"
}

open_top()
{
	mux new-session -d -x "$1" -y "$2" "$3 '$TOP' --interval 0.2 2>$T/top.err; echo ended with \$?; sleep 60" ||
		fail "tmux does not open a terminal"
}

"$TOP" --once >"$T/none.out" 2>"$T/none.err"
[ $? = 1 ] || fail "nobody there, and it does not end with 1"
grep -qx 'dpdk-lo-top: error: no dpdk-lo runs here: .*' "$T/none.err" || fail "nobody there, and it does not say so"
[ "$(wc -l <"$T/none.err")" = 1 ] || fail "more than one sentence"
"$TOP" --file-prefix lab >"$T/none.out" 2>"$T/none.err" </dev/null && fail "watches one that is not there"
grep -q 'no dpdk-lo runs with --file-prefix lab' "$T/none.err" || fail "does not name the prefix"

start lab --file-prefix lab --no-pci --vdev net_ring0 --vdev net_null0 -- --link --loopback lo0=192.0.2.1,name=box \
	--inject 32 --mode mac@net_null0 --guards on@net_null0
lab=$PID
ping -n -c 5 -i 0.1 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer"

# For scripts: the same numbers as telemetry's, rates over the interval.
"$TOP" --once --interval 0.5 >"$T/once.out" 2>"$T/once.err" || fail "--once ends with $?"
grep -q '^net_ring0 .* up ' "$T/once.out" || fail "--once: no port"
grep -qE '^lo0 +192.0.2.1/32 .* box$' "$T/once.out" || fail "--once: no loopback"
grep -q $'\033' "$T/once.out" && fail "--once: control characters"
"$TOP" --once --json --interval 0.5 >"$T/once.json" 2>"$T/once.err" || fail "--json ends with $?"
/usr/bin/python3 - "$T/once.json" <<'PY' || fail "--json is not as it should be"
import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert len(lines) == 1
r = json.loads(lines[0])
p = {x["label"]: x for x in r["ports"]}
assert r["prefix"] == "lab" and r["pid"] > 0 and 0.4 < r["seconds"] < 60
assert p["dlo0"]["counters"]["answered_icmp"] == 5
assert p["net_ring0"]["rates"]["reflected"] > 1000
assert p["net_null0"]["rates"]["drops"] > 1000
assert r["loopbacks"][0]["host"] == "box" and r["link"]["state"] == "up"
assert r["lcores"] and 0 <= r["lcores"][0]["busy"] <= 1
PY
timeout 3 "$TOP" --json --interval 0.3 >"$T/lines.json"
[ "$(wc -l <"$T/lines.json")" -ge 3 ] || fail "--json alone does not go on"
"$TOP" >"$T/pipe.out" 2>"$T/pipe.err" </dev/null && fail "a live view in a pipe"
grep -q 'needs a terminal' "$T/pipe.err" || fail "does not say that it needs a terminal"

# Without root: as far as the socket's rights allow.
cp "$TOP" "$T/dpdk-lo-top"
chmod 755 "$T" "$T/dpdk-lo-top"
as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$T/dpdk-lo-top" --once --interval 0.2 >"$T/nobody.out" 2>"$T/nobody.err"
}
socket=$(readlink -f /run/dpdk/lab/dpdk_telemetry.v2)
chmod 700 /run/dpdk/lab
as_nobody && fail "watches what it may not look into"
grep -q 'no dpdk-lo that you may watch: /run/dpdk/lab cannot be used' "$T/nobody.err" || fail "does not say who may not"
chmod 755 /run/dpdk/lab
chmod 600 "$socket"
as_nobody && fail "uses a socket that it may not use"
grep -q "no dpdk-lo that you may watch: $socket cannot be used" "$T/nobody.err" || fail "does not name the socket"
chmod 666 "$socket"
as_nobody || fail "--once does not work for a user that may use the socket"
grep -q '^net_ring0 ' "$T/nobody.out" || fail "shows nothing to a user that may use the socket"

# On a terminal.
open_top 110 40 ""
shows 'dpdk-lo-top  lab' 'net_ring0' 'net_null0' 'dlo0' 'LOOPBACK' 'VERDICTS of net_ring0' 'busy' 'h help' '█'
mux capture-pane -p -e | grep -q $'\033\\[3[1-7]m' || fail "no colours"
mux send-keys Down
shows 'VERDICTS of net_null0' 'drop mcast_src'
mux send-keys Down
shows 'VERDICTS of dlo0' 'answered icmp'
mux send-keys z
shows 'drop tx_full'
mux send-keys z
hides 'drop tx_full'
mux send-keys s s
shows 'by rx'
mux send-keys h
shows 'this help'
mux send-keys h p
shows 'PAUSED'
mux send-keys p +
shows 'every 0.5s'
mux send-keys -
shows 'every 0.2s'
# Counts from now on, and from the start again.
mux send-keys r
shows 'VERDICTS of dlo0' ', of the last'
mux send-keys R
hides ', of the last'
shows 'answered icmp'
# It stands still: said, and keys are obeyed all the same.
kill -STOP "$lab"
shows 'dpdk-lo lab does not answer'
mux send-keys h
shows 'this help'
mux send-keys h
kill -CONT "$lab"
hides 'does not answer'
shows 'VERDICTS of dlo0'
# Narrow: what matters most stays.
mux resize-window -x 40 -y 12
hides 'DRIVER'
shows 'RX/s' 'net_ring0'
mux send-keys NPage NPage NPage
shows 'LOOPBACK'
hides 'net_null0'
mux send-keys PPage PPage PPage
shows 'net_null0'
mux resize-window -x 200 -y 50
shows 'DRIVER' 'TXbit/s' 'VERDICTS of dlo0'

# It ends, another comes: seen without being told.
stop "$lab"
shows 'dpdk-lo lab is gone; waiting for another'
start again --file-prefix again --no-pci --vdev net_null0
again=$PID
shows 'dpdk-lo-top  again'
hides 'is gone'
# Two of them: chosen by a key, refused in a script.
start other --file-prefix other --no-pci --vdev net_null0 -- --latency
"$TOP" --once >"$T/two.out" 2>"$T/two.err" && fail "--once takes one of two"
grep -q 'several dpdk-lo run: other, again: choose one' "$T/two.err" ||
	grep -q 'several dpdk-lo run: again, other: choose one' "$T/two.err" || fail "does not name the two"
"$TOP" --once --file-prefix other >"$T/two.out" 2>&1 || fail "--file-prefix does not choose"
grep -q ' p50 now p99 now$' "$T/two.out" || fail "no latency where it is measured"
grep -qE '^net_null0 .* [0-9.]+[num]?s +[0-9.]+[num]?s$' "$T/two.out" || fail "no latency of the interval"
mux send-keys n
shows 'of 2)'
stop "$PID"
mux send-keys q
shows 'ended with 0'
close_terminal

NO_COLOR=1 open_top 80 24 "NO_COLOR=1"
shows 'VERDICTS of net_null0'
mux capture-pane -p -e | grep -q $'\033\\[3[1-7]m' && fail "colours in spite of NO_COLOR"
mux send-keys C-c
shows 'ended with 0'
close_terminal
TERM=nonsense script -qc "'$TOP'" "$T/term.out" </dev/null >/dev/null 2>&1
grep -q "terminal type 'nonsense' is not known" "$T/term.out" || fail "an unknown terminal is not explained"
TERM=dumb script -qc "'$TOP'" "$T/term.out" </dev/null >/dev/null 2>&1
grep -q "terminal type 'dumb' cannot move its cursor" "$T/term.out" || fail "a dumb terminal is not explained"

# The terminal goes away without a word (the leader of the session ignores the hangup): it ends, too.
/usr/bin/python3 - "$TOP" <<'PY' || fail "lives on without a terminal"
import os, pty, select, signal, sys, time
pid, terminal = pty.fork()
if pid == 0:
	reader, writer = os.pipe()
	child = os.fork()
	if child == 0:
		signal.signal(signal.SIGTTOU, signal.SIG_IGN)
		os.setpgid(0, 0)
		os.tcsetpgrp(0, os.getpgrp())
		os.execve(sys.argv[1], ["dpdk-lo-top"], dict(os.environ, TERM="xterm"))
	signal.signal(signal.SIGHUP, signal.SIG_IGN)
	os._exit(os.waitpid(child, 0)[1] & 127)
shown = b""
while b"VERDICTS" not in shown:
	shown += os.read(terminal, 65536)
os.close(terminal)
for _ in range(200):
	if os.waitpid(pid, os.WNOHANG)[0]:
		sys.exit(0)
	time.sleep(0.1)
os.kill(pid, signal.SIGKILL)
sys.exit(1)
PY

# The least that people have: 80x24, no UTF-8; and then smaller than anything fits.
open_top 80 24 "LC_ALL=C TERM=vt100"
shows 'VERDICTS of net_null0' 'reflected' 'h help'
mux capture-pane -p >"$T/screen.out"
LC_ALL=C grep -q '[^ -~]' "$T/screen.out" && fail "more than ASCII without a UTF-8 locale"
mux resize-window -x 1 -y 1
sleep 0.5
mux resize-window -x 80 -y 24
shows 'VERDICTS of net_null0'
mux send-keys q
shows 'ended with 0'
close_terminal
stop "$again"
check_host
