/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * An interface of the kernel's and a TAP beside it, with dpdk-lo at the other end: what comes to the
 * interface and is asked for goes to the TAP, what the TAP brings leaves by the interface. All else
 * takes the way that it would have taken without us, and pays for one look at its headers.
 */

#include <linux/types.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define STEER_CTX struct __sk_buff

#include "steer/match.bpf.h"

char LICENSE[] SEC("license") = "BSD";

/*
 * The kernel takes an entry out when its interface goes, whoever killed the owner; an ifindex of our
 * own keeping could be dead, or somebody else's by now.
 */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, DLO_STEER_DEVICES);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} devices SEC(".maps");

/* By copy: headers may lie in any piece of the frame, and it is not ours to be rearranged. */
static __always_inline const void *
peek(struct __sk_buff *skb, __u32 at, __u32 len, struct piece *room)
{
	return bpf_skb_load_bytes(skb, at, room, len) == 0 ? room : 0;
}

static __always_inline const __u32 *
ifindex_of(__u32 device)
{
	return bpf_map_lookup_elem(&devices, &device);
}

/* Where the interface receives. The kernel has put the outer tag beside the frame by then. */
SEC("tc")
int
dlo_steer_in(struct __sk_buff *skb)
{
	const __u32 *tap;

	if (!is_asked_for(skb, skb->vlan_present ? skb->vlan_tci & 0x0fff : NO_TAG))
		return TC_ACT_UNSPEC;
	tap = ifindex_of(DLO_STEER_TAP);
	return tap ? bpf_redirect(*tap, 0) : TC_ACT_UNSPEC;
}

/* Where the TAP is sent to: whatever else the host has to say on an interface is not for a mirror. */
SEC("tc")
int
dlo_steer_guard(struct __sk_buff *skb)
{
	const __u32 *interface = ifindex_of(DLO_STEER_INTERFACE);

	return interface && skb->ingress_ifindex == *interface ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

/* Where the TAP receives: what dpdk-lo sends. Never to the host, not even when the interface is gone. */
SEC("tc")
int
dlo_steer_out(struct __sk_buff *skb)
{
	const __u32 *interface = ifindex_of(DLO_STEER_INTERFACE);

	(void)skb;
	return interface ? bpf_redirect(*interface, 0) : TC_ACT_SHOT;
}
