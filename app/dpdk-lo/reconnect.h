/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_RECONNECT_H
#define DLO_APP_RECONNECT_H

/**
 * @file
 * Ports whose peer is a server that may end and start again, and whose driver looks for it only when it is
 * started (net_memif as client), or when its device is made (net_virtio_user as client, reconnect_device.h).
 * Control stops such a port and starts it again, or takes it away and makes it anew, until the server is back;
 * workers leave it alone meanwhile, all other ports go on. Thread: control, all functions.
 */

#include <stdbool.h>
#include <stdint.h>

struct app;
struct port;
struct reconnect_device;

enum reconnect_step {
	RECONNECT_NEVER, /**< the driver sees to it itself, or has no peer */
	RECONNECT_WATCH, /**< started: look whether the peer is there */
	RECONNECT_PARK, /**< wait until no worker is inside the driver any more */
	RECONNECT_TRY, /**< stopped: start it again when the time has come */
	RECONNECT_FOLLOW, /**< the device connects once: look whether the peer is there */
	RECONNECT_CLEAR, /**< wait until no worker is inside the driver, and take the device away */
	RECONNECT_AWAIT, /**< no device: make it anew when somebody listens */
	RECONNECT_MAKE, /**< a thread does */
};

/** Of one port; control's own. */
struct reconnect {
	enum reconnect_step step;
	bool said; /**< that the peer is away */
	unsigned int wait_ms; /**< to the try after the next one */
	uint64_t token; /**< of RCU: grace period after which no worker looks at the port */
	uint64_t next_tsc; /**< when to try, or when the peer has been away for too long */
	unsigned int refused; /**< tries in a row that failed though somebody listened */
	struct reconnect_device *device; /**< NULL: the driver need not be asked for another one */
};

/** @return whether the driver of @p port looks for its peer when it is started. */
bool reconnect_wants(const struct port *port);

/** Start a configured port, and again later if its peer is not there yet; look after it from now on. */
void reconnect_start(struct port *port);

/** Look after a started port from now on, if its device connects once. */
void reconnect_follow(struct port *port);

/** Before ports are closed: nothing of this is under way any more. */
void reconnect_stop(struct app *app);

/** Look after all of them; to be called many times a second. */
void reconnect_tick(struct app *app, uint64_t now);

#endif
