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
	run_quiet gen timeout 120 "$GEN" --no-huge -m 256 "$@"
	wait_for 120 dead "$PID" || fail "dpdk-lo-gen does not end"
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

# limit RATE DEPTH DROP_EVERY: a path with known limits behind $MEMIF. Sets PEER.
MEMIF=socket=$T/limit.sock,socket-abstract=no
limit()
{
	run_quiet limit "$LIMIT_PEER" --no-huge -m 128 --no-pci --file-prefix "limit$$" \
		--vdev "net_memif0,role=server,$MEMIF" -- "$@"
	PEER=$PID
	wait_for 20 grep -qx ready "$T/limit.out" || fail "the peer does not get ready"
}

# limit_count WORD: what the peer says it has done, after its end.
limit_count()
{
	sed -n "s/.*\b$1 \([0-9]*\).*/\1/p" "$T/limit.out"
}
