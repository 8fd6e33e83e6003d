/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_CONF_OPTION_SET_H
#define DLO_CONF_OPTION_SET_H

/**
 * @file
 * Setters of the option table; the contract of each is struct dlo_option::set. Internal to
 * lib/conf. Thread: control.
 */

#include "conf/conf.h"

#define DLO_CONF_SETTER(name)                                                                      \
	int dlo_conf_set_##name(struct dlo_conf *conf, struct dlo_conf_port *port,                 \
		const char *value, char err[DLO_CONF_ERR])

DLO_CONF_SETTER(mode);
DLO_CONF_SETTER(accept);
DLO_CONF_SETTER(guards);
DLO_CONF_SETTER(filter);
DLO_CONF_SETTER(unmatched);
DLO_CONF_SETTER(loop_guard);
DLO_CONF_SETTER(tx_retry);
DLO_CONF_SETTER(duplicate_check);
DLO_CONF_SETTER(address);
DLO_CONF_SETTER(answer);
DLO_CONF_SETTER(allow);
DLO_CONF_SETTER(answer_rate);
DLO_CONF_SETTER(udp_echo);
DLO_CONF_SETTER(sbfd);
DLO_CONF_SETTER(stamp);
DLO_CONF_SETTER(oam);
DLO_CONF_SETTER(steer);
DLO_CONF_SETTER(link);
DLO_CONF_SETTER(loopback);
DLO_CONF_SETTER(hosts);
DLO_CONF_SETTER(localhost);
DLO_CONF_SETTER(impair);
DLO_CONF_SETTER(inject);
DLO_CONF_SETTER(capture);
DLO_CONF_SETTER(latency);
DLO_CONF_SETTER(stats);
DLO_CONF_SETTER(json);
DLO_CONF_SETTER(idle);
DLO_CONF_SETTER(sandbox);
DLO_CONF_SETTER(duration);
DLO_CONF_SETTER(count);
DLO_CONF_SETTER(exit_when_idle);
DLO_CONF_SETTER(config);

/** The link of "--link" alone: its defaults, wanted not set. */
void dlo_conf_link_init(struct dlo_conf_link *link);

/** The UDP echo answer as it is without --udp-echo. */
void dlo_conf_udp_echo_init(struct dlo_conf_udp_echo *echo);

/** The STAMP answer as it is without --stamp. */
void dlo_conf_stamp_init(struct dlo_conf_stamp *stamp);

/** The Ethernet OAM answer as it is without --oam. */
void dlo_conf_oam_init(struct dlo_conf_oam *oam);

/** A list of keys and bare words, each handed to take(). */
struct dlo_conf_keys_reader {
	const char *const *names; /**< NULL-terminated */
	unsigned int bare; /**< bits (1 << index) of those that take no value */
	/** @return 0, or -EINVAL with @p err filled */
	int (*take)(void *settings, int key, const char *value, char err[DLO_CONF_ERR]);
};

/** Read a list that is cut up in place. @return 0, or -EINVAL with @p err filled */
int dlo_conf_read_keys(const struct dlo_conf_keys_reader *r, void *settings, char *list,
	char err[DLO_CONF_ERR]);

/** Read the number of a UDP port on which an answer listens. @return 0, or -EINVAL */
int dlo_conf_read_service_port(const char *value, uint16_t *ret, char err[DLO_CONF_ERR]);

/** Read a time such as 1ms of at most @p max_ns. @return 0, or -EINVAL with @p err filled */
int dlo_conf_read_time(const char *text, uint64_t max_ns, uint64_t *ret, char err[DLO_CONF_ERR]);

/** No impairment, with the defaults of what could be asked for. */
void dlo_conf_impair_init(struct dlo_conf_impair *impair);

/** Inject nothing, with the defaults of what could be injected. */
void dlo_conf_inject_init(struct dlo_conf_inject *inject);

#endif
