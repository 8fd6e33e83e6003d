/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP (RFC 826) with address conflict detection (RFC 5227), for Ethernet and IPv4. */
#include "answer/answer.h"

/*
 * RFC 5227 2.4: a sender address that is ours, and a sender that is not. What loops back to us has
 * a MAC of ours. RFC 5227 2.1.1: while we still ask for an address, somebody who asks for it, too, wants
 * to have it.
 */
static bool
is_conflict(const struct dlo_plan *plan, const uint8_t *arp)
{
	uint64_t sha = dlo_get48(arp + DLO_ARP_SHA);

	if (dlo_get16(arp + DLO_ARP_HRD) != 1 || dlo_get16(arp + DLO_ARP_OP) == 0 ||
		dlo_get16(arp + DLO_ARP_OP) > DLO_ARP_REPLY || sha == 0 ||
		dlo_mac_is_group(sha) || dlo_mac_is_own(plan, sha))
		return false;
	if (dlo_get32(arp + DLO_ARP_SPA) == 0)
		return dlo_get16(arp + DLO_ARP_OP) == DLO_ARP_REQUEST &&
			dlo_owner4(plan, arp + DLO_ARP_TPA) == DLO_OWNER_TENTATIVE;
	return dlo_owner_is_only_us(dlo_owner4(plan, arp + DLO_ARP_SPA));
}

enum dlo_verdict
dlo_arp_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const uint8_t *arp = p->head + p->frame.l3_off;
	uint64_t sha;
	uint32_t spa;

	if (!dlo_is_to_us_or_group(plan, p->head))
		return DLO_PASS;
	/* Only this layout says where the target is; whatever else it is, it is not for us. */
	if (dlo_get16(arp + DLO_ARP_PRO) != DLO_TYPE_IPV4 || arp[DLO_ARP_HLN] != 6 ||
		arp[DLO_ARP_PLN] != 4)
		return DLO_PASS;
	if (is_conflict(plan, arp))
		return DLO_DROP_CONFLICT;
	if (!dlo_is_ours4(plan, arp + DLO_ARP_TPA))
		return DLO_PASS;

	if (dlo_get16(arp + DLO_ARP_HRD) != 1 || dlo_get16(arp + DLO_ARP_OP) != DLO_ARP_REQUEST)
		return DLO_DROP_NOT_REQUEST;
	/* Who asks must be who sends: the reply goes to ar$sha, and to nobody on others' behalf. */
	sha = dlo_get48(arp + DLO_ARP_SHA);
	if (!dlo_is_from_station(p->head) || sha != dlo_get48(p->head + DLO_ETHER_SRC))
		return DLO_DROP_NOT_REQUEST;
	/*
	 * No sender address: a probe. The same as the target's: an announcement. Any other is answered,
	 * also one that is ours: whoever asks in a prefix that is all ours has an address of it himself.
	 */
	spa = dlo_get32(arp + DLO_ARP_SPA);
	if (spa == 0) {
		if (plan->link)
			return dlo_leave_to_host(p->head);
	} else if (dlo_ipv4_is_martian(spa) || spa == dlo_get32(arp + DLO_ARP_TPA)) {
		return DLO_DROP_NOT_REQUEST;
	}
	p->reply_len = dlo_packet_fit(p, p->frame.l3_end);
	return DLO_ANSWERED_ARP;
}

void
dlo_arp_write(const struct dlo_plan *plan, struct dlo_packet *p)
{
	uint8_t *arp = p->head + p->frame.l3_off;
	uint8_t asked[4];

	memcpy(p->head + DLO_ETHER_DST, arp + DLO_ARP_SHA, DLO_MAC_LEN);
	memcpy(p->head + DLO_ETHER_SRC, plan->mac.addr_bytes, DLO_MAC_LEN);
	dlo_put16(arp + DLO_ARP_OP, DLO_ARP_REPLY);
	memcpy(asked, arp + DLO_ARP_TPA, sizeof(asked));
	/* sha and spa are neighbours, as are tha and tpa. */
	memcpy(arp + DLO_ARP_THA, arp + DLO_ARP_SHA, DLO_MAC_LEN + sizeof(asked));
	memcpy(arp + DLO_ARP_SHA, plan->mac.addr_bytes, DLO_MAC_LEN);
	memcpy(arp + DLO_ARP_SPA, asked, sizeof(asked));
	dlo_answer_pad(p, p->frame.l3_end);
}
