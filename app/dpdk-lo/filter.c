/* SPDX-License-Identifier: BSD-3-Clause */
#define ALLOW_EXPERIMENTAL_API /* rte_bpf_convert() */
#include "filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bpf.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "filter_trace.h"
#include "filter_try.h"

struct filter {
	struct filter *next;
	char expression[DLO_CONF_FILTER];
	unsigned int users; /* plans */
	uint64_t serial;
	struct bpf_program program;
	struct rte_bpf *bpf; /* NULL: libpcap runs it */
	struct rte_bpf_jit jit;
	bool traced; /* it can be said which bytes make frames match */
};

/* Those that plans have; a handful. */
static struct filter *filters;

/* Compiled with a snapshot as long as any frame: a match is the number of bytes to keep, never 0. */
static int
compile(const char *expression, struct bpf_program *ret, char err[DLO_CONF_ERR])
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, FILTER_FRAME_MAX);
	int rc = 0;

	if (pcap == NULL) {
		snprintf(err, DLO_CONF_ERR, "--filter: no memory");
		return -EINVAL;
	}
	if (pcap_compile(pcap, ret, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(err, DLO_CONF_ERR, "--filter: '%.200s': %s; see pcap-filter(7)", expression,
			pcap_geterr(pcap));
		rc = -EINVAL;
	}
	pcap_close(pcap);
	return rc;
}

int
filter_check(const char *expression, char err[DLO_CONF_ERR])
{
	struct bpf_program program;
	int rc = compile(expression, &program, err);

	if (rc == 0)
		pcap_freecode(&program);
	return rc;
}

int
filter_check_all(const struct dlo_conf *conf, char err[DLO_CONF_ERR])
{
	int rc = 0;

	if (conf->all.filter[0] != '\0')
		rc = filter_check(conf->all.filter, err);
	for (unsigned int i = 0; rc == 0 && i < conf->nb_ports; i++) {
		if (conf->ports[i].port.filter[0] != '\0')
			rc = filter_check(conf->ports[i].port.filter, err);
	}
	return rc;
}

static bool
match_libpcap(const void *ctx, const struct rte_mbuf *m)
{
	const struct filter *f = ctx;

	return filter_run_libpcap(&f->program, m);
}

static bool
match_jit(const void *ctx, const struct rte_mbuf *m)
{
	const struct filter *f = ctx;

	return f->jit.func((void *)(uintptr_t)m) != 0;
}

static bool
trace(const void *ctx, const uint8_t *data, uint32_t len, uint8_t mask[DLO_FILTER_REACH])
{
	const struct filter *f = ctx;
	bool far;

	return f->traced && filter_trace(&f->program, data, len, mask, &far) && !far;
}

/*
 * Loads of one and four bytes behind a variable header: rte_bpf_convert() of 22.11 takes another
 * register for the index, and the code made of that reads wherever that points to. No trial finds
 * out what it will do next time, so that such code is not made.
 */
static bool
is_wild(const struct bpf_program *program)
{
	for (unsigned int i = 0; i < program->bf_len; i++) {
		uint16_t code = program->bf_insns[i].code;

		if (BPF_CLASS(code) == BPF_LD && BPF_MODE(code) == BPF_IND && BPF_SIZE(code) != BPF_H)
			return true;
	}
	return false;
}

/* Machine code, where DPDK makes some for this CPU and program. */
static void
try_jit(struct filter *f)
{
	struct rte_bpf_prm *prm = is_wild(&f->program) ? NULL : rte_bpf_convert(&f->program);

	if (prm == NULL)
		return;
	f->bpf = rte_bpf_load(prm);
	rte_free(prm);
	if (f->bpf != NULL && rte_bpf_get_jit(f->bpf, &f->jit) == 0 && f->jit.func != NULL &&
		filter_try_match(&f->program, match_jit, f))
		return;
	rte_bpf_destroy(f->bpf);
	f->bpf = NULL;
}

static struct filter *
create(const char *expression)
{
	static uint64_t serial;
	struct filter *f = calloc(1, sizeof(*f));
	char err[DLO_CONF_ERR];

	if (f == NULL)
		return NULL;
	if (compile(expression, &f->program, err) != 0) {
		free(f);
		return NULL;
	}
	snprintf(f->expression, sizeof(f->expression), "%s", expression);
	f->serial = ++serial;
	f->traced = filter_try_trace(&f->program);
	try_jit(f);
	return f;
}

int
filter_acquire(const char *expression, struct dlo_filter *ret)
{
	struct filter *f = filters;

	*ret = (struct dlo_filter){ 0 };
	if (expression[0] == '\0')
		return 0;
	while (f != NULL && strcmp(f->expression, expression) != 0)
		f = f->next;
	if (f == NULL) {
		f = create(expression);
		if (f == NULL)
			return -ENOMEM;
		f->next = filters;
		filters = f;
	}
	f->users++;
	ret->match = f->bpf != NULL ? match_jit : match_libpcap;
	ret->trace = trace;
	ret->ctx = f;
	ret->serial = f->serial;
	return 0;
}

void
filter_release(const struct dlo_filter *filter)
{
	struct filter *f = (struct filter *)(uintptr_t)filter->ctx;
	struct filter **link = &filters;

	if (f == NULL || --f->users > 0)
		return;
	while (*link != f)
		link = &(*link)->next;
	*link = f->next;
	rte_bpf_destroy(f->bpf);
	pcap_freecode(&f->program);
	free(f);
}

const char *
filter_engine(const struct dlo_filter *filter)
{
	return filter->match == match_jit ? "dpdk-jit" : "libpcap";
}
