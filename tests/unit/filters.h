/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TESTS_FILTERS_H
#define DLO_TESTS_FILTERS_H

/* Filters made of a few look-ups, such as an expression compiles to, without a compiler. */

#include <stdbool.h>
#include <stdint.h>

#include "reflect/filter.h"

#define TERMS_MAX 4

/* Two bytes somewhere, behind the IPv4 header where its length says so. */
struct filter_term {
	uint16_t off;
	bool behind_ipv4; /* off counts from the end of an IPv4 header at byte 14 */
	uint16_t mask;
	uint16_t value;
};

/* Matches when one of the terms does; a look beyond the end of a frame is a no, as in BPF. */
struct filter_terms {
	unsigned int nb;
	struct filter_term terms[TERMS_MAX];
};

struct dlo_filter filter_of(const struct filter_terms *terms);

#endif
