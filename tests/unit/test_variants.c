/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every variant of the burst function against the scalar one, on bursts made of sound, mutated and
 * random frames in all sorts of mbufs: the same verdicts, the same order, and the same bytes, before
 * and behind the frames, too. What nobody may ever change (in front of a frame, behind it, in data that
 * are shared) is held against what it was before, whatever the oracle says (recipes.h).
 *
 * DLO_TEST_FRAMES=10000000 makes it long; DLO_TEST_SEED=N repeats one. Variants that this CPU cannot
 * run are skipped and said to be.
 */
#include "filters.h"
#include "recipes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "frame/cksum.h"
#include "reflect/probe.h"

#define FRAMES_DEFAULT 1000000
#define SHAPES_MAX 80
#define SERVICE 0x5670 /* a UDP port that answers; near those of other frames */
#define NONCE 0x1234

static struct side want, got;
static struct frame *shapes[SHAPES_MAX];
static struct dlo_loop_guard guard = { .id = 77, .nonces = { NONCE } };
static unsigned int nb_shapes;

static struct frame *
shape(void)
{
	struct frame *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_true(nb_shapes < SHAPES_MAX);
	shapes[nb_shapes++] = f;
	return f;
}

static void
shape_tags(struct frame *f, unsigned int tags)
{
	static const uint16_t tpid[] = { 0x88a8, 0x8100, 0x9100 };

	for (unsigned int i = 0; i < tags; i++)
		frame_tag(f, tpid[i % 3], 0x2000 + i);
}

static void
shape_l4(struct frame *f, uint8_t proto)
{
	switch (proto) {
	case 6:
		frame_tcp(f, 1000, 2000, 13);
		break;
	case 17:
		frame_udp(f, 1000, 2000, 20);
		break;
	case 132:
		frame_sctp(f, 1000, 2000, 16);
		break;
	case 1:
	case 58:
		frame_icmp(f, proto == 1 ? 8 : 128, 0, 0x00010002, 30);
		break;
	default:
		frame_fill(f, 40);
		break;
	}
}

static void
make_shapes(void)
{
	static const uint8_t protos[] = { 6, 17, 132, 1, 58, 47 };
	static const uint8_t options[] = { 7, 7, 4, 0, 0, 0, 0, 1 };
	struct frame *f;

	for (unsigned int tags = 0; tags <= 3; tags++) {
		for (size_t i = 0; i < sizeof(protos); i++) {
			f = shape();
			frame_ether(f, MAC_OTHER, MAC_TESTER, 0x0800);
			shape_tags(f, tags);
			frame_ipv4(f, protos[i], IP_TESTER, IP_OTHER, NULL, 0);
			shape_l4(f, protos[i]);
			frame_finish(f);
			f = shape();
			frame_ether(f, MAC_OTHER, MAC_TESTER, 0x86dd);
			shape_tags(f, tags);
			frame_ipv6(f, protos[i], IP6_TESTER, IP6_OTHER);
			shape_l4(f, protos[i]);
			frame_finish(f);
		}
		f = shape();
		frame_ether(f, MAC_OTHER, MAC_TESTER, 0x88b6);
		shape_tags(f, tags);
		frame_fill(f, 50);
	}
	f = shape();
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 17, IP_TESTER, IP_OTHER, options, sizeof(options));
	shape_l4(f, 17);
	frame_finish(f);
	f = shape();
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 44, IP6_TESTER, IP6_OTHER);
	frame_ext(f, 44, 17, 8);
	frame_udp(f, 5, 6, 24);
	frame_finish(f);
	f = shape();
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 1, IP_TESTER, IP_OURS, NULL, 0);
	shape_l4(f, 1);
	frame_finish(f);
	f = shape();
	frame_ether(f, 0xffffffffffff, MAC_TESTER, 0x0806);
	frame_arp(f, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
	f = shape();
	frame_udp4(f, 1000);
	f = shape();
	frame_udp4(f, 18);
	/* Near a service: vary() finds its port and our address. */
	for (unsigned int i = 0; i < 4; i++) {
		f = shape();
		if (i % 2 == 0)
			frame_udp4(f, 18);
		else
			frame_udp6(f, 18);
		put16(f->b + f->l4 + 2, SERVICE + i / 2);
	}
	f = shape();
	frame_ether(f, MAC_OTHER, MAC_TESTER, 0x88b5); /* looks like a loop probe from afar */
	frame_fill(f, 50);
	f = shape();
	frame_ether(f, MAC_OURS, MAC_TESTER, 40); /* IEEE 802.3 length */
	frame_fill(f, 46);
	/* A loop probe, another port's, and what only has its EtherType. */
	for (unsigned int i = 0; i < 3; i++) {
		f = shape();
		frame_ether(f, MAC_OURS, MAC_TESTER, 0);
		f->len = dlo_probe_write(f->b, f->b, 12, guard.id + i, NONCE);
		if (i == 2)
			memset(f->b + 14, 0x11, 20);
	}
}

