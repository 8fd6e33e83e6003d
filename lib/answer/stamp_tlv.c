/* SPDX-License-Identifier: BSD-3-Clause */
/* Extensions of STAMP: RFC 8972 section 4. A TLV keeps its length and its place, whatever it is. */
#include "answer/pieces.h"
#include "answer/stamp.h"

#define FLAG_U 0x80 /* unrecognised: not processed */
#define FLAG_M 0x40 /* malformed */
#define FLAG_I 0x20 /* integrity check failed */

/* Types (RFC 8972 5.1). All others are not understood: also RFC 9503, 9534, and 10052, which asks for
 * several replies to one request. */
enum {
	EXTRA_PADDING = 1,
	LOCATION,
	TIMESTAMP_INFO,
	CLASS_OF_SERVICE,
	DIRECT_MEASUREMENT,
	ACCESS_REPORT,
	FOLLOW_UP,
	HMAC,
};

/* Sub-TLVs of Location (RFC 8972 5.3): what is asked for, and what is said. */
enum {
	SOURCE_MAC = 1,
	SOURCE_EUI48,
	DESTINATION_IP = 4,
	DESTINATION_IPV4,
	DESTINATION_IPV6,
	SOURCE_IP,
	SOURCE_IPV4,
	SOURCE_IPV6,
};

#define LOCATION_PORTS 4
#define MAC_VALUE 8
#define IP_VALUE 16
#define COS_VALUE 4
#define INFO_VALUE 4
#define DIRECT_VALUE 12
#define ACCESS_VALUE 4
#define FOLLOW_UP_VALUE 16
#define FOLLOW_UP_FIELDS 12 /* sequence number and timestamp */
#define SYNC_NTP 1 /* RFC 8972 5.4 */
#define SYNC_FREE_RUNNING 5
#define METHOD_SW_LOCAL 2 /* RFC 8972 5.5 */
#define DSCP_NETWORK_CONTROL 48 /* CS6, and all above: routers' own (RFC 2474 4.2.2.2) */

struct tlv {
	uint32_t off; /* of its flags */
	uint32_t value;
	uint32_t len; /* of the value, as it says */
	uint32_t end; /* of what there may be of it */
	uint8_t flags;
	uint8_t type;
	bool headed; /* has all of flags, type and length */
	bool fits; /* is all there */
};

/* @return false at the end. */
static bool
take(const struct dlo_stamp *s, uint32_t off, uint32_t end, struct tlv *ret)
{
	uint8_t buf[DLO_STAMP_TLV] = { 0 };
	uint32_t left = end - off;
	const uint8_t *head;

	if (left == 0)
		return false;
	head = dlo_pieces_peek(s->p, off, left < DLO_STAMP_TLV ? left : DLO_STAMP_TLV, buf);
	*ret = (struct tlv){ .off = off, .value = off + DLO_STAMP_TLV, .end = end };
	ret->flags = head[0];
	ret->headed = left >= DLO_STAMP_TLV;
	if (!ret->headed)
		return true;
	ret->type = head[1];
	ret->len = dlo_get16(head + 2);
	ret->fits = ret->len <= left - DLO_STAMP_TLV;
	return true;
}

static uint32_t
next(const struct tlv *t)
{
	return t->value + t->len;
}

/* The sum of bytes at an odd place has its halves exchanged (RFC 1071 2 (B)). */
static uint64_t
sum_at(const struct dlo_stamp *s, uint32_t off, const uint8_t *bytes, uint32_t n)
{
	uint16_t sum = dlo_cksum_sum(bytes, n);

	return (off - s->off) % 2 == 0 ? sum : rte_bswap16(sum);
}

static void
put(struct dlo_stamp *s, uint32_t off, const void *bytes, uint32_t n)
{
	uint8_t buf[DLO_PIECES_MAX];

	s->old_sum += sum_at(s, off, dlo_pieces_peek(s->p, off, n, buf), n);
	s->new_sum += sum_at(s, off, bytes, n);
	dlo_pieces_poke(s->p, off, bytes, n);
}

