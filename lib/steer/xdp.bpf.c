/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Frames that match a rule go to the AF_XDP socket of their receive queue; all others, and those of
 * queues without a socket, take the way that they would have taken without this program. net_af_xdp
 * loads it, by its xdp_prog= argument: hence the name of the map.
 */

#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define STEER_CTX struct xdp_md

#include "steer/match.bpf.h"

#define QUEUES_MAX 256

char LICENSE[] SEC("license") = "BSD";

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, QUEUES_MAX);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} xsks_map SEC(".maps");

/* Where it lies: a frame in several pieces has all its headers in the first. */
static __always_inline const void *
peek(struct xdp_md *ctx, __u32 at, __u32 len, struct piece *room)
{
	const void *data = (const void *)(long)ctx->data + at;

	(void)room;
	return data + len > (const void *)(long)ctx->data_end ? 0 : data;
}

/* Frames in several pieces, too: the kernel need not join them. */
SEC("xdp.frags")
int
dlo_steer(struct xdp_md *ctx)
{
	if (!is_asked_for(ctx, NO_TAG))
		return XDP_PASS;
	return bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
}