/* Fields that decide something get values that decide otherwise. */
static void
mutate(struct recipe *r)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff, 0x45, 0x46, 0x60, 6, 17, 132, 0x08,
		0x81, 0x86, 0xdd, 0x88, 0xa8, 0x91, 0xe0, 0x20, 0x3f };
	uint32_t n = 1 + draw(3), reach = r->len < 90 ? r->len : 90;

	while (n-- > 0 && reach > 0) {
		uint32_t at = draw(reach);

		switch (draw(4)) {
		case 0:
			r->bytes[at] ^= 1 << draw(8);
			break;
		case 1:
			r->bytes[at] = (uint8_t)draw(256);
			break;
		case 2:
			r->bytes[at] = values[draw(sizeof(values))];
			break;
		default:
			/* Addresses that are alike: MACs, IPv4, IPv6. */
			if (one_in(3))
				memmove(r->bytes, r->bytes + 6, r->len < 12 ? 0 : 6);
			else if (one_in(2))
				memmove(r->bytes + 30, r->bytes + 26, r->len < 34 ? 0 : 4);
			else
				memmove(r->bytes + 38, r->bytes + 22, r->len < 54 ? 0 : 16);
			break;
		}
	}
}

static void
resize(struct recipe *r)
{
	uint32_t len = one_in(2) ? draw(r->len + 1) : r->len + draw(40);

	if (len > BUF_MAX - 128)
		len = BUF_MAX - 128;
	for (uint32_t i = r->len; i < len; i++)
		r->bytes[i] = (uint8_t)draw(256);
	r->len = len;
}

/* What may differ between frames of one flow, and should not matter. */
static void
vary(struct recipe *r, const struct frame *f)
{
	bool v4 = f->len > f->l3 && f->b[f->l3] >> 4 == 4;

	if (f->l3 == 0 || r->len < f->l3 + 48u)
		return;
	if (v4) {
		r->bytes[f->l3 + 1] = (uint8_t)draw(256);
		r->bytes[f->l3 + 5] = (uint8_t)draw(256);
		r->bytes[f->l3 + 8] = (uint8_t)draw(256);
		r->bytes[f->l3 + 15] = (uint8_t)draw(4);
		r->bytes[f->l3 + 19] = (uint8_t)draw(4);
	} else {
		r->bytes[f->l3 + 3] = (uint8_t)draw(256);
		r->bytes[f->l3 + 23] = (uint8_t)draw(4);
		r->bytes[f->l3 + 39] = (uint8_t)draw(4);
	}
	if (f->l4 != 0)
		r->bytes[f->l4 + 1] = (uint8_t)draw(256);
	/* No checksum, or nobody would be answered. */
	if (f->l4 != 0 && (get16(f->b + f->l4 + 2) & ~1) == SERVICE) {
		put16(r->bytes + f->l4 + 6, 0);
		if (one_in(4))
			r->bytes[f->l4 + 3] ^= 1;
	}
	if (v4 && one_in(2)) {
		put16(r->bytes + f->l3 + 10, 0);
		put16(r->bytes + f->l3 + 10,
			~dlo_cksum_fold(dlo_cksum_sum(r->bytes + f->l3, 20)));
	}
}

static void
take_shape(struct recipe *r, const struct frame *f)
{
	r->len = f->len;
	memcpy(r->bytes, f->b, f->len);
}

/* Runs of one kind with something else in between, pure mixes, and noise. */
static void
make_burst(struct recipe *r, unsigned int nb)
{
	uint32_t style = draw(8);
	const struct frame *f = shapes[draw(nb_shapes)];
	bool odd = one_in(4), pooled = one_in(2);

	for (unsigned int i = 0; i < nb; i++) {
		bool deviates = style < 3 ? one_in(40) : style < 6 ? one_in(6) : style == 6;

		if (style >= 5 || (deviates && one_in(4)))
			f = shapes[draw(nb_shapes)];
		take_shape(&r[i], f);
		/* Varied frames have wrong sums, which answers look at. */
		if (!one_in(8))
			vary(&r[i], f);
		if (deviates && !one_in(3))
			mutate(&r[i]);
		if (deviates && one_in(4))
			resize(&r[i]);
		if (style == 7 && one_in(4)) {
			r[i].len = draw(120);
			for (uint32_t j = 0; j < r[i].len; j++)
				r[i].bytes[j] = (uint8_t)draw(256);
		}
		recipe_hold(&r[i], odd && (deviates || one_in(8)), pooled);
	}
}

