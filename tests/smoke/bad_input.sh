#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Whatever the user gets wrong: the right exit code, one sentence that names it, nothing left behind.
. "$(dirname -- "$0")/lib.sh"
need capsh setpriv

wrong=0

complain()
{
	echo "FAILED: $*"
	show_logs
	rm -f "$T"/bad.*
	wrong=1
}

# expect CODE REGEX COMMAND...: ends by itself with CODE, says one error sentence that matches.
expect()
{
	local code=$1 regex=$2 rc said
	shift 2
	run_quiet bad "$@"
	if ! wait_for 20 dead "$PID"; then
		complain "does not end: $*"
		kill -9 "$PID"
		wait "$PID" 2>/dev/null
		return
	fi
	wait "$PID"
	rc=$?
	[ "$rc" = "$code" ] || { complain "exit code $rc instead of $code: $*"; return; }
	said=$(grep -c '^dpdk-lo: error: ' "$T/bad.err")
	[ "$said" = 1 ] || { complain "$said error sentences instead of one: $*"; return; }
	grep '^dpdk-lo: error: ' "$T/bad.err" | grep -Eiq -- "$regex" ||
		{ complain "the error does not say $regex: $*"; return; }
	grep -Eq 'Segmentation|Aborted|core dumped|panic|AddressSanitizer|runtime error' \
		"$T/bad.err" "$T/bad.out" && { complain "crashed: $*"; return; }
	host_state >"$T/host.after"
	diff "$T/host.before" "$T/host.after" >"$T/host.diff" ||
		{ cat "$T/host.diff"; complain "something stays behind: $*"; }
}

remember_host
null=(--no-pci --vdev net_null0 --)

# Usage: exit code 2, before anything is started.
expect 2 'fo+bar' "$DLO" -- --foobar
expect 2 'mirror' "$DLO" "${null[@]}" --mode mirror
expect 2 'mode' "$DLO" "${null[@]}" --mode
expect 2 'nobody' "$DLO" "${null[@]}" --accept nobody
expect 2 'maybe' "$DLO" "${null[@]}" --guards maybe
expect 2 '1\.2\.3\.400' "$DLO" "${null[@]}" --address 1.2.3.400
expect 2 '198\.18\.0\.0/33' "$DLO" "${null[@]}" --address 198.18.0.0/33
expect 2 '2001:::1' "$DLO" "${null[@]}" --address 2001:::1
expect 2 'smtp' "$DLO" "${null[@]}" --answer arp,smtp
expect 2 'inject' "$DLO" "${null[@]}" --inject -5
expect 2 'udp5' "$DLO" "${null[@]}" --inject 10,kind=udp5
expect 2 "'13'" "$DLO" "${null[@]}" --inject 10,size=13
expect 2 'soon' "$DLO" "${null[@]}" --duration soon
expect 2 'duration' "$DLO" "${null[@]}" --duration -1
expect 2 'count' "$DLO" "${null[@]}" --count x
expect 2 'sometimes' "$DLO" "${null[@]}" --idle sometimes
expect 2 'colour' "$DLO" -- --link dlo0,colour=red
expect 2 'type|kni' "$DLO" -- --link dlo0,type=kni
expect 2 "'12'" "$DLO" -- --link dlo0,mtu=12
expect 2 "'02:00'" "$DLO" -- --link dlo0,mac=02:00
expect 2 '01:00:00:00:00:01' "$DLO" -- --link dlo0,mac=01:00:00:00:00:01
expect 2 'interface name' "$DLO" -- --link a_name_that_is_too_long
expect 2 '198\.18\.0' "$DLO" -- --link dlo0,ip=198.18.0
expect 2 'net_nope0' "$DLO" "${null[@]}" --mode l4@net_nope0
expect 2 'no such file|cannot|not' "$DLO" "${null[@]}" --config "$T/nothing.ini"
printf '[dpdk-lo]\ncolour = red\n' >"$T/c.ini"
expect 2 'colour' "$DLO" "${null[@]}" --config "$T/c.ini"
printf '[dpdk-lo]\nmode = mirror\n' >"$T/c.ini"
expect 2 'mirror' "$DLO" "${null[@]}" --config "$T/c.ini"
expect 2 'stray' "$DLO" "${null[@]}" stray

