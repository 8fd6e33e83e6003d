#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# A container has namespaces of its own and sees of the host's files what is mounted into it: the
# directory with the socket is enough for memif and vhost-user.
. "$(dirname -- "$0")/lib.sh"
. "$SMOKE/testpmd.sh"
unshare -mni true 2>/dev/null || skip "this system gives no mount, network and IPC namespaces"

mkdir "$T/host" "$T/bin"
stock=$(command -v dpdk-testpmd)
cat >"$T/bin/dpdk-testpmd" <<INNER
#!/bin/bash
exec unshare -mni --propagation private bash -c '
mount -t tmpfs tmpfs /run && mkdir -p /run/lo /run/dpdk && mount --bind "$T/host" /run/lo &&
mount -t tmpfs tmpfs "$T/host" && exec "\$0" "\$@"' "$stock" "\$@"
INNER
chmod 755 "$T/bin/dpdk-testpmd"
PATH=$T/bin:$PATH

remember_host
golden l4 1514
start lo --no-pci --vdev "net_memif0,role=server,socket=$T/host/m.sock,socket-abstract=no" \
	--vdev "eth_vhost0,iface=$T/host/v.sock" -- --mode l4 --loop-guard off --json "$T/r.json"
lo=$PID
for peer in "net_memif0,role=client,socket=/run/lo/m.sock,socket-abstract=no" \
	"net_virtio_user0,path=/run/lo/v.sock,mac=02:00:00:00:00:99"; do
	testpmd_exchange "$peer"
	"$SUPPORT/pcap.py" same "$T/out" "$T/want" || fail "$peer: something else came back"
done
stop "$lo"
check_report "$T/r.json" 'p.net_memif0.reflected == p.net_memif0.rx > 50' \
	'p.eth_vhost0.reflected == p.eth_vhost0.rx > 50'
check_host
