/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter_try.h"

#include <string.h>

#include <rte_mbuf.h>

#include "filter_trace.h"
#include "frame/build.h"
#include "frame/bytes.h"
#include "frame/proto.h"

#define ROUNDS 6000
#define FRAME_MAX 256
#define FRAME_LEN 150

struct trial {
	const struct bpf_program *program;
	uint64_t seed;
	uint32_t len;
	uint8_t frame[FRAME_MAX];
};

/* xorshift64*: the same frames each time, so that a filter is judged the same each time. */
static uint32_t
draw(struct trial *t, uint32_t below)
{
	t->seed ^= t->seed >> 12;
	t->seed ^= t->seed << 25;
	t->seed ^= t->seed >> 27;
	return (uint32_t)((t->seed * UINT64_C(2685821657736338717)) >> 33) % below;
}

bool
filter_run_libpcap(const struct bpf_program *program, const struct rte_mbuf *m)
{
	uint32_t len = rte_pktmbuf_data_len(m);
	uint8_t buf[FILTER_WINDOW];
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);

	if (m->nb_segs > 1 && len < FILTER_WINDOW) {
		len = RTE_MIN(rte_pktmbuf_pkt_len(m), (uint32_t)FILTER_WINDOW);
		/* Copies only what does not lie in the first segment already. */
		data = rte_pktmbuf_read(m, 0, len, buf);
		if (data == NULL)
			return false;
	}
	return bpf_filter(program->bf_insns, data, rte_pktmbuf_pkt_len(m), len) != 0;
}

static void
make_frame(struct trial *t)
{
	struct dlo_build spec = {
		.dst_mac = { 2, 0, 0, 0, 0, 1 },
		.src_mac = { 2, 0, 0, 0, 0, 2 },
		.src_ip = { 198, 18, 0, 1 },
		.dst_ip = { 198, 18, 0, 2 },
		.vlan = draw(t, 4) == 0 ? 5 : 0,
		.ipv6 = draw(t, 3) == 0,
		.l4 = draw(t, DLO_BUILD_LBM + 1),
		.src_port = (uint16_t)draw(t, 0x10000),
		.dst_port = (uint16_t)draw(t, 0x10000),
	};

	t->len = (uint32_t)dlo_build_frame(t->frame, FRAME_LEN, &spec);
	if (draw(t, 8) == 0)
		t->len = draw(t, t->len + 1);
	if (draw(t, 16) == 0) {
		for (uint32_t i = 0; i < FRAME_LEN; i++)
			t->frame[i] = (uint8_t)draw(t, 256);
	}
	/* IP options move what comes behind them. */
	if (t->frame[DLO_ETHER_HLEN] >> 4 == 4 && draw(t, 4) == 0)
		t->frame[DLO_ETHER_HLEN] = (uint8_t)(0x40 | draw(t, 16));
	if (draw(t, 8) == 0)
		dlo_put16(t->frame + DLO_ETHER_TYPE, DLO_TYPE_ARP);
}

static void
put(struct trial *t, const struct bpf_insn *load, uint32_t value)
{
	uint32_t n = BPF_SIZE(load->code) == BPF_W ? 4 : BPF_SIZE(load->code) == BPF_H ? 2 : 1;
	uint64_t off = load->k;

	if (BPF_MODE(load->code) == BPF_IND)
		off += (t->frame[DLO_ETHER_HLEN] & 15u) * 4;
	else if (BPF_MODE(load->code) != BPF_ABS)
		return;
	for (uint32_t i = 0; i < n && off + i < FRAME_MAX; i++)
		t->frame[off + i] = (uint8_t)(value >> (n - 1 - i) * 8);
}

/* A value for which the jump goes where it is wanted to, the nearest there is as often as not. */
static uint32_t
value_for(struct trial *t, const struct bpf_insn *jump, bool yes)
{
	uint32_t other = draw(t, 2) == 0 ? jump->k + 1 : draw(t, 2) == 0 ? jump->k - 1 : 0;

	switch (BPF_OP(jump->code)) {
	case BPF_JEQ:
		return yes ? jump->k : other;
	case BPF_JSET:
		return yes ? jump->k : ~jump->k;
	case BPF_JGE:
		return yes ? jump->k : jump->k - 1;
	default: /* BPF_JGT */
		return yes ? jump->k + 1 : jump->k;
	}
}