# The run fails: exit code 1.
expect 1 'filter|syntax|parse' "$DLO" "${null[@]}" --capture "$T/c.pcapng,filter=tcp and and" --duration 0.1
expect 1 'no/such/dir' "$DLO" "${null[@]}" --duration 0.1 --json "$T/no/such/dir/r.json"
expect 1 'no/such/dir' "$DLO" "${null[@]}" --duration 0.1 --capture "$T/no/such/dir/c.pcapng"
head -c 100 /dev/zero | tr '\0' 'x' >"$T/no.pcap"
expect 1 'net_pcap0|no\.pcap' "$DLO" --no-pci --vdev "net_pcap0,rx_pcap=$T/no.pcap,tx_pcap=$T/o.pcap" --
expect 1 'net_pcap0|nothing\.pcap' "$DLO" --no-pci --vdev "net_pcap0,rx_pcap=$T/nothing.pcap,tx_pcap=$T/o.pcap" --
expect 2 'net_wrong0' "$DLO" --no-pci --vdev net_wrong0 --
expect 1 'net_af_xdp0|nothere' "$DLO" --no-pci --vdev net_af_xdp0,iface=nothere --
expect 1 'memory' "$DLO" --no-huge -m 100000000 --no-pci --vdev net_null0 --

# An address of the host inside the link's prefix, a name that is taken.
ip addr add 198.18.7.7/24 dev lo
host_state >"$T/host.before"
expect 1 '198\.18\.7\.7' "$DLO" --
ip addr del 198.18.7.7/24 dev lo
ip -6 addr add 2001:2::77/64 dev lo
host_state >"$T/host.before"
expect 1 '2001:2::77' "$DLO" --
ip -6 addr del 2001:2::77/64 dev lo
if ip link add dlo0 type veth peer name dlo1 2>/dev/null; then
	host_state >"$T/host.before"
	expect 1 'dlo0' "$DLO" --
	ip link del dlo0
fi
host_state >"$T/host.before"

# Two at once: the second of the same name gets a word, of another name and prefix it runs.
start first -- --json "$T/first.json"
first=$PID
host_state >"$T/host.before"
expect 1 'dlo0' "$DLO" --
start second -- --link dlo7,ip=10.77.0.1/24 --json "$T/second.json"
second=$PID
ping -n -c 1 -W 2 198.18.0.2 >/dev/null 2>&1 || complain "the first of two does not answer"
ping -n -c 1 -W 2 10.77.0.2 >/dev/null 2>&1 || complain "the second of two does not answer"
stop "$second"
stop "$first"
check_report "$T/first.json"
check_report "$T/second.json"

# What the machine may lack.
host_state >"$T/host.before"
expect 1 'net.?admin' capsh --drop=cap_net_admin -- -c 'exec "$0" --' "$DLO"
cp "$DLO" "$T/dpdk-lo-copy"
chmod 755 "$T" "$T/dpdk-lo-copy"
expect 1 'root|net.?admin|permission|/dev/net/tun' \
	setpriv --reuid 65534 --regid 65534 --clear-groups "$T/dpdk-lo-copy" --
rm "$T/dpdk-lo-copy"
mkdir "$T/empty"
mount --bind "$T/empty" /dev/net
expect 1 '/dev/net/tun' "$DLO" --
umount /dev/net

# A system that has some of DPDK's plugins: another takes the place of the one for buffers.
plugin=$(find /usr/lib /usr/local/lib -path '*/pmds-*/librte_mempool_ring.so' -print -quit 2>/dev/null)
other=$(dirname -- "$plugin")/librte_net_null.so
if [ -n "$plugin" ] && [ -e "$other" ]; then
	# shellcheck disable=SC2016 # the inner shell's
	expect 1 'ring_mp_mc.*librte-meta-mempool' unshare -m sh -c 'mount --bind "$1" "$2" && exec "$3"' \
		sh "$(realpath "$other")" "$(realpath "$plugin")" "$DLO"
fi

# A port that vanishes while it runs.
if ip link add dlv0 type veth peer name dlv1 2>/dev/null; then
	ip link set dlv0 up
	ip link set dlv1 up
	start gone --no-pci --vdev net_af_xdp0,iface=dlv0 -- --json "$T/r.json"
	ip link del dlv0
	wait_for 20 dead "$PID"
	# Some drivers notice, and it ends by itself; others have nothing to say, and it waits to be ended.
	# On a slow machine the first may come while it is looked at.
	kill -INT "$PID" 2>/dev/null
	finish "$PID"
	rc=$?
	case "$rc" in
	0|1) ;;
	*) complain "exit code $rc after the veth was deleted" ;;
	esac
	grep -q 'net_af_xdp0' "$T/gone.err" || complain "nobody says that the veth is gone"
	[ "$(grep -c '^dpdk-lo: \(error\|warning\): .*net_af_xdp0' "$T/gone.err")" -le 2 ] ||
		complain "the same error over and over"
	check_host
fi

# What is right ends with 0.
for arg in --help --version; do
	run_quiet right "$DLO" -- "$arg"
	finish "$PID" || complain "$arg ends with $?"
	[ -s "$T/right.out" ] || complain "$arg says nothing"
done
check_host
exit $wrong
