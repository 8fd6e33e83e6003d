/* SPDX-License-Identifier: BSD-3-Clause */
#include "impair/flow.h"

#include <string.h>

#include "frame/frame.h"

/* Multiply and fold, eight bytes at a time. */
static uint64_t
add_bytes(uint64_t hash, const uint8_t *bytes, uint32_t len)
{
	while (len > 0) {
		uint32_t n = len < 8 ? len : 8;
		uint64_t word = 0;

		memcpy(&word, bytes, n);
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
		bytes += n;
		len -= n;
	}
	return hash;
}

uint32_t
dlo_impair_flow(const uint8_t *head, uint32_t len)
{
	struct dlo_frame f;
	uint64_t hash = 1;

	dlo_frame_parse(head, len, &f);
	if (f.l3 == DLO_L3_IPV4)
		hash = add_bytes(hash, head + f.l3_off + 12, 8);
	else if (f.l3 == DLO_L3_IPV6)
		hash = add_bytes(hash, head + f.l3_off + 8, 32);
	else if (f.fault != DLO_FAULT_SHORT)
		hash = add_bytes(hash, head, 12);
	/* All fragments of a datagram are one flow, those without ports too. */
	if (f.l4 == DLO_L4_PORTS && (f.flags & DLO_FRAME_FRAGMENT) == 0)
		hash = add_bytes(hash ^ f.proto, head + f.l4_off, 4);
	return (uint32_t)(hash >> 16);
}
