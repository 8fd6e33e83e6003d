# SPDX-License-Identifier: BSD-3-Clause
"""The same over vhost-user: the reflector is the switch, the peer a guest's virtio device."""

from measure import Case
from program import dpdk_lo, testpmd

ORDER = 21
TITLE = "64 B from testpmd flowgen over vhost-user and back, one lcore each, burst 32"


def cases(ctx):
	peer = testpmd("flowgen",
		vdev="net_virtio_user0,path={dir}/vhost.sock,queues=1,queue_size=1024")
	port = {"vdev": "net_vhost0,iface={dir}/vhost.sock,queues=1", "peer": peer}
	yield Case("vhost", TITLE, [testpmd("macswap", **port), dpdk_lo("l4", **port)],
		[("dpdk-lo l4", "testpmd macswap", 1.0)], clock="wall")