/*
 * Walk through the program, at each jump one way or the other, and make the frame go that way. What
 * is written later may undo what was before; there are many walks.
 */
static void
walk(struct trial *t)
{
	const struct bpf_insn *load = NULL;

	for (uint32_t pc = 0; pc < t->program->bf_len; pc++) {
		const struct bpf_insn *in = &t->program->bf_insns[pc];
		bool yes = draw(t, 2) == 0;

		if (BPF_CLASS(in->code) == BPF_LD) {
			load = in;
		} else if (BPF_CLASS(in->code) == BPF_RET) {
			return;
		} else if (BPF_CLASS(in->code) == BPF_JMP && BPF_OP(in->code) == BPF_JA) {
			pc += in->k;
		} else if (BPF_CLASS(in->code) == BPF_JMP) {
			if (load != NULL && BPF_SRC(in->code) == BPF_K)
				put(t, load, value_for(t, in, yes));
			pc += yes ? in->jt : in->jf;
		}
	}
}

static void
next_trial(struct trial *t)
{
	make_frame(t);
	if (draw(t, 8) != 0)
		walk(t);
	if (draw(t, 4) == 0)
		t->frame[draw(t, 64)] ^= (uint8_t)(1 << draw(t, 8));
}

/* One segment, or two with the cut anywhere. */
static void
hold(struct trial *t, struct rte_mbuf segs[2], bool split)
{
	uint32_t at = split ? draw(t, t->len + 1) : t->len;

	memset(segs, 0, 2 * sizeof(segs[0]));
	segs[0].buf_addr = t->frame;
	segs[0].buf_len = FRAME_MAX;
	segs[0].data_len = (uint16_t)at;
	segs[0].pkt_len = t->len;
	segs[0].nb_segs = split ? 2 : 1;
	segs[0].next = split ? &segs[1] : NULL;
	segs[1].buf_addr = t->frame + at;
	segs[1].buf_len = FRAME_MAX;
	segs[1].data_len = (uint16_t)(t->len - at);
	segs[1].pkt_len = segs[1].data_len;
	segs[1].nb_segs = 1;
	rte_mbuf_refcnt_set(&segs[0], 1);
	rte_mbuf_refcnt_set(&segs[1], 1);
}

bool
filter_try_match(const struct bpf_program *program,
	bool (*match)(const void *ctx, const struct rte_mbuf *m), const void *ctx)
{
	struct trial t = { .program = program, .seed = UINT64_C(88172645463325252) };
	struct rte_mbuf segs[2];

	for (unsigned int i = 0; i < ROUNDS; i++) {
		bool want;

		next_trial(&t);
		hold(&t, segs, false);
		want = filter_run_libpcap(program, segs);
		if (match(ctx, segs) != want)
			return false;
		hold(&t, segs, true);
		if (match(ctx, segs) != want)
			return false;
	}
	return true;
}

bool
filter_try_trace(const struct bpf_program *program)
{
	struct trial t = { .program = program, .seed = UINT64_C(88172645463325252) };
	uint8_t mask[DLO_FILTER_REACH];
	struct rte_mbuf segs[2];
	bool far;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		bool want, got;

		next_trial(&t);
		hold(&t, segs, false);
		want = filter_run_libpcap(program, segs);
		got = filter_trace(program, t.frame, t.len, mask, &far);
		if (got != want)
			return false;
		if (far)
			continue;
		for (uint32_t k = 0; k < t.len; k++) {
			if (k >= DLO_FILTER_REACH || mask[k] == 0)
				t.frame[k] = (uint8_t)draw(&t, 256);
		}
		if (filter_run_libpcap(program, segs) != want)
			return false;
	}
	return true;
}
