#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sudo ./test.sh [--quick] [SUITE...]: install what is missing, build, run the test suites.
# Suites: tree unit fuzz eal golden smoke vm (all of them when none is named), and sanitize, which is
# unit, fuzz, eal and golden once more under ASan and UBSan. --quick: tree unit fuzz eal golden.
# Where smoke and one of sanitize and vm are asked for they go side by side: smoke tests wait for most of
# their time, the others compute, and give way to them.
# The last line of the output is "N passed, N failed, N skipped"; the exit code says the same.
set -eu
me=test.sh
top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
. "$top/devtools/build.sh"

suites=
for arg in "$@"; do
	case "$arg" in
	--quick) suites="$suites tree unit fuzz eal golden" ;;
	tree|unit|fuzz|eal|golden|smoke|vm|sanitize) suites="$suites $arg" ;;
	*) echo "$me: no such suite: $arg: say --quick or name some of tree unit fuzz eal golden smoke vm sanitize" >&2
		exit 2 ;;
	esac
done
[ -n "$suites" ] || suites="tree unit fuzz eal golden sanitize smoke vm"

[ "$(id -u)" = 0 ] || die "needs root, to install packages and to make network namespaces: sudo ./test.sh"

exec </dev/null
"$top/devtools/install-deps.sh" test

# Below nohup, hangups mean us, not the programs that tests send them to.
meson_test()
{
	$nice env --default-signal=HUP meson test --no-rebuild "$@"
}

# run DIR NAME SUITE...: one meson run; its results are added up at the end.
run()
{
	dir=$1
	name=$2
	shift 2
	echo "== running $name:$(printf ' %s' "$@")"
	for suite in "$@"; do
		shift
		set -- "$@" --suite "$suite"
	done
	# What failed is shown by the summary, from the same log that is counted.
	# Who gives way gets less of the CPU than time limits reckon with, and limits are for what hangs.
	meson_test -C "$dir" ${nice:+--timeout-multiplier 3} --logbase "$name" "$@" || :
	give_back "$dir/meson-logs"
}

front=
smoke=
vm=
sanitize=
for suite in $suites; do
	case "$suite" in
	sanitize) sanitize="unit fuzz eal golden" ;;
	vm) vm=vm ;;
	smoke) smoke=smoke ;;
	*) front="$front $suite" ;;
	esac
done
nice=
logs=$top/build/meson-logs
sanitize_log=$top/build-sanitize/meson-logs/test-sanitize.json
rm -f "$logs/test-front.json" "$logs/test-vm.json" "$logs/test-again.json" "$sanitize_log"

# shellcheck disable=SC2086 # one word per suite
behind()
{
	[ -z "$smoke" ] || nice="nice -n 19"
	[ -z "$sanitize" ] || build "$top/build-sanitize" all -Dtests=enabled -Db_sanitize=address,undefined \
		-Db_lundef=false -Doptimization=1
	[ -z "$smoke" ] || nice="nice -n 10"
	if [ -n "$sanitize" ]; then
		ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1" \
		LSAN_OPTIONS="suppressions='$top/tests/support/lsan.supp':print_suppressions=0" \
		UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1" \
			run "$top/build-sanitize" test-sanitize $sanitize
	fi
	[ -z "$vm" ] || run "$top/build" test-vm $vm
}

# An interrupt from the keyboard reaches the shell's children only where they are in front.
stop_behind()
{
	# shellcheck disable=SC2046 # a word each
	kill $(pgrep -P "$behind") "$behind" 2>/dev/null || :
	exit 130
}

[ -z "$front$smoke$vm" ] || build "$top/build" all -Dtests=enabled
if [ -n "$smoke" ] && [ -n "$vm$sanitize" ]; then
	behind >"$top/build/behind.log" 2>&1 &
	behind=$!
	trap stop_behind HUP INT TERM
	# shellcheck disable=SC2086
	run "$top/build" test-front $front $smoke
	echo "== waiting for: ${sanitize:+sanitize }$vm"
	wait "$behind" || : # what is missing is seen from its results
	trap - HUP INT TERM
	cat "$top/build/behind.log"
	give_back "$top/build/behind.log"
else
	# shellcheck disable=SC2086
	[ -z "$front$smoke" ] || run "$top/build" test-front $front $smoke
	behind
fi

set --
[ -z "$front$smoke" ] || set -- "$@" "$logs/test-front.json"
[ -z "$vm" ] || set -- "$@" "$logs/test-vm.json"
# Other people's programs on a machine that does something else besides: a second try tells a fault
# from bad luck, and the summary says which tests needed it.
again=
[ $# = 0 ] || again=$("$top/devtools/test-summary" --again "$@")
if [ -n "$again" ]; then
	echo "== once more: $again"
	# shellcheck disable=SC2086
	meson_test -C "$top/build" --logbase test-again $again || :
	give_back "$logs"
fi
[ -z "$sanitize" ] || set -- "$@" "$sanitize_log"
[ -z "$again" ] || set -- "$@" --second "$logs/test-again.json"
exec "$top/devtools/test-summary" "$@"
