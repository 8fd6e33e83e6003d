/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_STEER_WAY_H
#define DLO_APP_STEER_WAY_H

/**
 * @file
 * The two ways to take frames from an interface in use: by XDP below a net_af_xdp port, by tc beside
 * which a net_vtap port has its TAP. Internal to steer*.c. Thread: control, all functions.
 */

#include <net/if.h>

#include "app.h"
#include "steer/rule.h"

struct dlo_steer_beside;

/** A port that is steered to, or will be. */
struct steered {
	const struct steer_way *way;
	char port[DLO_CONF_PORT_NAME];
	char ifname[IF_NAMESIZE]; /**< the interface in use */
	unsigned int nb_rules;
	struct dlo_steer_rule rules[DLO_STEER_RULES_MAX];
	char *devargs; /**< what EAL was given instead, and keeps pointing to */
	/* By XDP. */
	int object; /**< memory that holds the program until the port has loaded it; -1: none */
	int link; /**< holds the program on the interface; -1: none */
	/* By tc. */
	unsigned int ifindex; /**< of the interface in use; 0: nothing is beside it */
	struct dlo_steer_beside *beside;
};

struct steer_way {
	const char *driver;
	const char *key; /**< of the device argument that names the interface */
	const char *example;
	/** Another argument that says as much, and why it cannot be there, too; NULL: none. */
	const char *against;
	/** Fill s->devargs out of what the user wrote. @return 0, or -errno said */
	int (*prepare)(struct steered *s, const char *devargs);
	/** The port has not started. @return 0, or -errno said */
	int (*settle)(struct app *app, struct steered *s);
	/** The port has started. @return 0, or -errno said */
	int (*start)(struct app *app, struct steered *s);
	/** In any state. */
	void (*stop)(struct steered *s);
};

extern const struct steer_way steer_by_xdp;
extern const struct steer_way steer_by_tc;

/** @return the port of that steered device, or NULL */
struct port *steer_port(struct app *app, const struct steered *s);

#endif
