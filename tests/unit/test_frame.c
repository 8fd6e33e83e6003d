/* SPDX-License-Identifier: BSD-3-Clause */
/* The parser at its boundaries: every length of every shape, in blocks of exactly that length. */
#include "frames.h"

#include <stdlib.h>

#include "frame/cksum.h"
#include "frame/frame.h"

static struct dlo_frame
parse(const uint8_t *bytes, uint32_t len)
{
	/* No byte more than the contract allows to read. */
	uint32_t head_len = len < DLO_HEAD_MAX ? len : DLO_HEAD_MAX;
	uint8_t *head = malloc(head_len > 0 ? head_len : 1);
	struct dlo_frame f;

	assert_non_null(head);
	memcpy(head, bytes, head_len);
	memset(&f, 0xa5, sizeof(f));
	dlo_frame_parse(head, len, &f);
	free(head);
	return f;
}

/* Fault of each prefix of a frame: short below `tags`, truncated below `sound`, then none. */
static void
assert_faults(const struct frame *f, uint32_t tags, uint32_t sound)
{
	for (uint32_t len = 0; len <= f->len; len++) {
		int want = len < tags ? DLO_FAULT_SHORT :
			len < sound ? DLO_FAULT_TRUNCATED : DLO_FAULT_NONE;
		struct dlo_frame got = parse(f->b, len);

		if (got.fault != want)
			fail_msg("%u of %u bytes: fault %u, not %d", len, f->len, got.fault, want);
	}
}

static void
tags(void **state)
{
	static const uint16_t tpids[] = { 0x8100, 0x88a8, 0x9100 };
	struct frame f;

	(void)state;
	for (unsigned int n = 0; n <= 4; n++) {
		struct dlo_frame got;

		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x88b6);
		for (unsigned int i = 0; i < n; i++)
			frame_tag(&f, tpids[i % 3], 0x0fff);
		assert_faults(&f, 14 + 4 * n, 14 + 4 * n);
		got = parse(f.b, f.len);
		assert_int_equal(got.nb_tags, n);
		assert_int_equal(got.ether_type, 0x88b6);
		assert_int_equal(got.l3_off, f.len);
		assert_int_equal(got.l3, DLO_L3_NONE);
	}
	/* A fifth tag is payload. */
	frame_tag(&f, 0x8100, 1);
	assert_int_equal(parse(f.b, f.len).ether_type, 0x8100);
	assert_int_equal(parse(f.b, f.len).nb_tags, 4);
	assert_int_equal(parse(f.b, f.len).l3_off, 30);
}

static void
every_length_of_ipv4(void **state)
{
	static const struct {
		uint8_t proto, header, l4;
	} kinds[] = {
		{ 6, 20, DLO_L4_PORTS }, { 17, 8, DLO_L4_PORTS }, { 132, 12, DLO_L4_PORTS },
		{ 1, 8, DLO_L4_ICMP }, { 47, 0, DLO_L4_NONE }, { 58, 0, DLO_L4_NONE },
	};
	static const uint8_t options[40] = { 1 };

	(void)state;
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		for (uint32_t opt = 0; opt <= 40; opt += 20) {
			struct frame f;
			struct dlo_frame got;

			frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
			frame_ipv4(&f, kinds[i].proto, IP_TESTER, IP_OURS, options, opt);
			if (kinds[i].proto == 6)
				frame_tcp(&f, 1, 2, 0);
			else if (kinds[i].proto == 17)
				frame_udp(&f, 1, 2, 0);
			else
				frame_fill(&f, kinds[i].header);
			frame_finish(&f);
			assert_faults(&f, 14, f.len);
			got = parse(f.b, f.len);
			assert_int_equal(got.l3, DLO_L3_IPV4);
			assert_int_equal(got.l4, kinds[i].l4);
			assert_int_equal(got.l4_off, kinds[i].l4 == DLO_L4_NONE ? 0 : f.l4);
			assert_int_equal(got.l3_end, f.len);
			assert_int_equal(got.flags, 0);
			/* A datagram that ends early in a frame that does not. */
			for (uint32_t total = 0; total <= f.len - 14; total++) {
				put16(f.b + 16, total);
				assert_int_equal(parse(f.b, f.len).fault, total < f.len - 14 ?
					DLO_FAULT_TRUNCATED : DLO_FAULT_NONE);
			}
			put16(f.b + 16, f.len - 13);
			assert_int_equal(parse(f.b, f.len).fault, DLO_FAULT_TRUNCATED);
			/* Padding is no part of it. */
			put16(f.b + 16, f.len - 14);
			frame_pad(&f, f.len + 6, 0);
			assert_int_equal(parse(f.b, f.len).fault, DLO_FAULT_NONE);
			assert_int_equal(parse(f.b, f.len).l3_end, f.len - 6);
		}
	}
}

