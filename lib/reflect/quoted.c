/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/swap.h"

static bool
is_error(const uint8_t *head, const struct dlo_frame *f)
{
	uint8_t type;

	if (f->l4 != DLO_L4_ICMP && f->l4 != DLO_L4_ICMPV6)
		return false;
	type = head[f->l4_off + DLO_ICMP_TYPE];
	if (f->l4 == DLO_L4_ICMPV6)
		return type >= DLO_ICMPV6_ERROR_FIRST && type <= DLO_ICMPV6_ERROR_LAST;
	return type == DLO_ICMP_UNREACHABLE || type == DLO_ICMP_QUENCH ||
		type == DLO_ICMP_TIME_EXCEEDED || type == DLO_ICMP_PARAMETER;
}

void
dlo_swap_quoted(enum dlo_mode mode, uint8_t *head, uint32_t head_len, const struct dlo_frame *f)
{
	struct dlo_frame quoted;
	uint32_t end = f->l3_end < head_len ? f->l3_end : head_len;

	if (mode < DLO_MODE_IP || !is_error(head, f))
		return;
	dlo_frame_parse_quoted(head, f->l4_off + DLO_ICMP_HLEN, end, &quoted);
	dlo_swap_l3(mode, head, &quoted);
}
