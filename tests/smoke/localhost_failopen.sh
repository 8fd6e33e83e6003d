#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Localhost goes on when dpdk-lo is killed or hangs: short connections all the time and a long one
# throughout, over 20 kills and 20 stops; no connection error, no second without a byte, and what is
# sent 50 ms after a stop takes the native way.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
TIMES=20

serve 8080 127.0.0.1
echo hello >"$T/hello"
iperf3 -s -D -I "$T/iperf.pid" >/dev/null 2>&1
wait_for 10 sh -c "ss -Hltn 'sport = :5201' | grep -q ." || fail "no iperf3 server"
PIDS+=("$(tr -d '\0' <"$T/iperf.pid")")
remember_host
start lo0 --file-prefix smoke -- --localhost
lo=$PID

# Moderate, so that the clients do not keep the poll loop off its core.
iperf3 -c 127.0.0.1 -t 900 -i 1 -b 200M --forceflush >"$T/iperf.out" 2>"$T/iperf.err" &
iperf=$!
PIDS+=("$iperf")
(
	while :; do
		if curl -sS --max-time 10 http://127.0.0.1:8080/hello >"$T/hello.got" 2>>"$T/curls.err"; then
			cmp -s "$T/hello" "$T/hello.got" && echo ok || echo "wrong content"
		else
			echo "curl failed"
		fi
		sleep 0.02
	done
) >"$T/curls" &
curls=$!
PIDS+=("$curls")

one_more()
{
	local before
	before=$(wc -l <"$T/curls")
	wait_for 20 sh -c "[ \$(wc -l <'$T/curls') -gt $((before + 2)) ]" || fail "short connections hang: $1"
}

# is_taken_over PID: all its threads stand still, and 50 ms later localhost is native.
is_taken_over()
{
	timeout 30 /usr/bin/python3 - "$1" <<'PY'
import glob, socket, sys, time
def states():
    return {open(path).read().rpartition(") ")[2][0] for path in glob.glob(f"/proc/{sys.argv[1]}/task/*/stat")}
while states() != {"T"}:
    time.sleep(0.001)
time.sleep(0.05)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
s.settimeout(10)  # it stands still meanwhile: what had gone to it would not come
s.sendto(b"x", s.getsockname())
assert s.recv(10) == b"x"
assert states() == {"T"}
PY
}

carried tcp one_more "at first"

for i in $(seq $TIMES); do
	kill -STOP "$lo"
	is_taken_over "$lo" || fail "localhost hangs with dpdk-lo ($i)"
	one_more "while stopped ($i)"
	kill -CONT "$lo"
	carried tcp one_more "after a stop ($i)"
done
[ "$(lo_count native_stalled)" -gt 0 ] || fail "no packet took the native way while stopped"

for i in $(seq $TIMES); do
	kill -9 "$lo"
	wait "$lo" 2>/dev/null
	one_more "after a kill ($i)"
	rm -rf /run/dpdk/smoke
	start "lo$i" --file-prefix smoke -- --localhost
	lo=$PID
	carried tcp one_more "after a new start ($i)"
done

alive "$iperf" || fail "the long connection broke"
kill -INT "$iperf"
wait "$iperf"
kill "$curls"
bad=$(grep -vcx ok "$T/curls")
[ "$bad" = 0 ] || fail "$bad of $(wc -l <"$T/curls") short connections failed: $(head -n 3 "$T/curls.err")"
/usr/bin/python3 - "$T/iperf.out" <<'PY' || fail "the long connection stood still"
import re, sys
rows = [l for l in open(sys.argv[1]) if re.search(r"sec +[\d.]+ \w?Bytes", l)]
idle = [l for l in rows[:-3] if re.search(r"sec +0\.00 Bytes", l)]
print(len(rows), "seconds,", len(idle), "without a byte")
sys.exit(1 if idle or len(rows) < 20 else 0)
PY
echo "$(wc -l <"$T/curls") short connections, all good"
stop "$lo"
check_host
[ -z "$(ls /run/dpdk-lo)" ] || fail "a state file stays behind"