static void
every_length_of_ipv6(void **state)
{
	static const uint8_t exts[] = { 0, 43, 44, 51, 60 };

	(void)state;
	for (unsigned int i = 0; i < sizeof(exts); i++) {
		struct frame f;
		struct dlo_frame got;

		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, exts[i], IP6_TESTER, IP6_OURS);
		frame_ext(&f, exts[i], 6, exts[i] == 51 ? 12 : 8);
		f.b[54 + 2] = exts[i] == 43 ? 4 : 0;
		frame_tcp(&f, 1, 2, 0);
		frame_finish(&f);
		assert_faults(&f, 14, f.len);
		got = parse(f.b, f.len);
		assert_int_equal(got.l3, DLO_L3_IPV6);
		assert_int_equal(got.l4, DLO_L4_PORTS);
		assert_int_equal(got.l4_off, f.l4);
		assert_int_equal(got.proto, 6);
		assert_int_equal(got.flags, exts[i] == 44 ? DLO_FRAME_FRAG_HDR :
			exts[i] == 51 ? DLO_FRAME_AUTH : 0);
		for (uint32_t payload = 0; payload <= f.len - 54; payload++) {
			put16(f.b + 18, payload);
			assert_int_equal(parse(f.b, f.len).fault, payload < f.len - 54 ?
				DLO_FAULT_TRUNCATED : DLO_FAULT_NONE);
		}
		put16(f.b + 18, f.len - 53);
		assert_int_equal(parse(f.b, f.len).fault, DLO_FAULT_TRUNCATED);
	}
}

static void
header_lengths_that_lie(void **state)
{
	struct frame f;

	(void)state;
	frame_udp4(&f, 60);
	for (unsigned int ihl = 0; ihl < 5; ihl++) {
		f.b[14] = 0x40 | ihl;
		assert_int_equal(parse(f.b, f.len).fault, DLO_FAULT_TRUNCATED);
		assert_int_equal(parse(f.b, f.len).l3, DLO_L3_NONE);
	}
	/* The addresses are sound, the rest is not: that much can be turned round. */
	frame_udp4(&f, 60);
	put16(f.b + 16, 2000);
	assert_int_equal(parse(f.b, f.len).fault, DLO_FAULT_TRUNCATED);
	assert_int_equal(parse(f.b, f.len).l3, DLO_L3_IPV4);
	assert_int_equal(parse(f.b, f.len).l4, DLO_L4_NONE);

	for (uint32_t says = 0; says < 80; says++) {
		frame_udp4(&f, 60);
		put16(f.b + f.l4 + 4, says);
		assert_int_equal(parse(f.b, f.len).fault,
			says < 8 || says > 68 ? DLO_FAULT_TRUNCATED : DLO_FAULT_NONE);
		/* A first fragment's UDP length is that of the whole. */
		put16(f.b + f.l3 + 6, 0x2000);
		assert_int_equal(parse(f.b, f.len).fault,
			says < 8 ? DLO_FAULT_TRUNCATED : DLO_FAULT_NONE);
	}
	for (unsigned int doff = 0; doff < 16; doff++) {
		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
		frame_ipv4(&f, 6, IP_TESTER, IP_OURS, NULL, 0);
		frame_tcp(&f, 1, 2, 12);
		frame_finish(&f);
		f.b[f.l4 + 12] = doff << 4;
		assert_int_equal(parse(f.b, f.len).fault,
			doff < 5 || doff > 8 ? DLO_FAULT_TRUNCATED : DLO_FAULT_NONE);
	}
	/* IEEE 802.3 length, up to 1500; beyond that it is a type. */
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0);
	frame_fill(&f, 46);
	for (uint32_t type = 0; type < 1600; type++) {
		put16(f.b + 12, type);
		assert_int_equal(parse(f.b, f.len).fault,
			type > 46 && type <= 1500 ? DLO_FAULT_TRUNCATED : DLO_FAULT_NONE);
	}
	/* ARP with address lengths of its own. */
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0806);
	frame_arp(&f, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
	assert_faults(&f, 14, 42);
	for (unsigned int hln = 0; hln < 256; hln++) {
		f.b[14 + 4] = hln;
		assert_int_equal(parse(f.b, f.len).fault,
			hln > 6 ? DLO_FAULT_TRUNCATED : DLO_FAULT_NONE);
	}
}

