#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sudo ./test.sh [--quick] [SUITE...]: install what is missing, build, run the test suites.
# Suites: tree unit fuzz eal golden smoke vm (all of them when none is named), and sanitize, which is
# unit, fuzz, eal and golden once more under ASan and UBSan. --quick: tree unit fuzz eal golden.
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
	meson test -C "$dir" --no-rebuild --logbase "$name" "$@" || :
	give_back "$dir/meson-logs"
}

normal=
sanitize=
for suite in $suites; do
	case "$suite" in
	sanitize) sanitize="unit fuzz eal golden" ;;
	*) normal="$normal $suite" ;;
	esac
done
rm -f "$top/build/meson-logs/test-normal.json" "$top/build/meson-logs/test-again.json" \
	"$top/build-sanitize/meson-logs/test-sanitize.json"

# shellcheck disable=SC2086 # one word per suite
if [ -n "$normal" ]; then
	build "$top/build" all -Dtests=enabled
	run "$top/build" test-normal $normal
	# Other people's programs on a machine that does something else besides: a second try tells a fault
	# from bad luck, and the summary says which tests needed it.
	again=$("$top/devtools/test-summary" --again "$top/build/meson-logs/test-normal.json")
	if [ -n "$again" ]; then
		echo "== once more: $again"
		meson test -C "$top/build" --no-rebuild --logbase test-again $again || :
		give_back "$top/build/meson-logs"
	fi
fi
# shellcheck disable=SC2086
if [ -n "$sanitize" ]; then
	build "$top/build-sanitize" all -Dtests=enabled -Db_sanitize=address,undefined -Db_lundef=false \
		-Doptimization=1
	ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1" \
	LSAN_OPTIONS="suppressions='$top/tests/support/lsan.supp':print_suppressions=0" \
	UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1" \
		run "$top/build-sanitize" test-sanitize $sanitize
fi

set --
[ -z "$normal" ] || set -- "$@" "$top/build/meson-logs/test-normal.json"
[ -z "${again:-}" ] || set -- "$@" --second "$top/build/meson-logs/test-again.json"
[ -z "$sanitize" ] || set -- "$@" "$top/build-sanitize/meson-logs/test-sanitize.json"
exec "$top/devtools/test-summary" "$@"
