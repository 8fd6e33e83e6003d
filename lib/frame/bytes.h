/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_FRAME_BYTES_H
#define DLO_FRAME_BYTES_H

/**
 * @file
 * Big-endian fields at any alignment. Frames start wherever a driver put them and VLAN tags move
 * everything by two bytes, so header structs are never laid over them. Thread: any.
 */

#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>

static inline uint16_t
dlo_get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return rte_be_to_cpu_16(v);
}

static inline uint32_t
dlo_get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return rte_be_to_cpu_32(v);
}

/** A MAC address as a number: 01:80:c2:00:00:00 is 0x0180c2000000. Reads six bytes. */
static inline uint64_t
dlo_get48(const uint8_t *p)
{
	return (uint64_t)dlo_get32(p) << 16 | dlo_get16(p + 4);
}

static inline uint64_t
dlo_get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return rte_be_to_cpu_64(v);
}

static inline void
dlo_put16(uint8_t *p, uint16_t value)
{
	uint16_t v = rte_cpu_to_be_16(value);

	memcpy(p, &v, sizeof(v));
}

static inline void
dlo_put32(uint8_t *p, uint32_t value)
{
	uint32_t v = rte_cpu_to_be_32(value);

	memcpy(p, &v, sizeof(v));
}

static inline void
dlo_put64(uint8_t *p, uint64_t value)
{
	uint64_t v = rte_cpu_to_be_64(value);

	memcpy(p, &v, sizeof(v));
}

#endif
