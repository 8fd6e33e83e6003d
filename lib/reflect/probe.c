/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/probe.h"

#include <string.h>

#include "frame/bytes.h"
#include "reflect/guard.h"
#include "reflect/packet.h"

/* Behind the EtherType: what it is, version, lives left, whose, which; numbers in network order. */
#define MAGIC UINT64_C(0x646c6f2d6c6f6f70) /* "dlo-loop" */
#define VERSION 1
#define OFF_VERSION 8
#define OFF_LIVES 9
#define OFF_ID 12
#define OFF_NONCE 20
#define PROBE_LEN 28

bool
dlo_probe_is(const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *probe = p->head + f->l3_off;

	return f->fault == DLO_FAULT_NONE && f->ether_type == DLO_TYPE_PROBE &&
		(uint32_t)f->l3_off + PROBE_LEN <= p->head_len && dlo_get64(probe) == MAGIC &&
		probe[OFF_VERSION] == VERSION;
}

enum dlo_verdict
dlo_probe_judge(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const uint8_t *probe = p->head + p->frame.l3_off;
	struct dlo_loop_guard *guard = plan->loop_guard;
	uint64_t nonce = dlo_get64(probe + OFF_NONCE);

	if (guard != NULL && nonce != 0 && dlo_get64(probe + OFF_ID) == guard->id &&
		(nonce == __atomic_load_n(&guard->nonces[0], __ATOMIC_RELAXED) ||
			nonce == __atomic_load_n(&guard->nonces[1], __ATOMIC_RELAXED))) {
		__atomic_store_n(&guard->heard_nonce, nonce, __ATOMIC_RELAXED);
		__atomic_fetch_add(&guard->heard, 1, __ATOMIC_RELEASE);
		return DLO_DROP_LOOP;
	}
	return probe[OFF_LIVES] == 0 ? DLO_DROP_L2_CONTROL : DLO_PASS;
}

void
dlo_probe_age(struct dlo_packet *p)
{
	p->head[p->frame.l3_off + OFF_LIVES]--;
}

uint32_t
dlo_probe_head(const uint8_t *head, uint32_t len)
{
	uint32_t off = DLO_ETHER_TYPE;
	uint64_t dst;

	if (len < DLO_ETHER_HLEN)
		return 0;
	dst = dlo_get48(head + DLO_ETHER_DST);
	/* Never to everybody, and never to the zero MAC, which on the link is lo's. */
	if (dst == 0 || dlo_mac_is_group(dst) || dlo_mac_is_group(dlo_get48(head + DLO_ETHER_SRC)))
		return 0;
	for (unsigned int tags = 0; tags < DLO_TAGS_MAX && off + DLO_TAG_LEN + 2 <= len; tags++) {
		uint16_t type = dlo_get16(head + off);

		if (type != DLO_TYPE_VLAN && type != DLO_TYPE_QINQ && type != DLO_TYPE_QINQ_OLD)
			break;
		off += DLO_TAG_LEN;
	}
	return off;
}

uint32_t
dlo_probe_write(uint8_t *buf, const uint8_t *head, uint32_t head_len, uint64_t id, uint64_t nonce)
{
	const uint32_t tags = head_len - DLO_ETHER_TYPE;
	uint8_t *probe = buf + head_len + 2;

	memset(buf, 0, DLO_ETHER_MIN + tags);
	memcpy(buf, head, head_len);
	dlo_put16(buf + head_len, DLO_TYPE_PROBE);
	dlo_put64(probe, MAGIC);
	probe[OFF_VERSION] = VERSION;
	probe[OFF_LIVES] = DLO_PROBE_LIVES;
	dlo_put64(probe + OFF_ID, id);
	dlo_put64(probe + OFF_NONCE, nonce);
	return DLO_ETHER_MIN + tags;
}