/* The flags are still those that the TLV was found with. */
static void
put_flags(struct dlo_stamp *s, const struct tlv *t, uint8_t flags)
{
	const unsigned int shift = (t->off - s->off) % 2 == 0 ? 8 : 0;

	if (flags == t->flags)
		return;
	s->old_sum += (uint64_t)t->flags << shift;
	s->new_sum += (uint64_t)flags << shift;
	dlo_pieces_poke(s->p, t->off, &flags, 1);
}

static void
put_zeroes(struct dlo_stamp *s, uint32_t off, uint32_t n)
{
	static const uint8_t zeroes[FOLLOW_UP_VALUE];

	put(s, off, zeroes, n < sizeof(zeroes) ? n : sizeof(zeroes));
}

/* What length a sub-TLV of Location must have, 0: any. */
static uint32_t
location_len(uint8_t type)
{
	switch (type) {
	case SOURCE_MAC:
		return MAC_VALUE;
	case DESTINATION_IP:
	case SOURCE_IP:
		return IP_VALUE;
	default:
		return 0;
	}
}

static void
put_address(struct dlo_stamp *s, const struct tlv *t, uint8_t type4, bool source)
{
	const struct dlo_frame *f = &s->p->frame;
	const uint8_t *ip = s->p->head + f->l3_off;
	uint8_t value[IP_VALUE] = { 0 };
	bool v4 = f->l3 == DLO_L3_IPV4;
	uint8_t head[2] = { 0, v4 ? type4 : type4 + 1 };

	if (v4)
		memcpy(value, ip + (source ? DLO_IPV4_SRC : DLO_IPV4_DST), 4);
	else
		memcpy(value, ip + (source ? DLO_IPV6_SRC : DLO_IPV6_DST), 16);
	put(s, t->off, head, sizeof(head));
	put(s, t->value, value, sizeof(value));
}

static void
put_mac(struct dlo_stamp *s, const struct tlv *t)
{
	const uint8_t head[2] = { 0, SOURCE_EUI48 };
	uint8_t value[MAC_VALUE] = { 0 };

	memcpy(value, s->p->head + DLO_ETHER_SRC, DLO_MAC_LEN);
	put(s, t->off, head, sizeof(head));
	put(s, t->value, value, sizeof(value));
}

/* 4.2: all of it is sound, or nothing is said. */
static uint8_t
location(struct dlo_stamp *s, const struct tlv *outer)
{
	uint32_t end = next(outer);
	struct tlv t;

	if (outer->len < LOCATION_PORTS)
		return FLAG_M;
	for (uint32_t off = outer->value + LOCATION_PORTS; take(s, off, end, &t); off = next(&t)) {
		uint32_t len = location_len(t.type);

		if (!t.fits || (len != 0 && t.len != len)) {
			put_flags(s, &t, FLAG_M);
			return FLAG_M;
		}
	}
	/* Destination first (figure 8), unlike in UDP. */
	put(s, outer->value, s->p->head + s->p->frame.l4_off + 2, 2);
	put(s, outer->value + 2, s->p->head + s->p->frame.l4_off, 2);
	for (uint32_t off = outer->value + LOCATION_PORTS; take(s, off, end, &t); off = next(&t)) {
		switch (t.type) {
		case SOURCE_MAC:
			put_mac(s, &t);
			break;
		case DESTINATION_IP:
			put_address(s, &t, DESTINATION_IPV4, false);
			break;
		case SOURCE_IP:
			put_address(s, &t, SOURCE_IPV4, true);
			break;
		default:
			put_flags(s, &t, FLAG_U);
		}
	}
	return 0;
}

/* 4.3: both timestamps are read from one clock, by software. */
static uint8_t
timestamp_info(struct dlo_stamp *s, const struct tlv *t)
{
	uint8_t source = s->synced ? SYNC_NTP : SYNC_FREE_RUNNING;
	const uint8_t value[INFO_VALUE] = { source, METHOD_SW_LOCAL, source, METHOD_SW_LOCAL };

	if (t->len < INFO_VALUE)
		return FLAG_M;
	put(s, t->value, value, sizeof(value));
	return 0;
}

