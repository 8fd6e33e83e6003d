# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034
# Ground for smoke tests: each script sources this first and runs in a network and mount namespace
# of its own, with its own /run/dpdk, so that nothing it does is seen outside.
#
#   $1 of the script     the dpdk-lo binary
#   $T                   a scratch directory, removed at the end
#   $DLO                 the binary; $SUPPORT: tests/support
#
# Exit 0 passed, 1 failed (with the logs shown), 77 skipped (with a reason).

set -u
SMOKE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
SUPPORT=$SMOKE/../support
PATH=/usr/sbin:/usr/bin:/sbin:/bin

skip()
{
	echo "$*"
	exit 77
}

if [ -z "${DLO_SMOKE_NS:-}" ]; then
	[ -n "${1:-}" ] || { echo "usage: $0 DPDK-LO" >&2; exit 2; }
	DLO=$(realpath -- "$1") || exit 2
	[ -x "$DLO" ] || { echo "$DLO is not built"; exit 1; }
	[ "$(id -u)" = 0 ] || skip "not root: no network namespace"
	unshare -n -m true 2>/dev/null || skip "this system gives no network namespaces"
	export DLO DLO_SMOKE_NS=1
	exec unshare -n -m --propagation private -- "$BASH" "$0"
fi

T=$(mktemp -d /tmp/dlo-smoke-XXXXXX)
PIDS=()
mkdir -p /run/dpdk
mount -t tmpfs tmpfs /run/dpdk || skip "cannot mount a private /run/dpdk"
mount -t sysfs sysfs /sys 2>/dev/null || :
ip link set lo up

on_exit()
{
	local rc=$? pid
	for pid in "${PIDS[@]}"; do
		# nginx leaves its workers to nobody.
		# shellcheck disable=SC2046 # a word each
		kill -9 "$pid" $(pgrep -P "$pid") 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	rm -rf "$T"
	exit "$rc"
}
trap on_exit EXIT
trap 'exit 130' INT TERM

show_logs()
{
	local file
	for file in "$T"/*.out "$T"/*.err; do
		[ -s "$file" ] && { echo "--- ${file##*/}"; tail -n 60 "$file"; }
	done
}

fail()
{
	# Last, because a summary shows the end of a long log.
	show_logs
	echo "FAILED: $*"
	exit 1
}

need()
{
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for()
{
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

alive()
{
	kill -0 "$1" 2>/dev/null && [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" != Z ]
}

# What the host looks like: to be the same before and after.
host_state()
{
	ip -o link show | sed 's/^[0-9]*: //; s/@.*//' | awk '{ print "link", $1 }' | sort
	ip -o addr show | awk '{ print "addr", $2, $3, $4 }' | sort
	ip -4 route show table all | sed 's/^/route4 /' | sort
	ip -6 route show table all | sed 's/^/route6 /; s/ expires [^ ]*//' | sort
	ip -4 rule show | sed 's/^/rule4 /'
	ip -6 rule show | sed 's/^/rule6 /'
	grep -sH '' /proc/sys/net/ipv4/conf/{all,default,lo}/* /proc/sys/net/ipv6/conf/{all,default,lo}/* |
		grep -v stable_secret
	find /run/dpdk -mindepth 1 | sort | sed 's/^/run /'
}

remember_host()
{
	host_state >"$T/host.before"
}

check_host()
{
	host_state >"$T/host.after"
	diff "$T/host.before" "$T/host.after" >"$T/host.diff" ||
		fail "something stays behind (< before, > after):
$(cat "$T/host.diff")"
}

# start NAME ARGUMENTS...: dpdk-lo in the background until it says ready. Sets PID.
start()
{
	local name=$1
	shift
	run_quiet "$name" "$DLO" "$@"
	# The ASan build on a busy machine takes its time, and so does a virtual machine.
	wait_for 60 ready_or_dead "$name" "$PID" || fail "no 'dpdk-lo: ready' in time: dpdk-lo $*"
	grep -qx 'dpdk-lo: ready' "$T/$name.out" || fail "ended before it was ready: dpdk-lo $*"
}

ready_or_dead()
{
	grep -qx 'dpdk-lo: ready' "$T/$1.out" || ! alive "$2"
}

# run_quiet NAME COMMAND...: anything in the background, output in $T/NAME.{out,err}. Sets PID.
run_quiet()
{
	local name=$1
	shift
	: >"$T/$name.out" # a "ready" of the one before must not be seen
	"$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null &
	PID=$!
	PIDS+=("$PID")
}

# stop PID [SIGNAL]: end it; fails unless it ends in time with exit code 0.
stop()
{
	local pid=$1 rc
	kill "-${2:-INT}" "$pid" 2>/dev/null
	finish "$pid"
	rc=$?
	[ "$rc" = 0 ] || fail "ended with exit code $rc after SIG${2:-INT}"
}

# finish PID: wait for its end, return its exit code; fails when it does not come.
finish()
{
	wait_for 30 dead "$1" || fail "process $1 does not end"
	wait "$1"
}

dead()
{
	! alive "$1"
}

# check_report FILE [PYTHON EXPRESSION...]: the invariant, then each expression over `p` (ports by
# name, counters as attributes: p.net_ring0.rx, p.net_ring0.drops.land) must be true.
check_report()
{
	/usr/bin/python3 "$SUPPORT/check_report.py" "$@" || fail "the report is not as it should be"
}

# telemetry PID COMMAND EXPRESSION: what the expression over `v`, the reply's value, comes to.
telemetry()
{
	echo "$2" | timeout 10 dpdk-telemetry.py -f "dlo$1" 2>/dev/null | /usr/bin/python3 -c 'import json, sys
v = json.load(sys.stdin)[sys.argv[1].split(",")[0]]
print(eval(sys.argv[2], {"v": v}))' "$2" "$3" 2>/dev/null
}

# seen PID PORT EXPRESSION: true of the port's counters, `v`; mostly after wait_for.
seen()
{
	[ "$(telemetry "$1" "/dlo/stats,$2" "$3")" = True ]
}

# wait_address ADDRESS: a server can bind to it.
wait_address()
{
	wait_for 20 sh -c "ip -o addr show | grep -qF ' $1/' && ! ip -o addr show tentative | grep -qF ' $1/'" ||
		fail "address $1 does not come"
}

# A peer in a namespace of its own, seen as: in_peer COMMAND...; veth dlp0 (here) - peer0 (there).
make_peer()
{
	run_quiet peer unshare -n sleep 600
	PEER_PID=$PID
	wait_for 20 sh -c "[ \"\$(readlink /proc/$PEER_PID/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]" ||
		fail "no namespace for the peer"
	ip link add dlp0 type veth peer name peer0 || skip "no veth devices here"
	# The port's interface is DPDK's: the host must not talk on it.
	sysctl -qw net.ipv6.conf.dlp0.disable_ipv6=1 2>/dev/null ||
		echo 1 >/proc/sys/net/ipv6/conf/dlp0/disable_ipv6
	ip link set peer0 netns "$PEER_PID" || fail "peer0 does not move"
	# Checksums must be in the frame: the other end is no kernel that would know they are pending.
	in_peer ethtool -K peer0 tx off >/dev/null 2>&1 || skip "ethtool cannot turn off offloads on veth"
	in_peer ip link set lo up
	in_peer ip link set peer0 up
	ip link set dlp0 up
}

in_peer()
{
	nsenter -t "$PEER_PID" -n -- "$@"
}