static void
versions_that_lie_are_not_ip(void **state)
{
	struct frame f;

	(void)state;
	for (unsigned int v = 0; v < 16; v++) {
		frame_udp4(&f, 20);
		f.b[14] = v << 4 | 5;
		assert_int_equal(parse(f.b, f.len).l3, v == 4 ? DLO_L3_IPV4 : DLO_L3_NONE);
		assert_int_equal(parse(f.b, f.len).fault, DLO_FAULT_NONE);
		frame_udp6(&f, 20);
		f.b[14] = v << 4;
		assert_int_equal(parse(f.b, f.len).l3, v == 6 ? DLO_L3_IPV6 : DLO_L3_NONE);
		assert_int_equal(parse(f.b, f.len).fault, DLO_FAULT_NONE);
	}
}

static void
fragments(void **state)
{
	struct frame f;

	(void)state;
	for (uint32_t frag = 0; frag < 65536; frag++) {
		uint8_t want = (frag & 0x1fff) != 0 ? DLO_FRAME_FRAGMENT | DLO_FRAME_LATER :
			(frag & 0x2000) != 0 ? DLO_FRAME_FRAGMENT : 0;
		struct dlo_frame got;

		if (frag == 0)
			frame_udp4(&f, 20);
		put16(f.b + 14 + 6, frag);
		got = parse(f.b, f.len);
		assert_int_equal(got.flags, want);
		assert_int_equal(got.l4, want & DLO_FRAME_LATER ? DLO_L4_NONE : DLO_L4_PORTS);
	}
	for (uint32_t frag = 0; frag < 65536; frag++) {
		uint8_t want = (frag & 0xfff8) != 0 ? DLO_FRAME_FRAGMENT | DLO_FRAME_LATER :
			(frag & 1) != 0 ? DLO_FRAME_FRAGMENT : 0;
		struct dlo_frame got;

		if (frag == 0) {
			frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
			frame_ipv6(&f, 44, IP6_TESTER, IP6_OURS);
			frame_ext(&f, 44, 17, 8);
			frame_udp(&f, 1, 2, 20);
			frame_finish(&f);
		}
		put16(f.b + 54 + 2, frag);
		got = parse(f.b, f.len);
		assert_int_equal(got.flags, want | DLO_FRAME_FRAG_HDR);
		assert_int_equal(got.l4, want & DLO_FRAME_LATER ? DLO_L4_NONE : DLO_L4_PORTS);
		assert_int_equal(got.fault, DLO_FAULT_NONE);
	}
}

/* Chains that are too many, or run out of what is looked at: never guessed at. */
static void
long_chains(void **state)
{
	struct frame f;

	(void)state;
	for (unsigned int n = 0; n < 12; n++) {
		struct dlo_frame got;

		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, n == 0 ? 17 : 60, IP6_TESTER, IP6_OURS);
		for (unsigned int i = 1; i <= n; i++)
			frame_ext(&f, 60, i == n ? 17 : 60, 8);
		frame_udp(&f, 1, 2, 20);
		frame_finish(&f);
		got = parse(f.b, f.len);
		assert_int_equal(got.fault, DLO_FAULT_NONE);
		assert_int_equal(got.l4, n <= DLO_EXT_MAX ? DLO_L4_PORTS : DLO_L4_NONE);
		assert_int_equal(got.flags, n <= DLO_EXT_MAX ? 0 : DLO_FRAME_OPTIONS);
	}
	for (uint32_t len = 8; len <= 2048; len += 8) {
		struct dlo_frame got;
		bool near = 54 + len + 8 <= DLO_HEAD_MAX;

		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, 0, IP6_TESTER, IP6_OURS);
		frame_ext(&f, 0, 17, len);
		frame_udp(&f, 1, 2, 200);
		frame_finish(&f);
		got = parse(f.b, f.len);
		assert_int_equal(got.fault, DLO_FAULT_NONE);
		assert_int_equal(got.l4, near ? DLO_L4_PORTS : DLO_L4_NONE);
		assert_int_equal(got.flags, near ? 0 : DLO_FRAME_OPTIONS);
	}
}

/* ESP and no next header end the walk; so does what nobody knows. */
static void
other_protocols_end_the_walk(void **state)
{
	struct frame f;

	(void)state;
	for (unsigned int proto = 0; proto < 256; proto++) {
		struct dlo_frame got;

		if (proto == 0 || proto == 43 || proto == 44 || proto == 51 || proto == 60 ||
			proto == 6 || proto == 17 || proto == 132 || proto == 58)
			continue;
		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, proto, IP6_TESTER, IP6_OURS);
		frame_finish(&f);
		got = parse(f.b, f.len);
		assert_int_equal(got.fault, DLO_FAULT_NONE);
		assert_int_equal(got.l4, DLO_L4_NONE);
		assert_int_equal(got.flags, 0);
		assert_int_equal(got.proto, proto);
	}
}

