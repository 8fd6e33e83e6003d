/* SPDX-License-Identifier: BSD-3-Clause */
#include "offload.h"

#include <rte_mbuf.h>
#include <rte_mbuf_ptype.h>
#include <rte_net.h>

#define LAYERS (RTE_PTYPE_L2_MASK | RTE_PTYPE_L3_MASK | RTE_PTYPE_L4_MASK)

static void
turn(struct rte_mbuf *m)
{
	bool segmented = (m->ol_flags & RTE_MBUF_F_RX_LRO) != 0;
	struct rte_net_hdr_lens lens = { 0 };
	uint32_t type = rte_net_get_ptype(m, &lens, LAYERS);
	uint64_t wish;

	/* A port of another may hold a second reference: its flags are not ours to change. */
	if (rte_mbuf_refcnt_read(m) != 1)
		return;
	m->ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
	switch (type & RTE_PTYPE_L4_MASK) {
	case RTE_PTYPE_L4_TCP:
		wish = segmented ? RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_TCP_CKSUM :
				   RTE_MBUF_F_TX_TCP_CKSUM;
		break;
	case RTE_PTYPE_L4_UDP:
		wish = RTE_MBUF_F_TX_UDP_CKSUM;
		break;
	default:
		/* Nothing that the driver could ask for. */
		return;
	}
	m->l2_len = lens.l2_len;
	m->l3_len = lens.l3_len;
	m->l4_len = lens.l4_len;
	m->ol_flags |= wish | (RTE_ETH_IS_IPV4_HDR(type) ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
}

void
offload_turn_round(struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	for (uint16_t i = 0; i < nb_pkts; i++) {
		if ((pkts[i]->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_NONE)
			turn(pkts[i]);
	}
}
