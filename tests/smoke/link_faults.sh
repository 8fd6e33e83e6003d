#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What can happen to the link while dpdk-lo runs: the interface loses its addresses, is renamed, deleted,
# moved away; the process is stopped for a while; a program does not read what comes; disk and memory are
# short. It goes on, or ends in one sentence, and nothing stays behind.
. "$(dirname -- "$0")/lib.sh"
need ping

remember_host

answers()
{
	ping -n -c 1 -W 2 "$1" >"$T/ping.out" 2>&1
}

# ends_saying WORDS: dpdk-lo ends by itself with exit code 1, and says why on one line.
ends_saying()
{
	local rc
	finish "$PID"
	rc=$?
	[ "$rc" = 1 ] || fail "ended with exit code $rc instead of 1"
	[ "$(grep -c "$1" "$T/lo.err")" = 1 ] || fail "not one sentence with '$1': $(cat "$T/lo.err")"
}

# 1. The host takes the addresses away, and gives them back: theirs to do.
start lo -- --json "$T/r.json"
answers 198.18.0.2 || fail "no answer at first"
ip addr flush dev dlo0
sleep 0.3
alive "$PID" || fail "ended when the addresses went"
ip addr add 198.18.0.1/15 dev dlo0
ip addr add 2001:2::1/48 dev dlo0 nodad
wait_for 20 answers 198.18.0.2 || fail "no answer with the addresses back"
wait_for 20 answers 2001:2::2 || fail "no IPv6 answer with the addresses back"

# 2. Renamed, while it is down, as it has to be before Linux 6.
ip link set dlo0 down
ip link set dlo0 name mirror7
ip link set mirror7 up
wait_for 20 answers 198.18.0.2 || fail "no answer under another name"
wait_for 20 grep -q 'interface dlo0 is called mirror7 now' "$T/lo.out" || fail "the new name is not noticed"

# 3. Stopped for ten seconds while the host sends: bounded queue, counted loss, no catching up for ever.
kill -STOP "$PID"
/usr/bin/python3 - <<'PY'
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("198.18.0.2", 9))
for _ in range(6000):
    try:
        s.send(bytes(100))
    except ConnectionRefusedError:
        pass
time.sleep(10)
PY
kill -CONT "$PID"
wait_for 20 answers 198.18.0.2 || fail "no answer after ten seconds of SIGSTOP"

# 4. A program that does not read holds up nobody but its own peer.
/usr/bin/python3 - <<'PY' >"$T/stuck.out" 2>&1 || fail "a reader that is stuck holds up others"
import socket, subprocess, time
stuck = socket.create_server(("198.18.0.1", 7001))
client = socket.create_connection(("198.18.0.2", 7001))
client.setblocking(False)
server, _ = stuck.accept()
deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
deaf.bind(("198.18.0.1", 7002))
loud = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
loud.connect(("198.18.0.2", 7002))
sent, end = 0, time.monotonic() + 2
while time.monotonic() < end:
    try:
        sent += client.send(bytes(1 << 16))
    except BlockingIOError:
        loud.send(bytes(8000))
assert sent > 100000, sent
subprocess.run(["ping", "-n", "-c", "3", "-i", "0.1", "-W", "2", "198.18.0.3"], check=True)
got = 0
server.settimeout(5)
while got < sent:
    got += len(server.recv(1 << 20))
print(sent, "bytes, late but whole")
PY
stop "$PID"
check_report "$T/r.json" 'all(x["missed"] > 1000 for x in r.ports)'
check_host

# 5. Deleted, and moved to another namespace: there is nothing left to do.
start lo --
ip link del dlo0
ends_saying 'vanished'
check_host
start lo --
run_quiet there unshare -n sleep 600
there=$PID
PID=${PIDS[-2]}
wait_for 20 sh -c "[ \"\$(readlink /proc/$there/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]" ||
	fail "no other namespace"
ip link set dlo0 netns "$there"
ends_saying 'vanished'
nsenter -t "$there" -n ip link show dev dlo0 >"$T/ip.out" 2>&1 && fail "dlo0 is left in the other namespace"
kill "$there"
check_host

# 6. The disk is full: the capture says so once, the report at the end, the link goes on.
mkdir "$T/full"
mount -t tmpfs -o size=128k tmpfs "$T/full" || skip "cannot mount a small tmpfs"
start lo -- --capture "$T/full/cap.pcapng" --json "$T/full/r.json"
for _ in 1 2 3; do
	ping -q -n -c 20 -i 0.01 -s 8000 -W 2 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer on a full disk"
done
kill -INT "$PID"
finish "$PID"
[ "$(grep -c 'No space left' "$T/lo.err")" -ge 1 ] || fail "a full disk is not said"
[ "$(grep -c 'cap.pcapng.*No space left' "$T/lo.err")" = 1 ] || fail "a full disk is not said once"
umount "$T/full"
check_host

for file in --json --capture; do
	run_quiet lo "$DLO" -- --link --duration 1 $file /dev/full
	ends_saying 'cannot write.*No space left'
done
check_host

# 7. No room where EAL maps its files, and too few descriptors: it would be killed, or panic.
mount -t tmpfs -o size=64k tmpfs /run/dpdk || skip "cannot mount a small tmpfs"
run_quiet lo "$DLO" -- --link
ends_saying 'runtime folder .* has only'
umount /run/dpdk
run_quiet lo bash -c 'ulimit -n 20 && exec "$@"' - "$DLO" -- --link
ends_saying 'ulimit -n'
check_host

# Read-only, and not a folder: the sentence has a remedy that works.
mount -t tmpfs -o ro tmpfs /run/dpdk || skip "cannot mount a read-only tmpfs"
run_quiet lo "$DLO" -- --link
ends_saying 'runtime folder .* Read-only file system: set RUNTIME_DIRECTORY'
RUNTIME_DIRECTORY=$T start lo -- --link
stop "$PID"
umount /run/dpdk
check_host

# What stands in the place of the tun device is something else, or there is nothing.
mount --bind /dev/null /dev/net/tun || skip "cannot mount over /dev/net/tun"
run_quiet lo "$DLO" -- --link
ends_saying 'is not the kernel.s tun device'
umount /dev/net/tun
mount -t tmpfs tmpfs /dev/net
run_quiet lo "$DLO" -- --link
ends_saying '/dev/net/tun is missing'
umount /dev/net
check_host

# Without stdout: what is printed must not end up in a file that has got its number.
run_quiet lo bash -c 'exec "$@" >&-' - "$DLO" -- --link --stats 1 --duration 1
finish "$PID" || fail "ended with $? without stdout"
check_host

# 8. Memory is short: one sentence with the remedy, and no interface.
run_quiet lo "$DLO" --no-huge -m 16 -- --link
finish "$PID"
rc=$?
[ "$rc" = 1 ] || fail "exit code $rc with 16 MB"
[ "$(grep -c 'memory' "$T/lo.err")" = 1 ] || fail "not one sentence about memory: $(cat "$T/lo.err")"
check_host
run_quiet lo "$DLO" --no-huge -m 32 -- --link
ends_saying 'give EAL more with -m'
check_host
