# SPDX-License-Identifier: BSD-3-Clause
"""What comes back over memif by frame size: both ends copy every byte, so size is what counts."""

from gen import SETTLED, Reflected, received_mpps
from measure import Case
from program import dpdk_lo, testpmd

ORDER = 25
MEMIF = "net_memif0,id=0,socket={dir}/memif.sock,rsize=10"


def reflected(reflector, size):
	return Reflected(reflector.name, reflector, f"{MEMIF},role=client",
		["--size", str(size), "--rate", "max", *SETTLED], received_mpps)


def cases(ctx):
	for size in (64, 128, 256, 512, 1024, 1280, 1518) if ctx.full else (64, 512, 1518):
		port = {"vdev": f"{MEMIF},role=server"}
		made = [testpmd("macswap", **port), dpdk_lo("wire", **port), dpdk_lo("l4", **port)]
		yield Case(f"sizes-{size}", f"{size} B from dpdk-lo-gen over memif and back, one lcore each",
			[reflected(side, size) for side in made],
			[("dpdk-lo l4", "testpmd macswap", None), ("dpdk-lo l4", "dpdk-lo wire", None)],
			clock="wall")
