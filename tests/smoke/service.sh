#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What systemd hears: ready, the watchdog fed while every lcore goes round and not when one hangs
# (stopped by ptrace), the end.
. "$(dirname -- "$0")/lib.sh"
[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
ldd "$DLO" | grep -q libsystemd || skip "built without libsystemd"

remember_host
/usr/bin/python3 - "$DLO" "$T/notify" >"$T/service.out" 2>&1 <<'PY' || fail "systemd hears something else"
import ctypes, os, signal, socket, subprocess, sys, time

class PtraceError(Exception):
    pass

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, DETACH = 16, 17

def ptrace(request, tid):
    if libc.ptrace(request, tid, None, None) != 0:
        raise PtraceError(os.strerror(ctypes.get_errno()))

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[2])

def hear(seconds):
    """One message, or nothing."""
    listener.settimeout(seconds)
    try:
        return listener.recv(4096).decode()
    except TimeoutError:
        return None

def wait_for(text):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if text in (hear(1) or "").split("\n"):
            return
    sys.exit(f"never heard: {text}")

env = dict(os.environ, NOTIFY_SOCKET=sys.argv[2], WATCHDOG_USEC="400000")
dlo = subprocess.Popen([sys.argv[1], "--lcores", "0,1", "--no-pci", "--vdev", "net_ring0", "--",
    "--idle", "adaptive"], env=env, stdin=subprocess.DEVNULL)
try:
    wait_for("READY=1")
    for _ in range(3):
        wait_for("WATCHDOG=1")
    tasks = [int(t) for t in os.listdir(f"/proc/{dlo.pid}/task")]
    worker = [t for t in tasks if open(f"/proc/{dlo.pid}/task/{t}/comm").read().strip() in
        ("rte-worker-1", "lcore-worker-1", "dpdk-worker1")]
    assert len(worker) == 1, [open(f"/proc/{dlo.pid}/task/{t}/comm").read() for t in tasks]
    ptrace(ATTACH, worker[0])
    os.waitpid(worker[0], 0x40000000) # __WALL
    time.sleep(0.3)
    while hear(0.01):
        pass
    assert hear(1.5) is None, "fed while a worker hangs"
    ptrace(DETACH, worker[0])
    wait_for("WATCHDOG=1")
    dlo.send_signal(signal.SIGTERM)
    wait_for("STOPPING=1")
    assert dlo.wait(20) == 0
finally:
    if dlo.poll() is None:
        dlo.kill()
PY
check_host