/* Loopbacks among the addresses that varied frames have. */
static void
add_loopbacks(struct dlo_plan *plan)
{
	static const char *const addresses[] = { IP_OURS, IP6_OURS, "198.51.100.2", "2001:db8::2",
		"198.18.0.3", "2001:2::3" };
	struct dlo_addr_rule rules[6];

	for (unsigned int i = 0; i < 6; i++) {
		assert_int_equal(dlo_prefix_parse(addresses[i], &rules[i].prefix), 0);
		rules[i].owner = i < 2 ? DLO_OWNER_PORT :
			plan->link     ? DLO_OWNER_HOST_LOOPBACK :
					 DLO_OWNER_LOOPBACK + i;
	}
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	plan->addresses = dlo_addr_table_create(rules, 6);
	assert_non_null(plan->addresses);
	plan->punt = !plan->link && !one_in(4);
	plan->forward = plan->link;
	if (!one_in(4))
		put48(plan->mac.addr_bytes, MAC_OTHER);
}

/* What expressions look at: EtherType, protocol, ports, addresses, lengths; and what they seldom do. */
static void
add_filter(struct dlo_plan *plan)
{
	static const struct filter_term known[] = {
		{ 12, false, 0xffff, 0x0800 },
		{ 12, false, 0xffff, 0x86dd },
		{ 12, false, 0xff00, 0x8100 },
		{ 22, false, 0x00ff, 17 },
		{ 22, false, 0x00ff, 6 },
		{ 20, false, 0xff00, 0x1100 },
		{ 0, true, 0xffff, 1000 },
		{ 2, true, 0xffff, 2000 },
		{ 0, true, 0xff00, 0x0300 },
		{ 2, true, 0xffff, SERVICE },
		{ 54, false, 0xffff, 1000 },
		{ 26, false, 0xffff, 0xc612 },
		{ 16, false, 0xff00, 0 },
		{ 60, false, 0x000f, 5 },
	};
	static struct filter_terms terms;

	terms.nb = 1 + draw(TERMS_MAX);
	for (unsigned int i = 0; i < terms.nb; i++) {
		terms.terms[i] = known[draw(sizeof(known) / sizeof(known[0]))];
		if (one_in(6)) {
			terms.terms[i].off = (uint16_t)draw(90);
			terms.terms[i].mask = (uint16_t)(1 << draw(16));
			terms.terms[i].value = one_in(2) ? terms.terms[i].mask : 0;
		}
	}
	plan->filter = filter_of(&terms);
	plan->unmatched_punt = !plan->link && one_in(2);
}

static struct dlo_plan *
make_plan(void)
{
	struct dlo_plan *plan = plan_of(draw(DLO_MODE_MAX), !one_in(4), one_in(6));

	plan->accept = draw(DLO_ACCEPT_MAX);
	if (plan->accept == DLO_ACCEPT_OWN && one_in(2))
		put48(plan->mac.addr_bytes, MAC_OTHER);
	if (one_in(3))
		plan->answers = draw(UINT32_C(1) << DLO_ANSWER_MAX);
	if (one_in(2))
		plan->settings.udp_echo.port = SERVICE;
	if (one_in(4))
		put48(plan->own_macs[1].addr_bytes, MAC_TESTER);
	if (one_in(8))
		plan->nb_own_macs = 0;
	if (one_in(3))
		add_loopbacks(plan);
	if (one_in(3))
		add_filter(plan);
	plan->restore_tags = !one_in(4);
	if (one_in(2))
		plan->loop_guard = &guard;
	plan->loop_stop = one_in(8);
	return plan;
}

static unsigned long
number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoul(text, NULL, 10);
}

