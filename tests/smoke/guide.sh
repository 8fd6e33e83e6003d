#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The commands of one page of the documentation, as they stand there: DLO_PAGE names it, from the top
# of the checkout.
. "$(dirname -- "$0")/lib.sh"
need curl ping python3 tshark

page=$SMOKE/../../${DLO_PAGE:?}
[ -f "$page" ] || fail "$DLO_PAGE is not there"
build=$(dirname -- "$DLO")/../..

# The commands find what an installed system has, and are root already.
mkdir "$T/bin" "$T/work"
for program in "$build"/app/*/dpdk-lo*; do
	[ -x "$program" ] && [ -f "$program" ] && ln -s "$program" "$T/bin/"
done
ln -s "$(realpath "$build")" "$T/work/build"
printf '#!/bin/sh\nexec "$@"\n' >"$T/bin/sudo"
chmod 755 "$T/bin/sudo"
export PATH="$T/bin:$PATH" GOLDEN=$SMOKE/../golden
cd "$T/work" || fail "no scratch directory"

# So do plugins, which EAL takes from below no directory that everyone may write to.
plugins=/usr/local/lib/x86_64-linux-gnu/dpdk-lo
if grep -q " $plugins/" "$page"; then
	grep -q __asan_init "$DLO" && skip "a sanitized plugin does not load into a stock program"
	mkdir -p "$T/local${plugins#/usr/local/lib}"
	chmod -R 755 "$T/local"
	cp "$build"/drivers/net/*/librte_net_*.so "$T/local${plugins#/usr/local/lib}" || skip "our drivers were not built"
	mount -t overlay -o "lowerdir=$T/local:/usr/local/lib" overlay /usr/local/lib ||
		skip "no overlay of /usr/local/lib to be had"
fi

remember_host
timeout 280 "$SUPPORT/guide.py" "$page" >"$T/page.out" 2>&1 || fail "$DLO_PAGE"
cat "$T/page.out"
