/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests by UDP (RFC 768): whose they are, who may ask, and how a reply is headed. */
#include "answer/udp.h"

#include "reflect/swap.h"

static inline bool
is_enabled(const struct dlo_plan *plan, enum dlo_answer answer)
{
	return (plan->answers & (UINT32_C(1) << answer)) != 0;
}

unsigned int
dlo_udp_services(const struct dlo_plan *plan, uint16_t ports[DLO_UDP_SERVICES_MAX])
{
	const struct dlo_answer_settings *s = &plan->settings;
	unsigned int nb = 0;

	if (is_enabled(plan, DLO_ANSWER_SBFD) && s->sbfd.discriminator != 0)
		ports[nb++] = DLO_PORT_SBFD;
	if (is_enabled(plan, DLO_ANSWER_SBFD) && s->sbfd.echo)
		ports[nb++] = DLO_PORT_BFD_ECHO;
	/* Port 0 stands for "off", and is nobody's (RFC 6335 6). */
	if (is_enabled(plan, DLO_ANSWER_UDP_ECHO) && s->udp_echo.port != 0)
		ports[nb++] = s->udp_echo.port;
	if (is_enabled(plan, DLO_ANSWER_STAMP) && s->stamp.port != 0)
		ports[nb++] = s->stamp.port;
	return nb;
}

/* The same question as dlo_udp_services() answers, for each datagram: without a list. */
bool
dlo_udp_is_service(const struct dlo_plan *plan, uint16_t port)
{
	const struct dlo_answer_settings *s = &plan->settings;

	if (port == 0)
		return false;
	return (port == s->stamp.port && is_enabled(plan, DLO_ANSWER_STAMP)) ||
		(port == s->udp_echo.port && is_enabled(plan, DLO_ANSWER_UDP_ECHO)) ||
		(port == DLO_PORT_SBFD && is_enabled(plan, DLO_ANSWER_SBFD) &&
			s->sbfd.discriminator != 0) ||
		(port == DLO_PORT_BFD_ECHO && is_enabled(plan, DLO_ANSWER_SBFD) && s->sbfd.echo);
}

bool
dlo_udp_would_loop(const struct dlo_plan *plan, uint16_t port)
{
	switch (port) {
	case 7: /* echo */
	case 13: /* daytime */
	case 17: /* quote of the day */
	case 19: /* chargen */
	case 37: /* time */
	case 53: /* DNS */
	case 69: /* TFTP */
	case 123: /* NTP */
	case 161: /* SNMP */
	case 389: /* CLDAP */
	case 862: /* TWAMP, STAMP */
	case 1900: /* SSDP */
	case 3784: /* BFD */
	case 3785: /* BFD echo */
	case 6784: /* BFD on LAGs */
	case 7784: /* S-BFD */
	case 11211: /* memcached */
		return true;
	default:
		return dlo_udp_is_service(plan, port);
	}
}

enum dlo_verdict
dlo_udp_check_peer4(const struct dlo_plan *plan, const uint8_t *ip, const uint8_t *addr)
{
	uint32_t be;

	if (dlo_ipv4_is_martian(dlo_get32(ip + DLO_IPV4_SRC)) ||
		dlo_ipv4_is_martian(dlo_get32(addr)))
		return DLO_DROP_MARTIAN;
	/* Not even harmless options: they are for the way there, and would lie on the way back. */
	if ((ip[0] & 0x0f) != 5)
		return DLO_DROP_OPTIONS;
	memcpy(&be, addr, sizeof(be));
	if (plan->settings.allowed == NULL ||
		dlo_addr_owner4(plan->settings.allowed, be) == DLO_OWNER_NOBODY)
		return DLO_DROP_NOT_ALLOWED;
	return dlo_ipv4_sum_is_good(ip) ? DLO_PASS : DLO_DROP_BAD_CKSUM;
}

enum dlo_verdict
dlo_udp_check_peer6(const struct dlo_plan *plan, const struct dlo_packet *p, const uint8_t *addr)
{
	const uint8_t *ip = p->head + p->frame.l3_off;

	if (dlo_ipv6_is_martian(ip + DLO_IPV6_SRC) || dlo_ipv6_is_martian(addr))
		return DLO_DROP_MARTIAN;
	if ((p->frame.flags & (DLO_FRAME_OPTIONS | DLO_FRAME_AUTH)) != 0)
		return DLO_DROP_OPTIONS;
	if (plan->settings.allowed == NULL ||
		dlo_addr_owner6(plan->settings.allowed, addr) == DLO_OWNER_NOBODY)
		return DLO_DROP_NOT_ALLOWED;
	return DLO_PASS;
}

/* Who asks must be somebody else, and may be served. */
static enum dlo_verdict
check_source(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const uint8_t *ip = p->head + p->frame.l3_off;

	if (p->frame.l3 == DLO_L3_IPV4) {
		if (memcmp(ip + DLO_IPV4_SRC, ip + DLO_IPV4_DST, 4) == 0)
			return DLO_DROP_LAND;
		return dlo_udp_check_peer4(plan, ip, ip + DLO_IPV4_SRC);
	}
	if (memcmp(ip + DLO_IPV6_SRC, ip + DLO_IPV6_DST, 16) == 0)
		return DLO_DROP_LAND;
	return dlo_udp_check_peer6(plan, p, ip + DLO_IPV6_SRC);
}

