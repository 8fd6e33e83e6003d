#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run the commands of a page of the documentation:  guide.py PAGE

docs/user-guide.md says how the code blocks are marked. Runs in the current directory; what is in
PATH is what the commands find. Exit code 0: all did what the page says.
"""
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

FENCE = re.compile(r"^```(.*)$")
COMMENT = re.compile(r"^<!-- (test|background|expect): (.*) -->$")
KINDS = ("", "background", "nic", "elsewhere")
# A line of its own: "address already in use" is something else.
READY = re.compile(r"\bready$", re.M)
BLOCK_SECONDS = 120
READY_SECONDS = 30


class Failed(Exception):
    pass


class Step:
    """kind: sh's kinds, or heading, test, expect."""

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


def console_commands(lines):
    return "\n".join(line[2:] for line in lines if line.startswith("$ "))


def read_page(path):
    """-> steps in their order. Refuses a fence that nobody knows what to do with."""
    steps, fence, lines, start = [], None, [], 0
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        mark = FENCE.match(line)
        if fence is None and mark:
            fence, lines, start = mark.group(1).strip(), [], number
        elif mark and mark.group(1) == "":
            language, _, kind = fence.partition(" ")
            if language == "sh":
                if kind not in KINDS:
                    raise Failed(f"line {start}: '{fence}' is no kind of block")
                steps.append(Step(kind or "run", "\n".join(lines), start))
            elif language == "console":
                steps.append(Step("run", console_commands(lines), start))
            elif any(x.startswith("$ ") for x in lines):
                raise Failed(f"line {start}: commands in a block that nobody runs: call it console")
            fence = None
        elif fence is not None:
            lines.append(line)
        elif re.match("##? ", line):
            steps.append(Step("heading", line, number))
        elif COMMENT.match(line):
            kind, text = COMMENT.match(line).groups()
            steps.append(Step(kind, text, number))
    if fence is not None:
        raise Failed(f"line {start}: the block has no end")
    return steps


def joined(text):
    """One command a line: continued lines are put together."""
    return text.replace("\\\n", " ")


def without_nic(command):
    """net_null ports in place of NICs, and an end: the options are tried, the hardware is not."""
    words, out, names = shlex.split(command, comments=True), [], {}
    at = 0
    while at < len(words):
        if words[at] in ("-a", "--allow") and at + 1 < len(words):
            address = words[at + 1].split(",")[0]
            names[address] = f"net_null{len(names)}"
            out += ["--vdev", names[address]]
            at += 2
        elif words[at] in ("--lcores", "-l") and "--" not in out:
            at += 2 # the machine may have fewer cores
        else:
            out.append(words[at])
            at += 1
    for address, name in names.items():
        out = [word.replace(address, name) for word in out]
    if "--" not in out:
        out.append("--")
    out = out[1:] if out[0] == "sudo" else out
    return shlex.join([out[0], "--no-pci", *out[1:], "--duration", "0.3"])


class Runner:
    def __init__(self):
        self.background = []
        self.expect = None

    def run(self, text, line):
        with tempfile.TemporaryFile("w+") as said:
            try:
                code = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", text],
                    stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                    timeout=BLOCK_SECONDS, check=False).returncode
            except subprocess.TimeoutExpired:
                code = "none in time"
            said.seek(0)
            output = said.read()
        if code != 0:
            raise Failed(f"line {line}: exit code {code}:\n{text}\n{output[-3000:]}")
        return output

    def check(self, output, step):
        expect, self.expect = self.expect, None
        if expect is not None and not re.search(expect, output, re.M):
            raise Failed(f"line {step.line}: the output does not match {expect}:\n"
                f"{step.text}\n{output[-3000:]}")

    def start(self, step):
        log = tempfile.NamedTemporaryFile("w+", prefix="background-", dir=".", delete=False)
        # exec: a signal goes to the program, not to a shell that waits for it.
        process = subprocess.Popen(["bash", "-c", "exec " + joined(step.text).strip()],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.background.append((process, log.name, step))
        end = time.monotonic() + READY_SECONDS
        while not READY.search(said := open(log.name).read()):
            if process.poll() is not None or time.monotonic() > end:
                raise Failed(f"line {step.line}: does not get ready:\n{step.text}\n{said[-3000:]}")
            time.sleep(0.05)
        self.check(said, step)

    def stop_all(self):
        """Those of a section, the last one first; each must end well."""
        failed = None
        while self.background:
            process, name, step = self.background.pop()
            process.send_signal(signal.SIGINT)
            try:
                code = process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
            if code != 0:
                failed = f"line {step.line}: ends with {code} after SIGINT:\n{step.text}\n" + \
                    open(name).read()[-3000:]
        if failed:
            raise Failed(failed)

    def step(self, step):
        if step.kind == "heading":
            self.stop_all()
        elif step.kind == "expect":
            self.expect = step.text
        elif step.kind == "test":
            self.run(step.text, step.line)
        elif step.kind == "run":
            self.check(self.run(step.text, step.line), step)
        elif step.kind == "background":
            self.start(step)
        elif step.kind == "nic":
            for command in filter(None, joined(step.text).splitlines()):
                if not command.lstrip().startswith("#"):
                    self.check(self.run(without_nic(command), step.line), step)


def main():
    page = sys.argv[1]
    runner = Runner()
    try:
        steps = read_page(page)
        for step in steps:
            runner.step(step)
        runner.stop_all()
    except Failed as problem:
        try:
            # In good order: a killed one leaves sockets, over which the next run would stumble.
            runner.stop_all()
        except Failed:
            pass
        print(f"{os.path.basename(page)}: {problem}")
        return 1
    runs = sum(s.kind in ("run", "background", "nic") for s in steps)
    print(f"{os.path.basename(page)}: {runs} blocks run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
