# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# The testbed: dpdk-lo against generators and clients that others wrote, in namespaces. A script is
# one topology, runs in a few seconds, and ends with one line:
#
#   TOPOLOGY: what was sent, what came back: PASS
#
# Run one as: tests/testbed/NAME.sh build/app/dpdk-lo/dpdk-lo; all of them by run.sh.

. "$(dirname -- "${BASH_SOURCE[0]}")/../smoke/lib.sh"
TESTBED=$SMOKE/../testbed
TOPOLOGY=$(basename -- "$0" .sh)
TESTPMD_IN=() # words in front of testpmd: where it runs
CPUS=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)

# verdict WORDS CONDITION...: the last line; the condition is a command.
verdict()
{
	local words=$1
	shift
	"$@" || fail "$TOPOLOGY: $words"
	echo "$TOPOLOGY: $words: PASS"
}

# testpmd_run SECONDS FORWARD VDEV [TESTPMD ARGUMENT...]: a stock testpmd on one port; then RX and TX
# are what its port counted, after it stopped sending and had time to hear the rest.
testpmd_run()
{
	local seconds=$1 forward=$2 vdev=$3 fifo=$T/testpmd.in
	shift 3
	rm -f "$fifo"
	mkfifo "$fifo"
	sleep 60 >"$fifo" &
	local holder=$!
	PIDS+=("$holder")
	"${TESTPMD_IN[@]}" stdbuf -oL dpdk-testpmd --no-huge --no-pci -m 256 --lcores "0@($CPUS),1@($CPUS)" \
		--file-prefix "bed$$" --no-telemetry --vdev "$vdev" -- -i --forward-mode="$forward" \
		--total-num-mbufs=8192 --no-flush-rx "$@" <"$fifo" >"$T/testpmd.out" 2>"$T/testpmd.err" &
	local pid=$!
	PIDS+=("$pid")
	wait_for 20 grep -q 'testpmd>' "$T/testpmd.out" || fail "dpdk-testpmd does not get ready"
	echo start >"$fifo"
	sleep "$seconds"
	echo stop >"$fifo"
	wait_for 10 grep -q 'Accumulated forward statistics' "$T/testpmd.out" || fail "dpdk-testpmd does not stop"
	echo 'show port stats 0' >"$fifo"
	wait_for 5 grep -q 'TX-packets' "$T/testpmd.out" || fail "dpdk-testpmd shows no statistics"
	sleep 0.3
	echo quit >"$fifo"
	wait_for 10 dead "$pid" || kill -9 "$pid"
	kill "$holder" 2>/dev/null
	RX=$(sed -n 's/.*NIC statistics.*//; s/^ *RX-packets: \([0-9]*\) .*/\1/p' "$T/testpmd.out" | tail -n 1)
	TX=$(sed -n 's/^ *TX-packets: \([0-9]*\) .*/\1/p' "$T/testpmd.out" | tail -n 1)
	[ -n "$RX" ] && [ -n "$TX" ] || fail "dpdk-testpmd tells no numbers"
}

# field FILE EXPRESSION: of dpdk-lo's report, ports by name as in check_report.
field()
{
	/usr/bin/python3 - "$1" "$2" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
print(eval(sys.argv[2], {"p": {port["name"]: port for port in report["ports"]}}))
END
}

# link: dpdk-lo with the host link alone; 198.18.0.2 is the mirror.
link()
{
	start lo -- --loop-guard off --json "$T/r.json"
	LO=$PID
	wait_address 198.18.0.1
}

# veth: AF_XDP on this end of a cable, peer0 in a namespace at the other.
veth()
{
	need ethtool
	make_peer
	start lo --no-huge -m 256 --no-pci --vdev net_af_xdp0,iface=dlp0 -- --loop-guard off --json "$T/r.json" "$@"
	LO=$PID
}