/* Quotes cut off anywhere: read no further, swap only what is there. */
static void
quotes_of_every_length(void **state)
{
	struct frame f;

	(void)state;
	frame_udp4(&f, 20);
	for (uint32_t end = 0; end <= f.len; end++) {
		uint8_t *head = malloc(end > 0 ? end : 1);
		struct dlo_frame got;

		memcpy(head, f.b, end);
		dlo_frame_parse_quoted(head, 14, end, &got);
		assert_int_equal(got.l3, end < 34 ? DLO_L3_NONE : DLO_L3_IPV4);
		assert_int_equal(got.l4, end < 38 ? DLO_L4_NONE : DLO_L4_PORTS);
		free(head);
	}
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(&f, 60, IP6_TESTER, IP6_OURS);
	frame_ext(&f, 60, 44, 16);
	frame_ext(&f, 44, 6, 8);
	frame_tcp(&f, 1, 2, 4);
	for (uint32_t end = 0; end <= f.len; end++) {
		uint8_t *head = malloc(end > 0 ? end : 1);
		struct dlo_frame got;

		memcpy(head, f.b, end);
		dlo_frame_parse_quoted(head, 14, end, &got);
		assert_int_equal(got.l3, end < 54 ? DLO_L3_NONE : DLO_L3_IPV6);
		assert_int_equal(got.l4, end < f.l4 + 4 ? DLO_L4_NONE : DLO_L4_PORTS);
		free(head);
	}
}

/* RFC 1624 against sums from scratch: every old word with every sum it can have, and back. */
/* RFC 1071: words one after the other, as it is written there. */
static void
sums_of_any_length(void **state)
{
	uint8_t bytes[70];

	(void)state;
	for (unsigned int fill = 0; fill < 3; fill++) {
		for (unsigned int i = 0; i < sizeof(bytes); i++)
			bytes[i] = fill == 0 ? 0 : fill == 1 ? 0xff : (uint8_t)(i * 37 + 11);
		for (size_t from = 0; from < 4; from++) {
			for (size_t len = 0; from + len <= sizeof(bytes); len++) {
				uint32_t want = 0;

				for (size_t i = 0; i < len; i++)
					want += (uint32_t)bytes[from + i] << (i % 2 == 0 ? 8 : 0);
				assert_int_equal(dlo_cksum_fold(dlo_cksum_sum(bytes + from, len)),
					dlo_cksum_fold(want));
			}
		}
	}
}

static void
checksum_updates(void **state)
{
	(void)state;
	for (uint32_t old = 0; old < 65536; old++) {
		for (uint32_t add = 1; add < 65536; add += 4099) {
			/* Data: the word, and another that is never zero. */
			uint8_t data[4];
			uint16_t before, after, updated;
			uint16_t new = old * 40503u + add;

			put16(data, old);
			put16(data + 2, add);
			before = ~dlo_cksum_fold(dlo_cksum_sum(data, 4));
			put16(data, new);
			after = ~dlo_cksum_fold(dlo_cksum_sum(data, 4));
			updated = dlo_cksum_update16(before, old, new);
			if (updated != after)
				fail_msg("%04x -> %04x: %04x, not %04x", old, new, updated, after);
			assert_int_equal(dlo_cksum_update16(updated, new, old), before);
		}
	}
	/* The echo of RFC 792, with every sum that a request may bring. */
	for (uint32_t cksum = 0; cksum < 65536; cksum++) {
		uint16_t updated = dlo_cksum_update16(cksum, 0x0800, 0);
		uint32_t sum = cksum + 0x0800;

		assert_int_equal(updated % 0xffff, (sum & 0xffff) + (sum >> 16) == 0xffff ? 0 :
			((sum & 0xffff) + (sum >> 16)) % 0xffff);
	}
}

static void
sums(void **state)
{
	/* RFC 1071 section 3. */
	static const uint8_t data[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	static const uint8_t odd[] = { 0x12, 0x34, 0x56 };

	(void)state;
	assert_int_equal(dlo_cksum_fold(dlo_cksum_sum(data, sizeof(data))), 0xddf2);
	assert_int_equal(dlo_cksum_fold(dlo_cksum_sum(odd, sizeof(odd))), 0x6834);
	assert_int_equal(dlo_cksum_fold(dlo_cksum_sum(odd, 0)), 0);
	assert_int_equal(dlo_cksum_fold(0xffffffffffffffff), 0xffff);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags),
		cmocka_unit_test(every_length_of_ipv4),
		cmocka_unit_test(every_length_of_ipv6),
		cmocka_unit_test(header_lengths_that_lie),
		cmocka_unit_test(versions_that_lie_are_not_ip),
		cmocka_unit_test(fragments),
		cmocka_unit_test(long_chains),
		cmocka_unit_test(other_protocols_end_the_walk),
		cmocka_unit_test(quotes_of_every_length),
		cmocka_unit_test(sums_of_any_length),
		cmocka_unit_test(checksum_updates),
		cmocka_unit_test(sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
