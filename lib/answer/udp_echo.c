/* SPDX-License-Identifier: BSD-3-Clause */
/* Echo (RFC 862), with the guards that the RFC has not (CA-1996-01, CVE-2024-2169). */
#include "answer/udp.h"

/* Below these numbers are services, not clients (RFC 6335 6). */
#define FIRST_CLIENT_PORT 1024

enum dlo_verdict
dlo_udp_echo_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	uint16_t port = dlo_get16(p->head + p->frame.l4_off);

	if (dlo_udp_would_loop(plan, port) ||
		(port < FIRST_CLIENT_PORT && !plan->settings.udp_echo.low_ports))
		return DLO_DROP_SRC_PORT;
	p->reply_len = dlo_answer_same_len(p);
	return DLO_ANSWERED_UDP_ECHO;
}

void
dlo_udp_echo_write(struct dlo_packet *p)
{
	dlo_udp_turn(p, DLO_ANSWER_TTL);
	if (dlo_packet_l4_sum_is_partial(p))
		dlo_udp_finish_sum(p);
	dlo_answer_pad(p, p->frame.l3_end);
}
