#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run what a program's --help has under "Examples:", as it stands there:  examples.py PLUGIN PROGRAM...

NICs become mirrors (net_lo, PLUGIN), and nothing runs longer than it takes to see that it runs: a program that goes on is
interrupted, and has to end well. Runs in the current directory; what is in PATH is what the examples find.
"""
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import time

PATIENCE_SECONDS = 60
# What sends says nothing until it has sent for a while.
QUIET_SECONDS = 0.5
# Whatever else it says: these are said when it goes.
GOES = {
    "dpdk-lo": re.compile(rb"^dpdk-lo: ready$", re.M),
    "dpdk-lo-gen": re.compile(rb"^dpdk-lo-gen: (sending|deviation: )", re.M),
    "dpdk-lo-top": re.compile(rb"net_null0"),
}


def examples(program):
    """-> (command, what it is for) of each example."""
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    lines = text.partition("\nExamples:\n")[2].splitlines()
    return [line.strip() for line in lines if re.match("  [^ ]", line)]


def without_nic(command, plugin):
    """Mirrors in place of NICs; any lcores, since the machine may have fewer."""
    words, out, nb = shlex.split(command), [], 0
    while words:
        word = words.pop(0)
        if word == "-a":
            words.pop(0)
            out += ["-d", plugin, "--vdev", f"net_lo{nb},ip=198.18.0.2"]
            nb += 1
        elif word == "-l" and "--" in words:
            words.pop(0)
        else:
            out.append(word)
    return [out[0], *([] if out[0] == "dpdk-lo-top" else ["--no-pci"]), *out[1:]]


def run(argv):
    """-> (exit code, output); on a terminal, since one of them needs it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(argv[0], argv)
    said, goes, since, end = b"", GOES[argv[0]], None, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                data = os.read(terminal, 65536)
            except OSError: # the other end is closed
                break
            if not data:
                break
            said += data.replace(b"\r\n", b"\n")
        if since is None and goes.search(said):
            since = time.monotonic()
        elif since is not None and time.monotonic() > since + QUIET_SECONDS:
            os.kill(pid, signal.SIGINT)
            since = end # once
    else:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), said.decode(errors="replace")


def main():
    failed = total = 0
    plugin = sys.argv[1]
    for program in sys.argv[2:]:
        found = examples(program)
        if not found:
            print(f"{program} --help has no examples")
            failed += 1
        for command in found:
            code, said = run(without_nic(command, plugin))
            total += 1
            if code != 0:
                print(f"ends with {code}: {command}\n{said[-2000:]}")
                failed += 1
    print(f"{total} examples, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
