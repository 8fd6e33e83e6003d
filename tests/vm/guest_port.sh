#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# A guest's own network card is a vhost-user port of dpdk-lo: the guest pings and reaches its own server
# through the mirror, and this host's server by way of a loopback; then dpdk-lo ends and starts again, and
# the guest, which keeps running, has its network back.
#
#   guest_port.sh DPDK-LO KERNEL-DIR
if [ -z "${DLO_SMOKE_NS:-}" ]; then
	export DLO_VM_KERNEL=${2:-}
fi
. "$(dirname -- "$0")/../smoke/lib.sh"
need curl dpdk-telemetry.py

here=$SMOKE/../vm
begin()
{
	start lo --no-pci --vdev "eth_vhost0,iface=$T/v.sock" -- --mode ip --json "$T/r.json" \
		--address 198.18.0.2 --address 2001:2::2 --link dlo0,ip=10.99.0.1/24 --loopback lo0=192.0.2.1
	lo=$PID
}

remember_host
begin
mkdir "$T/www"
head -c 300000 /dev/urandom >"$T/www/blob"
sha256sum <"$T/www/blob" >"$T/www/sum"
touch "$T/www/restart"
run_quiet http python3 -u -m http.server --bind 192.0.2.1 --directory "$T/www" 8000
http=$PID
memory=1024
DLO_VM_SECONDS=450 DLO_VM_MEMORY=$memory DLO_VM_QEMU="-object memory-backend-memfd,id=mem,size=${memory}M,share=on
	-numa node,memdev=mem -chardev socket,id=lo,path=$T/v.sock,reconnect=1
	-netdev vhost-user,id=lo,chardev=lo -device virtio-net-pci,netdev=lo,mac=02:00:00:00:00:42,vectors=0" \
	run_quiet guest "$here/run.sh" "$DLO_VM_KERNEL" "$here/guest_port_inside.sh"
guest=$PID
wait_for 330 sh -c "grep -q 'GET /restart' '$T/http.err' || ! kill -0 $guest 2>/dev/null" ||
	fail "the guest does not get as far as that"
if alive "$guest"; then
	stop "$lo"
	check_report "$T/r.json" 'p.eth_vhost0.answered.icmp >= 6' 'p.eth_vhost0.reflected > 100' \
		'p.eth_vhost0.punted > 10' 'p.net_vtap_dlo0.forwarded > 50'
	begin
fi
wait_for 120 dead "$guest" || fail "the guest does not end"
wait "$guest"
rc=$?
[ "$rc" != 77 ] || skip "$(cat "$T/guest.out")"
[ "$rc" = 0 ] || fail "in the guest something is wrong"
stop "$lo"
check_report "$T/r.json" 'p.eth_vhost0.answered.icmp >= 1' 'p.eth_vhost0.reflected > 10'
kill "$http"
wait "$http" 2>/dev/null
check_host
cat "$T/guest.out"
