#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What a running dpdk-lo may still do, in all its threads; and an ordinary user with no more than the
# capabilities that docs/guide/service.md names for each kind of link.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
need ping setpriv setcap

USER_ID=65534
chmod 755 "$T"
mkdir -m 700 "$T/run" "$T/home"
chown $USER_ID "$T/run" "$T/home"
export XDG_RUNTIME_DIR=$T/run
unset RUNTIME_DIRECTORY
ROOTS=$DLO
BOUNDING=0{16}
sanitized=no
grep -q __asan_init "$DLO" && sanitized=yes

# has PID CAPABILITY...: these, permitted and effective, and no others, in each thread.
has()
{
	local pid=$1 want=0 cap bit
	shift
	for cap; do
		case $cap in
		chown) bit=0 ;;
		dac_override) bit=1 ;;
		net_admin) bit=12 ;;
		net_raw) bit=13 ;;
		sys_admin) bit=21 ;;
		bpf) bit=39 ;;
		esac
		want=$((want | 1 << bit))
	done
	want=$(printf '%016x' "$want")
	[ "$(cat "/proc/$pid/task/"*/status | sed -n 's/^Cap\(Prm\|Eff\|Amb\):\t*/\1 /p' | sort -u |
		grep -v '^Amb 0*$')" = "Eff $want
Prm $want" ] || fail "not the capabilities ${*:-none}: $(grep -h '^Cap' "/proc/$pid/task/"*/status | sort | uniq -c)"
	grep -hE '^Cap(Bnd|Inh):' "/proc/$pid/task/"*/status | grep -qvE "	($BOUNDING)\$" &&
		fail "a program that it runs could have capabilities"
	[ "$(ls "/proc/$pid/task" | wc -l)" -ge 3 ] || fail "where are EAL's threads?"
	grep -hq '^NoNewPrivs:	1' "/proc/$pid/status" || fail "could gain privileges"
	[ $sanitized = yes ] || [ "$(grep -h '^Seccomp:' "/proc/$pid/task/"*/status | sort -u)" = "Seccomp:	2" ] ||
		fail "a thread without a filter of system calls"
}

quiet()
{
	grep -E 'warning: (capabilities|not all threads|system calls)' "$T/$1.err" && fail "$1: not all was given up"
}

works()
{
	ping -n -q -c 2 -i 0.1 -W 2 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer"
}

# as_user CAPABILITY,...: dpdk-lo as an ordinary user with these (""; none), from now on.
as_user()
{
	printf '#!/bin/sh\nexec setpriv --reuid %s --regid %s --clear-groups%s -- "%s" "$@"\n' $USER_ID $USER_ID \
		"${1:+ --inh-caps +${1//,/,+} --ambient-caps +${1//,/,+}}" "$ROOTS" >"$T/as-user"
	chmod 755 "$T/as-user"
	DLO=$T/as-user
	# Whoever has no CAP_SETPCAP keeps these; no_new_privs makes nothing of them.
	BOUNDING='[0-9a-f]*'
}

remember_host

# Root. Nothing is left where nothing is needed; the report of a user's directory needs his rights.
start plain -- --capture "$T/home/cap.pcapng" --json "$T/home/r.json"
has "$PID" dac_override
quiet plain
works
stop "$PID"
[ -s "$T/home/cap.pcapng" ] || fail "no capture"
check_report "$T/home/r.json"
start plain --no-pci -- --link
has "$PID"
quiet plain
works
# What comes later is not worth a capability: the link goes down and up, its MTU changes.
ip link set dlo0 down
sleep 0.2
ip link set dlo0 up
ip link set dlo0 mtu 9000
works
stop "$PID"
check_host

printf '127.0.0.1 localhost\n' >"$T/hosts"
cp "$T/hosts" "$T/hosts.before"
start loopback -- --link --loopback lo0=192.0.2.1,name=box --hosts "$T/hosts"
has "$PID" net_admin
grep -q box "$T/hosts" || fail "no name in the hosts file"
ip link set dlo0 down
ip link set dlo0 up
wait_for 20 sh -c 'ip route show table all | grep -q 198.18.0.2' || fail "the routes are not put back"
stop "$PID"
cmp "$T/hosts" "$T/hosts.before" || fail "the names stay in the hosts file"
check_host