/* No checksum at all is a choice in IPv4 only (RFC 768, RFC 8200 8.1). */
static bool
sum_is_good(const struct dlo_packet *p)
{
	const uint8_t *udp = p->head + p->frame.l4_off;

	if (dlo_get16(udp + DLO_UDP_CKSUM) == 0 && !dlo_packet_l4_sum_is_partial(p))
		return p->frame.l3 == DLO_L3_IPV4;
	return dlo_packet_l4_sum_is_good(p);
}

enum dlo_verdict
dlo_udp_check(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *udp = p->head + f->l4_off;
	enum dlo_verdict v;

	if (!dlo_is_from_station(p->head))
		return DLO_DROP_MCAST_SRC;
	v = check_source(plan, p);
	if (v != DLO_PASS)
		return v;
	/* Two lengths, two stories: which bytes the checksum covers would be a guess. */
	if (dlo_get16(udp + DLO_UDP_LENGTH) != f->l3_end - f->l4_off)
		return DLO_DROP_TRUNCATED;
	/* Port 0: no reply is wanted (RFC 768). */
	if (dlo_get16(udp) == 0)
		return DLO_DROP_NOT_REQUEST;
	return sum_is_good(p) ? DLO_PASS : DLO_DROP_BAD_CKSUM;
}

static bool
is_ours(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const uint8_t *ip = p->head + p->frame.l3_off;

	if (p->frame.l3 == DLO_L3_IPV4)
		return dlo_is_ours4(plan, ip + DLO_IPV4_DST);
	return dlo_is_ours6(plan, ip + DLO_IPV6_DST);
}

enum dlo_verdict
dlo_udp_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	enum dlo_verdict v;
	uint16_t port;

	/* A later fragment has no ports: whose it is cannot be told, so it is bulk. */
	if (f->l4 != DLO_L4_PORTS || !dlo_is_to_our_mac(plan, p->head))
		return DLO_PASS;
	port = dlo_get16(p->head + f->l4_off + 2);
	/* Several datagrams in one frame: the host's business on its link. */
	if (!dlo_udp_is_service(plan, port) || (p->m->ol_flags & RTE_MBUF_F_RX_LRO) != 0)
		return DLO_PASS;
	if (!is_ours(plan, p))
		return port == DLO_PORT_BFD_ECHO ? dlo_bfd_echo_decide(plan, p) : DLO_PASS;
	if ((f->flags & DLO_FRAME_FRAGMENT) != 0)
		return plan->link ? DLO_PASS : DLO_DROP_FRAGMENT;
	v = dlo_udp_check(plan, p);
	if (v != DLO_PASS)
		return v;
	if (port == plan->settings.stamp.port && is_enabled(plan, DLO_ANSWER_STAMP))
		return dlo_stamp_decide(plan, p);
	switch (port) {
	case DLO_PORT_SBFD:
		return dlo_sbfd_decide(plan, p);
	case DLO_PORT_BFD_ECHO:
		/* RFC 7880 10: nobody's to process; with our address it would come back for ever. */
		return DLO_DROP_NOT_REQUEST;
	default:
		return dlo_udp_echo_decide(plan, p);
	}
}

void
dlo_udp_turn(struct dlo_packet *p, uint8_t ttl)
{
	uint8_t *ip = p->head + p->frame.l3_off;

	dlo_swap_macs(p->head);
	if (p->frame.l3 == DLO_L3_IPV4) {
		dlo_swap_ipv4(ip);
		dlo_ipv4_set_ttl(ip, ttl);
	} else {
		dlo_swap_ipv6(ip);
		ip[DLO_IPV6_HOPS] = ttl;
	}
	dlo_swap_ports(p->head + p->frame.l4_off);
}

void
dlo_udp_set_end(struct dlo_packet *p, uint32_t end)
{
	struct dlo_frame *f = &p->frame;
	uint8_t *ip = p->head + f->l3_off;
	uint16_t len;

	if (f->l3 == DLO_L3_IPV4) {
		len = end - f->l3_off;
		dlo_put16(ip + DLO_IPV4_CKSUM, dlo_cksum_update16(dlo_get16(ip + DLO_IPV4_CKSUM),
			dlo_get16(ip + DLO_IPV4_TOTAL), len));
		dlo_put16(ip + DLO_IPV4_TOTAL, len);
	} else {
		dlo_put16(ip + DLO_IPV6_PAYLOAD, end - f->l3_off - DLO_IPV6_HLEN);
	}
	dlo_put16(p->head + f->l4_off + DLO_UDP_LENGTH, end - f->l4_off);
	f->l3_end = end;
}

void
dlo_udp_finish_sum(struct dlo_packet *p)
{
	uint8_t *udp = p->head + p->frame.l4_off;
	uint16_t cksum;

	dlo_put16(udp + DLO_UDP_CKSUM, 0);
	cksum = ~dlo_packet_l4_sum(p);
	/* RFC 768: 0 would say that there is none. */
	dlo_put16(udp + DLO_UDP_CKSUM, cksum == 0 ? 0xffff : cksum);
}