static void
differential(void **state)
{
	const char *variant = *state;
	unsigned long frames = number("DLO_TEST_FRAMES", FRAMES_DEFAULT);
	static struct recipe r[SLOTS];
	struct dlo_lane lane = { 0 };
	char what[64];

	seed = number("DLO_TEST_SEED", 88172645463325252ul);
	for (unsigned long done = 0; done < frames;) {
		struct dlo_plan *plan = make_plan();

		assert_int_equal(dlo_plan_use_variant(plan, variant), 0);
		for (unsigned int n = 0; n < 64 && done < frames; n++) {
			unsigned int nb = one_in(3) ? 32 : draw(SLOTS + 1);
			uint64_t before = seed;

			make_burst(r, nb);
			for (unsigned int i = 0; i < nb; i++) {
				side_build(&want, i, &r[i]);
				side_build(&got, i, &r[i]);
			}
			memset(&want.burst, 0xee, sizeof(want.burst));
			want.burst.lane = NULL;
			memset(&got.burst, 0xdd, sizeof(got.burst));
			dlo_reflect_burst_scalar(plan, want.pkts, nb, &want.burst);
			/* What the lane remembers of frames holds for all bursts of one plan; the
			 * limit of answers is none. */
			dlo_reflect_burst(plan, one_in(4) ? NULL : &lane, got.pkts, nb, &got.burst);
			got.burst.lane = NULL;
			snprintf(what, sizeof(what), "%s, %s, burst %" PRIu64, variant,
				dlo_mode_name(plan->mode), before);
			sides_compare(what, &want, &got, r, nb);
			done += nb == 0 ? 1 : nb;
		}
		plan_free(plan);
	}
}

static void
every_kind_is_there(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	unsigned int seen[DLO_VERDICT_MAX] = { 0 };
	static struct recipe r[SLOTS];

	(void)state;
	plan->settings.udp_echo.port = SERVICE;
	/* A generator that only ever makes frames of one fate would prove nothing. */
	for (unsigned int n = 0; n < 2000; n++) {
		make_burst(r, SLOTS);
		for (unsigned int i = 0; i < SLOTS; i++)
			side_build(&want, i, &r[i]);
		want.burst.lane = NULL;
		dlo_reflect_burst_scalar(plan, want.pkts, SLOTS, &want.burst);
		for (unsigned int i = 0; i < SLOTS; i++)
			seen[want.burst.verdict[i]]++;
	}
	for (unsigned int v = 0; v < DLO_VERDICT_MAX; v++) {
		switch (v) {
		case DLO_REFLECTED:
			assert_in_range(seen[v], 2000 * SLOTS / 4, 2000 * SLOTS);
			break;
		case DLO_ANSWERED_ICMP:
		case DLO_ANSWERED_UDP_ECHO:
		case DLO_DROP_SHORT:
		case DLO_DROP_TRUNCATED:
		case DLO_DROP_MCAST_SRC:
		case DLO_DROP_MCAST_DST:
		case DLO_DROP_SRC_IS_DST:
		case DLO_DROP_LAND:
		case DLO_DROP_MARTIAN:
		case DLO_DROP_OPTIONS:
		case DLO_DROP_SHARED:
			if (seen[v] == 0)
				fail_msg("no frame is %s", dlo_verdict_name(v));
			break;
		default:
			break;
		}
	}
	plan_free(plan);
}

static void
names(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	unsigned int n = 0;

	(void)state;
	assert_int_equal(dlo_plan_use_variant(plan, "abacus"), -ENOENT);
	assert_int_equal(dlo_plan_use_variant(plan, "scalar"), 0);
	assert_ptr_equal(plan->burst, dlo_reflect_burst_scalar);
	assert_string_equal(dlo_plan_variant(plan), "scalar");
	while (dlo_variant_name(n) != NULL)
		n++;
	assert_string_equal(dlo_variant_name(n - 1), "scalar");
	dlo_plan_choose_burst(plan);
	assert_string_not_equal(dlo_plan_variant(plan), "?");
	plan_free(plan);
}

int
main(void)
{
	struct CMUnitTest tests[16] = {
		cmocka_unit_test(names),
		cmocka_unit_test(every_kind_is_there),
	};
	static char labels[16][32];
	struct dlo_plan plan = { 0 };
	unsigned int nb = 2;
	const char *name;

	side_init(&want);
	side_init(&got);
	make_shapes();
	for (unsigned int i = 0; (name = dlo_variant_name(i)) != NULL; i++) {
		if (dlo_plan_use_variant(&plan, name) != 0) {
			printf("# %s: this CPU has no such instructions: not tested here\n", name);
			continue;
		}
		snprintf(labels[i], sizeof(labels[i]), "differential_%s", name);
		tests[nb].name = labels[i];
		tests[nb].test_func = differential;
		tests[nb++].initial_state = (void *)(uintptr_t)name;
	}
	return _cmocka_run_group_tests("variants", tests, nb, NULL, NULL);
}
