#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Carried localhost among others: their filters, what a killed one leaves and who puts it right, the
# user's own settings, missing rights.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
need setpriv

cat >"$T/few" <<FEW
#!/bin/sh
exec setpriv --bounding-set -all,+net_admin,+bpf --inh-caps -all -- "$DLO" "\$@"
FEW
chmod 755 "$T/few"
serve 8080 127.0.0.1
remember_host

# What others have on lo comes first, and stays.
tc qdisc add dev lo clsact
tc filter add dev lo egress protocol ip pref 10 u32 match ip dport 7777 0xffff classid 1:1 ||
	skip "this kernel has no u32 filters"
tc filter show dev lo egress >"$T/filters.before"
start foreign --file-prefix smoke -- --localhost
[ "$(lo_count attachment)" = clsact ] || fail "not behind the other's filter"
carried tcp fetch 127.0.0.1:8080
# There the other's filter decides; the way back has another port.
one_way()
{
	local out
	out=$(lo_count out_udp)
	udp 7777 100 || fail "udp to the filtered port"
	[ "$(lo_count out_udp)" = $((out + 1)) ]
}
undisturbed one_way || fail "the other's filter was passed by"
stop "$PID"
tc filter show dev lo egress | diff "$T/filters.before" - || fail "filters of others are not as they were"
tc qdisc show dev lo | grep -q clsact || fail "the clsact of another is gone"

# The same, killed: the filter that stays does nothing, and is taken away; with few rights, too.
root_dlo=$DLO
DLO=$T/few
start killed --file-prefix smoke -- --localhost
kill -9 "$PID"
wait "$PID" 2>/dev/null
rm -rf /run/dpdk/smoke # a prefix of the user's own is the user's to clean
fetch 127.0.0.1:8080 || fail "localhost is gone with dpdk-lo"
tc filter show dev lo egress | grep -q dlo_lo_egress || fail "clsact filters are expected to outlive their process"
"$DLO" --localhost off >"$T/off.out" 2>"$T/off.err" || fail "--localhost off"
DLO=$root_dlo
tc filter show dev lo egress | diff "$T/filters.before" - || fail "filters of others are not as they were"
tc qdisc del dev lo clsact || fail "tc qdisc del"
check_host

# Killed: the next start puts it right, whatever it is started for.
start killed2 --file-prefix smoke -- --localhost
kill -9 "$PID"
wait "$PID" 2>/dev/null
[ "$(cat /proc/sys/net/ipv4/conf/lo/route_localnet)" = 1 ] || fail "nothing to put right"
rm -rf /run/dpdk/smoke
start next --file-prefix smoke -- --link
[ "$(cat /proc/sys/net/ipv4/conf/lo/route_localnet)$(cat /proc/sys/net/ipv4/conf/lo/accept_local)" = 00 ] ||
	fail "the next start does not put lo right"
grep -q 'it is as it was before' "$T/next.out" || fail "the next start does not say what it did"
stop "$PID"
check_host

# A value that the user had set before is the user's.
sysctl -q -w net.ipv4.conf.lo.accept_local=1
start mine --file-prefix smoke -- --localhost
carried tcp fetch 127.0.0.1:8080
stop "$PID"
[ "$(cat /proc/sys/net/ipv4/conf/lo/route_localnet)$(cat /proc/sys/net/ipv4/conf/lo/accept_local)" = 01 ] ||
	fail "a value of the user's own was changed"
sysctl -q -w net.ipv4.conf.lo.accept_local=0

# What one left in a namespace that had our number before us says nothing of ours.
printf 'dpdk-lo localhost 1\nroute_localnet 0\naccept_local 0\nclsact 0\nnamespace 999999999999\n' \
	>"/run/dpdk-lo/localhost-$(stat -L -c %i /proc/self/ns/net)"
sysctl -q -w net.ipv4.conf.lo.accept_local=1
"$DLO" --localhost off >"$T/off.out" 2>"$T/off.err" || fail "--localhost off with another's file"
[ "$(cat /proc/sys/net/ipv4/conf/lo/accept_local)" = 1 ] || fail "a setting is put back by the file of another namespace"
[ -z "$(ls /run/dpdk-lo)" ] || fail "a state file stays behind"
sysctl -q -w net.ipv4.conf.lo.accept_local=0

# BPF programs know one clock only.
if unshare --time --monotonic 1000 --fork true 2>/dev/null; then
	unshare --time --monotonic 1000 --fork "$DLO" --file-prefix smoke -- --localhost >"$T/clock.out" 2>"$T/clock.err"
	[ $? = 1 ] && grep -q 'time namespace' "$T/clock.err" || fail "a clock of its own goes unnoticed"
fi

# An ordinary user has nothing to do with a localhost that somebody else carries.
start carried_by_root --file-prefix smoke -- --localhost
carrier=$PID
chmod 755 "$T"
mkdir -m 700 "$T/user"
chown 65534 "$T/user"
XDG_RUNTIME_DIR=$T/user setpriv --reuid 65534 --regid 65534 --clear-groups -- "$DLO" --no-pci --vdev net_ring0 -- \
	--inject 64 --count 100 >"$T/user.out" 2>"$T/user.err" || fail "a ring of an ordinary user"
grep run/dpdk-lo "$T/user.out" "$T/user.err" && fail "an ordinary user is told of what is not his"
stop "$carrier"

# What is missing is named.
if command -v capsh >/dev/null; then
	capsh --drop=cap_bpf,cap_perfmon,cap_sys_admin -- -c "exec '$DLO' --file-prefix smoke -- --localhost" \
		>"$T/cap.out" 2>"$T/cap.err"
	[ $? = 1 ] && grep -q 'needs the capability CAP_BPF,' "$T/cap.err" || fail "CAP_BPF is not missed"
	capsh --drop=cap_net_admin -- -c "exec '$DLO' --file-prefix smoke -- --localhost" \
		>"$T/cap.out" 2>"$T/cap.err"
	[ $? = 1 ] && grep -q 'CAP_NET_ADMIN' "$T/cap.err" || fail "CAP_NET_ADMIN is not missed"
fi
check_host
