/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter_trace.h"

#include <string.h>

/* The machine of bpf(4): accumulator, index register, scratch memory. */
struct machine {
	const uint8_t *data;
	uint32_t len;
	uint32_t a, x;
	uint32_t mem[BPF_MEMWORDS];
	uint8_t *mask;
	bool far;
};

static uint32_t
size_of(uint16_t code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

/* @return false: beyond the end, which ends the program with a no */
static bool
load(struct machine *m, uint64_t off, uint32_t n, uint32_t *ret)
{
	uint32_t v = 0;

	if (off + n > m->len)
		return false;
	for (uint64_t i = off; i < off + n; i++) {
		v = v << 8 | m->data[i];
		if (i < DLO_FILTER_REACH)
			m->mask[i] = 0xff;
		else
			m->far = true;
	}
	*ret = v;
	return true;
}

static bool
run_load(struct machine *m, const struct bpf_insn *in)
{
	uint32_t *to = BPF_CLASS(in->code) == BPF_LD ? &m->a : &m->x;

	switch (BPF_MODE(in->code)) {
	case BPF_IMM:
		*to = in->k;
		return true;
	case BPF_ABS:
		return load(m, in->k, size_of(in->code), to);
	case BPF_IND:
		/* The sum wraps nowhere: a negative offset is one far beyond any frame. */
		return load(m, (uint64_t)m->x + in->k, size_of(in->code), to);
	case BPF_MEM:
		*to = m->mem[in->k % BPF_MEMWORDS];
		return true;
	case BPF_LEN:
		*to = m->len;
		return true;
	case BPF_MSH:
		if (!load(m, in->k, 1, to))
			return false;
		*to = (*to & 0xf) << 2;
		return true;
	default:
		return false;
	}
}

/* @return false on a division by zero, which ends the program with a no */
static bool
run_alu(struct machine *m, const struct bpf_insn *in)
{
	uint32_t v = BPF_SRC(in->code) == BPF_X ? m->x : in->k;

	switch (BPF_OP(in->code)) {
	case BPF_ADD:
		m->a += v;
		break;
	case BPF_SUB:
		m->a -= v;
		break;
	case BPF_MUL:
		m->a *= v;
		break;
	case BPF_DIV:
	case BPF_MOD:
		if (v == 0)
			return false;
		m->a = BPF_OP(in->code) == BPF_DIV ? m->a / v : m->a % v;
		break;
	case BPF_OR:
		m->a |= v;
		break;
	case BPF_AND:
		m->a &= v;
		break;
	case BPF_XOR:
		m->a ^= v;
		break;
	case BPF_LSH:
		m->a = v < 32 ? m->a << v : 0;
		break;
	case BPF_RSH:
		m->a = v < 32 ? m->a >> v : 0;
		break;
	case BPF_NEG:
		m->a = 0 - m->a;
		break;
	default:
		return false;
	}
	return true;
}

static uint32_t
jump(const struct machine *m, const struct bpf_insn *in)
{
	uint32_t v = BPF_SRC(in->code) == BPF_X ? m->x : in->k;
	bool yes;

	switch (BPF_OP(in->code)) {
	case BPF_JA:
		return in->k;
	case BPF_JEQ:
		yes = m->a == v;
		break;
	case BPF_JGT:
		yes = m->a > v;
		break;
	case BPF_JGE:
		yes = m->a >= v;
		break;
	default: /* BPF_JSET */
		yes = (m->a & v) != 0;
		break;
	}
	return yes ? in->jt : in->jf;
}

bool
filter_trace(const struct bpf_program *program, const uint8_t *data, uint32_t len,
	uint8_t mask[DLO_FILTER_REACH], bool *ret_far)
{
	struct machine m = { .data = data, .len = len, .mask = mask };
	uint32_t answer = 0;
	bool goes_on = true;

	memset(mask, 0, DLO_FILTER_REACH);
	/* Jumps lead forward only: libpcap makes no others. */
	for (uint32_t pc = 0; goes_on && pc < program->bf_len; pc++) {
		const struct bpf_insn *in = &program->bf_insns[pc];

		switch (BPF_CLASS(in->code)) {
		case BPF_LD:
		case BPF_LDX:
			goes_on = run_load(&m, in);
			break;
		case BPF_ST:
			m.mem[in->k % BPF_MEMWORDS] = m.a;
			break;
		case BPF_STX:
			m.mem[in->k % BPF_MEMWORDS] = m.x;
			break;
		case BPF_ALU:
			goes_on = run_alu(&m, in);
			break;
		case BPF_JMP:
			pc += jump(&m, in);
			break;
		case BPF_RET:
			answer = BPF_RVAL(in->code) == BPF_A ? m.a : in->k;
			goes_on = false;
			break;
		default: /* BPF_MISC */
			if (BPF_MISCOP(in->code) == BPF_TAX)
				m.x = m.a;
			else
				m.a = m.x;
			break;
		}
	}
	*ret_far = m.far;
	return answer != 0;
}