/* 4.4 with erratum 8199: DSCP1 as asked, DSCP2 and ECN as they came, RP when we do not follow. */
static uint8_t
class_of_service(struct dlo_stamp *s, const struct tlv *t)
{
	uint8_t buf[COS_VALUE], value[COS_VALUE] = { 0 };
	uint8_t wanted, came = s->traffic_class >> 2, ecn = s->traffic_class & 3;
	bool permitted;

	if (t->len != COS_VALUE)
		return FLAG_M;
	wanted = dlo_pieces_peek(s->p, t->value, COS_VALUE, buf)[0] >> 2;
	permitted = wanted < DSCP_NETWORK_CONTROL;
	if (permitted)
		s->reply_class = wanted << 2;
	value[0] = wanted << 2 | came >> 4;
	value[1] = (came & 0x0f) << 4 | ecn << 2 | (permitted ? 0 : 1);
	put(s, t->value, value, sizeof(value));
	return 0;
}

/* 4.5: the packets in profile are those of the session; without sessions nobody counts. */
static uint8_t
direct_measurement(struct dlo_stamp *s, const struct tlv *t)
{
	const struct dlo_session *session = s->p->session;
	uint8_t value[DIRECT_VALUE - 4];

	if (t->len != DIRECT_VALUE)
		return FLAG_M;
	if (session == NULL)
		return FLAG_U;
	dlo_put32(value, session->received);
	dlo_put32(value + 4, session->sent);
	put(s, t->value + 4, value, sizeof(value));
	return 0;
}

/* 4.6: 3GPP or not; with any other access network the TLV is not to be used. */
static uint8_t
access_report(struct dlo_stamp *s, const struct tlv *t)
{
	uint8_t buf[ACCESS_VALUE], value[ACCESS_VALUE] = { 0 };
	const uint8_t *came;

	if (t->len != ACCESS_VALUE)
		return FLAG_M;
	came = dlo_pieces_peek(s->p, t->value, ACCESS_VALUE, buf);
	if (came[0] >> 4 != 1 && came[0] >> 4 != 2)
		return FLAG_U;
	value[0] = came[0] & 0xf0;
	value[1] = came[1];
	put(s, t->value, value, sizeof(value));
	return 0;
}

/* 4.7 with erratum 8339: when the last reply really left, as far as that is known by now. */
static uint8_t
follow_up(struct dlo_stamp *s, const struct tlv *t)
{
	const struct dlo_session *session = s->p->session;
	uint8_t value[FOLLOW_UP_VALUE] = { 0 };
	uint32_t there = t->end - t->value;

	if (!t->fits || t->len != FOLLOW_UP_VALUE) {
		uint32_t n = t->len < there ? t->len : there;

		put_zeroes(s, t->value, n < FOLLOW_UP_FIELDS ? n : FOLLOW_UP_FIELDS);
		return FLAG_M;
	}
	if (session != NULL && session->has_left) {
		dlo_put32(value, session->last_seq);
		dlo_put64(value + 4, session->last_left);
		value[FOLLOW_UP_FIELDS] = METHOD_SW_LOCAL;
	}
	put(s, t->value, value, sizeof(value));
	return 0;
}

/* @return the flags that the reply says about it. */
static uint8_t
process(struct dlo_stamp *s, const struct tlv *t)
{
	if (!t->headed)
		return FLAG_U | FLAG_M;
	if (t->type == FOLLOW_UP)
		return follow_up(s, t);
	if (!t->fits)
		return t->type >= EXTRA_PADDING && t->type <= HMAC ? FLAG_M : FLAG_U | FLAG_M;
	switch (t->type) {
	case EXTRA_PADDING:
		return 0;
	case LOCATION:
		return location(s, t);
	case TIMESTAMP_INFO:
		return timestamp_info(s, t);
	case CLASS_OF_SERVICE:
		return class_of_service(s, t);
	case DIRECT_MEASUREMENT:
		return direct_measurement(s, t);
	case ACCESS_REPORT:
		return access_report(s, t);
	case HMAC:
		/* What we have no key for we do not understand. */
		return s->plan->settings.stamp.tlv_hmac ? 0 : FLAG_U;
	default:
		return FLAG_U;
	}
}

