/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_SET_H
#define DLO_GEN_SET_H

/**
 * @file
 * The setters that gen_options[] points to: each reads one value into a struct gen_conf.
 * @return 0, or -EINVAL with @p err. Thread: control.
 */

#include <stdbool.h>

#include "conf/conf.h"

int gen_set_port(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_size(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_rate(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_kind(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_flows(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_vlan(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_src(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_dst(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_src_mac(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_dst_mac(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_duration(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_count(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_stats(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_bias(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_direction(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_pcap(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_speed(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_drain(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_break_above(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_json(void *to, const char *value, char err[DLO_CONF_ERR]);

/* Those of --rfc2544, in rfc_set.c. */
int gen_set_rfc2544(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_search(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_trial(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_settle(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_repeats(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_verify(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_resolution(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_pdr(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_duration_sum(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_burst_limit(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_isolated(void *to, const char *value, char err[DLO_CONF_ERR]);
int gen_set_plots(void *to, const char *value, char err[DLO_CONF_ERR]);

/** Read "on" or "off". @return 0, or -EINVAL with @p err. */
int gen_set_switch(const char *value, bool *ret, char err[DLO_CONF_ERR]);

/** Read a number from @p min to @p max that is not 0. @return 0, or -EINVAL with @p err. */
int gen_set_positive(const char *value, double min, double max, double *ret,
	char err[DLO_CONF_ERR]);

#endif
