/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_IMPAIR_FLOW_H
#define DLO_IMPAIR_FLOW_H

#include <stdint.h>

/**
 * @param head first bytes of a frame: min(@p len, DLO_HEAD_MAX) of them are read
 * @param len of the whole frame
 * @return a hash that all frames of one flow in one direction share: of addresses, protocol and
 *   ports, as far as there are any; fragments have that of their addresses. Thread: any.
 */
uint32_t dlo_impair_flow(const uint8_t *head, uint32_t len);

#endif
