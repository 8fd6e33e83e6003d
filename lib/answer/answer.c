/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer/answer.h"

static inline bool
is_enabled(const struct dlo_plan *plan, enum dlo_answer answer)
{
	return (plan->answers & (UINT32_C(1) << answer)) != 0;
}

enum dlo_verdict
dlo_answer_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	enum dlo_verdict v = DLO_PASS;

	if (f->l3 == DLO_L3_ARP) {
		if (is_enabled(plan, DLO_ANSWER_ARP))
			v = dlo_arp_decide(plan, p);
	} else if (dlo_answer_is_oam(plan, f)) {
		v = dlo_oam_decide(plan, p);
	} else if (f->proto == DLO_PROTO_UDP) {
		if ((plan->answers & DLO_ANSWERS_UDP) != 0)
			v = dlo_udp_decide(plan, p);
	} else if (f->l3 == DLO_L3_IPV4 && f->proto == DLO_PROTO_ICMP) {
		if (is_enabled(plan, DLO_ANSWER_ICMP))
			v = dlo_icmp_decide(plan, p);
	} else if (f->l3 == DLO_L3_IPV6 && f->proto == DLO_PROTO_ICMPV6) {
		if (is_enabled(plan, DLO_ANSWER_ND))
			v = dlo_nd_decide(plan, p);
		if (v == DLO_PASS && is_enabled(plan, DLO_ANSWER_ICMP))
			v = dlo_icmpv6_decide(plan, p);
	}
	return v;
}

enum dlo_verdict
dlo_answer_admit(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p,
	enum dlo_verdict answer)
{
	if (lane != NULL && !dlo_bucket_take(&lane->buckets[answer - DLO_ANSWERED_FIRST],
				    &plan->settings.rate, lane->now))
		return DLO_DROP_RATE_LIMITED;
	if (answer == DLO_ANSWERED_STAMP)
		return dlo_stamp_admit(plan, lane, p);
	if (answer == DLO_ANSWERED_OAM)
		return dlo_oam_admit(plan, lane, p);
	return answer;
}

void
dlo_answer_write(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p,
	enum dlo_verdict answer)
{
	switch (answer) {
	case DLO_ANSWERED_ARP:
		dlo_arp_write(plan, p);
		break;
	case DLO_ANSWERED_ND:
		dlo_nd_write(plan, p);
		break;
	case DLO_ANSWERED_ICMP:
		dlo_icmp_write(p);
		break;
	case DLO_ANSWERED_UDP_ECHO:
		dlo_udp_echo_write(p);
		break;
	case DLO_ANSWERED_SBFD:
		dlo_sbfd_write(plan, p);
		break;
	case DLO_ANSWERED_STAMP:
		dlo_stamp_write(plan, lane, p);
		break;
	case DLO_ANSWERED_OAM:
		dlo_oam_write(plan, lane, p);
		break;
	default:
		break;
	}
}
