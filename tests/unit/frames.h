/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TESTS_FRAMES_H
#define DLO_TESTS_FRAMES_H

/* Frames byte by byte, plans, and what reflection makes of the two. */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include "answer/answer.h"
#include "mbufs.h"
#include "reflect/reflect.h"

#define FRAME_MAX 9616

struct frame {
	uint32_t len;
	uint32_t l3; /* offset of the IP header or ARP packet */
	uint32_t l4;
	uint8_t b[FRAME_MAX];
};

/* Addresses that tests use throughout. */
#define MAC_TESTER 0x0211223344aaull
#define MAC_OURS 0x02d1000000ffull
#define MAC_OTHER 0x02aabbccdd01ull
#define IP_TESTER "198.18.0.1"
#define IP_OURS "198.18.0.2"
#define IP_OTHER "198.51.100.7"
#define IP6_TESTER "2001:2::1"
#define IP6_OURS "2001:2::2"
#define IP6_OTHER "2001:db8::7"

void frame_bytes(struct frame *f, const void *bytes, uint32_t len);
void frame_fill(struct frame *f, uint32_t len); /* a pattern that no header looks like */
void frame_ether(struct frame *f, uint64_t dst, uint64_t src, uint16_t type);
void frame_tag(struct frame *f, uint16_t tpid, uint16_t tci); /* after frame_ether() */
/* options: NULL or 4 * n bytes. */
void frame_ipv4(struct frame *f, uint8_t proto, const char *src, const char *dst,
	const void *options, uint32_t options_len);
void frame_ipv6(struct frame *f, uint8_t next, const char *src, const char *dst);
void frame_ext(struct frame *f, uint8_t proto, uint8_t next, uint32_t len); /* zeroes inside */
void frame_udp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload);
void frame_tcp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload);
void frame_sctp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload);
void frame_icmp(struct frame *f, uint8_t type, uint8_t code, uint32_t rest, uint32_t payload);
void frame_arp(struct frame *f, uint16_t op, uint64_t sha, const char *spa, uint64_t tha,
	const char *tpa);
/* Neighbour solicitation or advertisement; lla: option of that type with this MAC, 0: none. */
void frame_nd(struct frame *f, uint8_t type, const char *target, uint8_t opt, uint64_t lla);
/* IP lengths and all checksums from what is there; an IPv6 payload ends with the frame. */
void frame_finish(struct frame *f);
void frame_pad(struct frame *f, uint32_t len, uint8_t with);

/* Shorthands: Ethernet from the tester to us, finished. */
void frame_udp4(struct frame *f, uint32_t payload);
void frame_udp6(struct frame *f, uint32_t payload);
/* Ethernet and an IP header of one family or the other, from the tester to us. */
void frame_to_us(struct frame *f, bool v6, uint8_t proto, const char *src, const char *dst);
/* What an answer to it begins with: MAC and IP addresses changed places, no trailer, this TTL. */
void frame_turned(const struct frame *in, uint8_t ttl, struct frame *ret);

void put16(uint8_t *p, uint16_t v);
void put32(uint8_t *p, uint32_t v);
void put48(uint8_t *p, uint64_t v);
uint16_t get16(const uint8_t *p);
uint64_t get48(const uint8_t *p);
uint64_t get64(const uint8_t *p);
/* True when the IPv4 header sum and the UDP, TCP or ICMP sum are right. */
bool frame_sums_good(const struct frame *f);

/* One segment of data and tailroom spare bytes behind it. */
struct rte_mbuf *mbuf_of(const struct frame *f, uint32_t tailroom);
/* Split before byte `at`, both parts exact; the last one has tailroom. */
struct rte_mbuf *mbuf_split(const struct frame *f, uint32_t at, uint32_t tailroom);
/* Segments of the given lengths, the rest in a last one. */
struct rte_mbuf *mbuf_segments(const struct frame *f, const uint32_t *lens, unsigned int nb,
	uint32_t tailroom);
void mbuf_read(const struct rte_mbuf *m, struct frame *ret); /* bytes back, l3 and l4 kept */

/* A plan whose table owns IP_OURS and IP6_OURS and that serves 198.18.0.0/15 and 2001:2::/48;
 * free it with plan_free(). */
struct dlo_plan *plan_of(enum dlo_mode mode, bool guards, bool link);
void plan_free(struct dlo_plan *plan);
/* IP_OURS and IP6_OURS get this owner, and no other address any. */
void plan_own(struct dlo_plan *plan, uint16_t owner);

/* Through dlo_reflect_burst() alone: verdict, and the frame as it came out. */
enum dlo_verdict reflect_lane(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct rte_mbuf *m);
enum dlo_verdict reflect_mbuf(const struct dlo_plan *plan, struct rte_mbuf *m);
enum dlo_verdict reflect(const struct dlo_plan *plan, const struct frame *in, struct frame *ret);
enum dlo_verdict reflect_room(const struct dlo_plan *plan, const struct frame *in,
	uint32_t tailroom, struct frame *ret);
/* Of a frame with room behind it for whatever an answer adds. */
void verdict_is(const struct dlo_plan *plan, const struct frame *f, enum dlo_verdict want);
/* Timed answers: a lane with room for sessions, and a clock that the plan is given. */
#define TIMED_SYNCED_NS UINT64_C(1800000000123456789) /* January 2027, when tests begin */
#define TIMED_TAI 37
void timed_init(struct dlo_plan *plan, struct dlo_lane *lane);
void timed_free(struct dlo_lane *lane);
/* As a poller does it: received just now, reflected, and off it goes. */
enum dlo_verdict reflect_timed_mbuf(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct rte_mbuf *m);
enum dlo_verdict reflect_timed(const struct dlo_plan *plan, struct dlo_lane *lane,
	const struct frame *in, uint32_t tailroom, struct frame *ret);
/* The same verdict and bytes when the frame is cut in two at any of its first 200 bytes. */
void assert_any_split(const struct dlo_plan *plan, const struct frame *in, uint32_t tailroom,
	enum dlo_verdict want, const struct frame *want_frame);
void assert_frame(const char *what, const struct frame *got, const struct frame *want);

#define assert_verdict(got, want)                                                                  \
	assert_string_equal(dlo_verdict_name(got), dlo_verdict_name(want))

#endif
