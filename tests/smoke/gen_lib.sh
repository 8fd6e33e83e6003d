# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What the tests of dpdk-lo-gen share; sourced after lib.sh.

GEN=$(dirname -- "$DLO")/../dpdk-lo-gen/dpdk-lo-gen
LIMIT_PEER=$(dirname -- "$DLO")/../../tests/support/limit_peer
[ -x "$GEN" ] || skip "dpdk-lo-gen is not built"

# gen CODE ARGUMENTS...: run it, its exit code has to be CODE; report in $T/g.json.
gen()
{
	local want=$1
	shift
	rm -f "$T/g.json"
	run_quiet gen timeout 240 "$GEN" --no-huge -m 256 "$@"
	wait_for 240 dead "$PID" || fail "dpdk-lo-gen does not end"
	wait "$PID"
	local rc=$?
	[ "$rc" = "$want" ] || fail "dpdk-lo-gen ends with $rc, not $want: $*"
}

# report EXPRESSION...: each has to be true of the report g.
report()
{
	/usr/bin/python3 -c 'import json, sys
g = json.load(open(sys.argv[1]))
bad = [e for e in sys.argv[2:] if not eval(e)]
print(bad, g) if bad else None
sys.exit(bool(bad))' "$T/g.json" "$@" >"$T/report.out" || fail "the report is not as it should be"
}

said()
{
	grep -q -e "$1" "$T/gen.out" "$T/gen.err" || fail "dpdk-lo-gen does not say: $1"
}

# limit RATE DEPTH DROP_EVERY: a path with known limits, for one client, at $LIMITED. Sets PEER.
# memif of DPDK 22.11 takes its rings away when a client goes, even while they are being read: a peer
# that is not scheduled at that moment can end by SIGSEGV. So each client gets a new one, and how it
# ends does not count.
NB_LIMITS=0
limit()
{
	NB_LIMITS=$((NB_LIMITS + 1))
	local memif="socket=$T/limit$NB_LIMITS.sock,socket-abstract=no"
	LIMITED="net_memif0,role=client,$memif"
	run_quiet limit "$LIMIT_PEER" --no-huge -m 128 --no-pci --file-prefix "limit$$x$NB_LIMITS" \
		--vdev "net_memif0,role=server,$memif" -- "$@"
	PEER=$PID
	wait_for 20 grep -qx ready "$T/limit.out" || fail "the peer does not get ready"
}

unlimit()
{
	kill -INT "$PEER" 2>/dev/null
	wait_for 15 dead "$PEER" || fail "the peer does not end"
	wait "$PEER" 2>/dev/null
}

# gen_limited RATE DEPTH DROP_EVERY ARGUMENTS...: gen through such a path.
gen_limited()
{
	limit "$1" "$2" "$3"
	shift 3
	gen 0 --vdev "$LIMITED" -- "$@"
	unlimit
}