start off -- --sandbox off
[ "$(sed -n 's/^Seccomp:\t//p' "/proc/$PID/status")" = 0 ] || fail "--sandbox off has a filter"
stop "$PID"

serve 8080 127.0.0.1
remember_host
start lo --file-prefix smoke -- --localhost
has "$PID" net_admin
carried tcp fetch 127.0.0.1:8080
stop "$PID"
check_host

# refused WHAT ARGUMENT...: it does not start, and one sentence says so.
refused()
{
	local what=$1
	shift
	timeout -s INT 30 "$DLO" "$@" >"$T/no.out" 2>"$T/no.err"
	[ $? = 1 ] || fail "starts without what it needs ($what): $*"
	grep -q "^dpdk-lo: error: .*$what" "$T/no.err" || fail "not said: $what"
}

# takes CAPABILITY,... ARGUMENT...: with these it does what it does, and without one of them that one is named.
# What an ordinary user of Debian may lock (8 MiB) is not enough for AF_XDP.
takes()
{
	local all=$1 cap named
	shift
	for cap in ${all//,/ }; do
		as_user "$(tr , '\n' <<<"$all" | grep -vx "$cap" | paste -sd ,)"
		named=CAP_$(tr a-z A-Z <<<"$cap")
		refused "$named[^_]" "$@"
		for named in $(tr a-z, 'A-Z\n' <<<"$all" | grep -vix "$cap"); do
			grep -q "error.*CAP_$named" "$T/no.err" && fail "CAP_$named is there, and said to be missing"
		done
	done
	as_user "$all"
	start takes "$@" --duration 0.2
	finish "$PID" || fail "$all is not enough: $*"
}

# An ordinary user: one sentence that names what is missing.
ulimit -l 8192
make_peer
remember_host
for type in auto vtap tap; do
	takes net_admin --no-pci -- --link "dlo0,type=$type"
done
takes net_admin --no-pci -- --link --loopback lo0=192.0.2.1
takes net_admin --no-pci --vdev net_tap0,iface=tap0 --
takes net_admin --no-pci --vdev net_vtap0,iface=tap0 --
takes net_admin,net_raw --no-pci --vdev net_af_packet0,iface=dlp0 --
takes net_raw --no-pci --vdev net_pcap0,iface=dlp0 --
takes net_admin,net_raw,sys_admin,ipc_lock --no-pci --vdev net_af_xdp0,iface=dlp0 --
takes net_admin,net_raw,sys_admin,ipc_lock --no-pci --vdev net_af_xdp0,iface=dlp0 -- --steer 'udp port 862'
takes net_admin,bpf --no-pci --vdev net_vtap0,beside=dlp0 -- --steer 'udp port 862'
start tc-any --no-pci --vdev net_vtap0,beside=dlp0 -- --steer 'udp port 862' --accept any
grep -q 'warning: .*dlp0 .*CAP_NET_RAW is missing' "$T/tc-any.err" || fail "not all frames, and nothing said"
stop "$PID"
as_user ''
# None is needed where no kernel interface is.
start none --no-pci --vdev net_ring0 -- --inject 64 --count 100000 --json "$T/home/r.json"
finish "$PID" || fail "an ordinary user cannot use a ring"
check_report "$T/home/r.json" --injected 64
# Nor where it is another process, which is root's here, or a file.
GEN=$(dirname -- "$ROOTS")/../dpdk-lo-gen/dpdk-lo-gen
user_serves()
{
	start "user-$1" --no-huge -m 128 --no-pci --vdev "$2" -- --mode l4 --json "$T/home/r.json"
	has "$PID"
	quiet "user-$1"
	timeout 60 "$GEN" --no-huge -m 128 --no-pci --vdev "$3" -- --bias off --rate 1kpps --duration 1 --json "$T/gen.json" \
		>"$T/gen.out" 2>"$T/gen.err" || fail "$1: nothing comes back to dpdk-lo-gen"
	stop "$PID"
	check_report "$T/home/r.json" 'all(x["reflected"] > 0 for x in r.ports)'
}
user_serves memif "net_memif0,role=server,socket=$T/home/m.sock,socket-abstract=no" \
	"net_memif0,role=client,socket=$T/home/m.sock,socket-abstract=no"
user_serves vhost "eth_vhost0,iface=$T/home/v.sock" "net_virtio_user0,mac=02:00:00:00:00:99,path=$T/home/v.sock"
cp "$SMOKE/../golden/bulk-l4/in.pcap" "$T/home/in.pcap"
chmod 644 "$T/home/in.pcap"
start user-pcap --no-pci --vdev "net_pcap0,rx_pcap=$T/home/in.pcap,tx_pcap=$T/home/out.pcap" -- --exit-when-idle 1 \
	--json "$T/home/r.json"
has "$PID"
finish "$PID" || fail "an ordinary user cannot use files"
check_report "$T/home/r.json" 'p.net_pcap0.reflected > 10'

# With what the guide names, it does what root's does.
as_user net_admin
for type in vtap tap; do
	start "user-$type" --no-pci -- --link "dlo0,type=$type" --capture "$T/home/$type.pcapng" --json "$T/home/r.json"
	if [ $type = vtap ]; then has "$PID"; else has "$PID" net_admin; fi
	quiet "user-$type"
	[ "$(stat -c %u "/proc/$PID")" = $USER_ID ] || fail "not the user's"
	works
	[ -S "$(echo "$T"/run/dpdk/*/dpdk_telemetry.v2)" ] || fail "no telemetry below XDG_RUNTIME_DIR"
	stop "$PID"
	check_report "$T/home/r.json"
	check_host
done
[ -z "$(find "$T/run/dpdk" -mindepth 1)" ] || fail "something stays below XDG_RUNTIME_DIR"
start user-lo -- --link --loopback lo0=192.0.2.1
has "$PID" net_admin
works
stop "$PID"
check_host

# Capabilities of the file instead.
cp "$ROOTS" "$T/dpdk-lo"
if setcap cap_net_admin+ep "$T/dpdk-lo" 2>/dev/null; then
	printf '#!/bin/sh\nexec setpriv --reuid %s --regid %s --clear-groups -- "%s" "$@"\n' $USER_ID $USER_ID "$T/dpdk-lo" >"$T/as-user"
	start file
	has "$PID"
	works
	stop "$PID"
	check_host
fi

mkdir -p /run/dpdk-lo
mount -t tmpfs -o mode=755,uid=$USER_ID tmpfs /run/dpdk-lo
takes net_admin,bpf --file-prefix smoke -- --localhost
start user-localhost --file-prefix smoke -- --localhost
has "$PID" net_admin
wait_for 10 sh -c "ls /run/dpdk-lo | grep -q localhost" || fail "no state file of the user's"
fetch 127.0.0.1:8080 || fail "localhost is not carried"
stop "$PID"
check_host
[ -z "$(ls /run/dpdk-lo)" ] || fail "a state file stays behind"

# AF_XDP.
in_peer ip addr add 192.0.2.9/24 dev peer0
as_user net_admin,net_raw,sys_admin,ipc_lock
start user-xdp --no-pci --vdev net_af_xdp0,iface=dlp0 -- --address 192.0.2.1
has "$PID" net_admin sys_admin
in_peer ping -n -q -c 2 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "no answer over AF_XDP"
stop "$PID"
if ip link show dev dlp0 | grep -q xdp; then fail "an XDP program stays on the interface"; fi
as_user net_raw,net_admin
start user-packet --no-pci --vdev net_af_packet0,iface=dlp0 -- --address 192.0.2.1
has "$PID" net_admin
in_peer ping -n -q -c 2 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "no answer over AF_PACKET"
stop "$PID"
as_user net_admin,bpf
start user-tc --no-pci --vdev net_vtap0,beside=dlp0 -- --address 192.0.2.1 --steer 'arp or icmp'
if [ "$(printf '%s\n' 6.6 "$(uname -r)" | sort -V | head -n 1)" = 6.6 ]; then has "$PID"; else has "$PID" net_admin; fi
in_peer ping -n -q -c 2 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "no answer beside an interface"
stop "$PID"
DLO=$ROOTS
BOUNDING=0{16}
start root-xdp --no-pci --vdev net_af_xdp0,iface=dlp0 -- --address 192.0.2.1
has "$PID" net_admin bpf sys_admin
in_peer ping -n -q -c 2 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "no answer over AF_XDP"
stop "$PID"
if ip link show dev dlp0 | grep -q xdp; then fail "an XDP program stays on the interface"; fi
