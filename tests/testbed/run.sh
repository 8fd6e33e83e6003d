#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# tests/testbed/run.sh DPDK-LO [NAME...]: all topologies, or these, one line each.
# Ends with 0 when none failed, 1 when one did, 77 when none could be tried.
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
lo=${1:?usage: run.sh DPDK-LO [NAME...]}
shift
passed=0 failed=0
[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.sh | sed 's/^..//; s/\.sh$//' | grep -vx -e lib -e run)
for name; do
	out=$("$here/$name.sh" "$lo" 2>&1)
	case $? in
	0) passed=$((passed + 1)); tail -n 1 <<<"$out" ;;
	77) echo "$name: skipped: $(tail -n 1 <<<"$out")" ;;
	*) failed=$((failed + 1)); printf '%s\n%s: FAIL\n' "$out" "$name" ;;
	esac
done
[ "$failed" = 0 ] || exit 1
[ "$passed" -gt 0 ] || exit 77
