/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_RFC_NETWORK_H
#define DLO_GEN_RFC_NETWORK_H

#include "gen_conf.h"

/** @file Which networks RFC 2544 may be run in. Thread: control. */

/**
 * RFC 6815: tests of RFC 2544 belong into an isolated setup, and addresses tell what is one:
 * 198.18.0.0/15, 2001:2::/48, RFC 1918 and fc00::/7.
 * @return true when @p p is one of these
 */
bool rfc_network_isolated(const struct dlo_prefix *p);

/** Check the addresses that the frames of @p conf will have. @return 0, or -EINVAL, said. */
int rfc_network_check(const struct gen_conf *conf);

#endif
