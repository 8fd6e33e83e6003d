/* SPDX-License-Identifier: BSD-3-Clause */
/* Ethernet OAM (IEEE 802.1Q clause 20 and 21, once 802.1ag; ITU-T G.8013/Y.1731): loopback, delay and
 * loss messages of those who ask. */
#include "answer/pieces.h"
#include "answer/stamp.h"

#include "reflect/swap.h"

/* The common header (G.8013 9.1): level and version, opcode, flags, offset of the first TLV. */
#define LEVEL_VERSION 0
#define OPCODE 1
#define TLV_OFFSET 3
#define HEADER 4

#define LBR 2
#define LBM 3
#define DMR 46
#define DMM 47
#define SLR 54
#define SLM 55

/* G.8013 9.3: a transaction identifier, and then TLVs. */
#define LB_FIELDS 4
/* G.8013 9.15, 9.16: four timestamps. */
#define DM_FIELDS 32
#define DM_RX_TIME (HEADER + 8)
/* G.8013 9.22, 9.23. */
#define SL_FIELDS 16
#define SL_SOURCE_MEP (HEADER + 0)
#define SL_RESPONDER_MEP (HEADER + 2)
#define SL_TEST_ID (HEADER + 4)
#define SL_TX_BACK (HEADER + 12)

static inline uint8_t *
pdu_of(const struct dlo_packet *p)
{
	return p->head + p->frame.l3_off;
}

/* Not for us, whoever it is for: OAM goes from bridge to bridge, nobody else returns it. */
static bool
is_ours(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const uint8_t *head = p->head;

	if (!dlo_is_to_our_mac(plan, head))
		return false;
	if (pdu_of(p)[LEVEL_VERSION] >> 5 != plan->settings.oam.level)
		return false;
	if (plan->settings.oam.vlan == 0)
		return true;
	return p->frame.nb_tags > 0 &&
		(dlo_get16(head + DLO_ETHER_HLEN) & 0x0fff) == plan->settings.oam.vlan;
}

enum dlo_verdict
dlo_oam_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	uint32_t off = p->frame.l3_off, fields;
	const uint8_t *pdu = pdu_of(p);

	if (off + HEADER > p->head_len || !is_ours(plan, p))
		return DLO_DROP_L2_CONTROL;
	switch (pdu[OPCODE]) {
	case LBM:
		fields = LB_FIELDS;
		break;
	case DMM:
		fields = DM_FIELDS;
		break;
	case SLM:
		fields = SL_FIELDS;
		break;
	default:
		/* Replies are never answered; link trace and LMM are not ours to answer. */
		return DLO_DROP_NOT_REQUEST;
	}
	if (!dlo_is_from_station(p->head))
		return DLO_DROP_MCAST_SRC;
	if (pdu[TLV_OFFSET] < fields || off + HEADER + fields > p->head_len)
		return DLO_DROP_TRUNCATED;
	if (p->m->nb_segs > 1 && pdu[OPCODE] != LBM && dlo_pieces_are_shared(p))
		return DLO_DROP_SHARED;
	return DLO_ANSWERED_OAM;
}

/* Who asks, about what: losses are counted for each test of each end point (G.8013 8.14). */
static void
make_key(const struct dlo_packet *p, struct dlo_session_key *ret)
{
	const uint8_t *pdu = pdu_of(p);
	uint16_t vid = p->frame.nb_tags > 0 ? dlo_get16(p->head + DLO_ETHER_HLEN) & 0x0fff : 0;

	memset(ret, 0, sizeof(*ret));
	/* The lowest byte is none of those that STAMP has there. */
	ret->words[0] = (uint64_t)vid << 16 | (uint64_t)(pdu[LEVEL_VERSION] >> 5) << 8 | 0xff;
	ret->words[1] = dlo_get48(p->head + DLO_ETHER_SRC);
	ret->words[2] = (uint64_t)dlo_get16(pdu + SL_SOURCE_MEP) << 32 |
		dlo_get32(pdu + SL_TEST_ID);
}

enum dlo_verdict
dlo_oam_admit(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p)
{
	struct dlo_session_key key;
	uint8_t opcode = pdu_of(p)[OPCODE];

	(void)plan;
	p->session = NULL;
	if (opcode == LBM)
		return DLO_ANSWERED_OAM;
	if (lane == NULL || lane->nb_timed == DLO_TIMED_MAX)
		return DLO_DROP_NO_SESSION;
	if (opcode == DMM)
		return DLO_ANSWERED_OAM;
	if (lane->sessions == NULL)
		return DLO_DROP_NO_SESSION;
	make_key(p, &key);
	p->session = dlo_sessions_get(lane->sessions, &key, lane->arrived);
	return p->session == NULL ? DLO_DROP_NO_SESSION : DLO_ANSWERED_OAM;
}

/* Tags, priorities, level, version, flags, TLVs and what follows them stay as they came. */
void
dlo_oam_write(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p)
{
	uint8_t *pdu = pdu_of(p);

	switch (pdu[OPCODE]) {
	case LBM:
		pdu[OPCODE] = LBR;
		break;
	case DMM: {
		const struct dlo_clock_line *line = dlo_timed_line(plan, lane);

		pdu[OPCODE] = DMR;
		dlo_put64(pdu + DM_RX_TIME, dlo_clock_ptp(line, dlo_clock_ns(line, lane->arrived)));
		dlo_put64(pdu + DM_RX_TIME + 8, 0);
		dlo_put64(pdu + DM_RX_TIME + 16, 0);
		dlo_timed_add(lane, p, p->frame.l3_off, DLO_TIMED_DMR, false);
		break;
	}
	default:
		pdu[OPCODE] = SLR;
		p->session->received++;
		dlo_put16(pdu + SL_RESPONDER_MEP, plan->settings.oam.mep);
		dlo_put32(pdu + SL_TX_BACK, ++p->session->sent);
	}
	dlo_swap_macs(p->head);
}