/* 4.8: over the sequence number of the base packet and all TLVs in front. */
static void
hash_tlvs(const struct dlo_stamp *s, const uint8_t seq[4], uint32_t end, uint8_t ret[DLO_HMAC_LEN])
{
	const struct dlo_hmac *hmac = &s->plan->settings.stamp.hmac;
	struct dlo_hmac_state state;

	dlo_hmac_begin(hmac, &state);
	dlo_hmac_add(&state, seq, 4);
	dlo_pieces_hash(s->p, s->tlvs, end - s->tlvs, &state);
	dlo_hmac_end(hmac, &state, ret);
}

/*
 * 4.8: the HMAC TLV comes last, but for Extra Padding; alone, one Extra Padding needs none.
 * @param hmac its offset, 0: there is none
 */
static bool
is_authentic(const struct dlo_stamp *s, uint32_t *hmac)
{
	uint32_t end = s->p->frame.l3_end;
	uint8_t buf[DLO_HMAC_LEN], digest[DLO_HMAC_LEN];
	unsigned int nb = 0, nb_padding = 0;
	struct tlv t;

	*hmac = 0;
	for (uint32_t off = s->tlvs; take(s, off, end, &t); off = next(&t)) {
		nb++;
		nb_padding += t.type == EXTRA_PADDING;
		if (t.type == HMAC) {
			if (*hmac != 0 || !t.fits || t.len != DLO_HMAC_LEN)
				return false;
			*hmac = t.off;
		} else if (t.type != EXTRA_PADDING && *hmac != 0) {
			return false;
		}
		if (!t.fits)
			break;
	}
	if (*hmac == 0)
		return nb == 1 && nb_padding == 1;
	hash_tlvs(s, s->sender_seq, *hmac, digest);
	return dlo_hmac_equal(digest,
		dlo_pieces_peek(s->p, *hmac + DLO_STAMP_TLV, DLO_HMAC_LEN, buf));
}

/* 4.8: nothing of them is used; each says so. */
static void
refuse(struct dlo_stamp *s)
{
	struct tlv t;

	for (uint32_t off = s->tlvs; take(s, off, s->p->frame.l3_end, &t); off = next(&t)) {
		put_flags(s, &t, (t.flags & FLAG_U) | FLAG_I);
		if (!t.fits)
			break;
	}
}

/*
 * No TLV begins with zeroes: type 0 is reserved and senders set U. It is the padding of a TWAMP Light
 * sender (RFC 5357 4.1.2), which comes back as it is.
 */
static bool
is_padding(const struct dlo_stamp *s)
{
	struct tlv t;

	return !s->plan->settings.stamp.authenticated &&
		take(s, s->tlvs, s->p->frame.l3_end, &t) && t.flags == 0 && t.type == 0;
}

void
dlo_stamp_tlvs(struct dlo_stamp *s)
{
	uint32_t end = s->p->frame.l3_end, hmac = 0;
	uint8_t digest[DLO_HMAC_LEN], flags;
	struct tlv t;

	if (is_padding(s))
		return;
	if (s->plan->settings.stamp.tlv_hmac && !is_authentic(s, &hmac)) {
		refuse(s);
		return;
	}
	for (uint32_t off = s->tlvs; take(s, off, end, &t); off = next(&t)) {
		flags = process(s, &t);
		put_flags(s, &t, flags);
		if ((flags & FLAG_M) != 0)
			break;
	}
	if (hmac != 0) {
		hash_tlvs(s, s->seq, hmac, digest);
		put(s, hmac + DLO_STAMP_TLV, digest, sizeof(digest));
	}
}
