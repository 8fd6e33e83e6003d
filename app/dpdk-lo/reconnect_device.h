/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_RECONNECT_DEVICE_H
#define DLO_APP_RECONNECT_DEVICE_H

/**
 * @file
 * A device that connects once, where it is made (net_virtio_user as client of vhost-user): when its peer has
 * ended it is taken away, and made anew by a thread of its own when somebody listens again. The driver waits for
 * answers of its peer without end, which nobody else shall. Thread: control, all functions.
 */

#include <stdbool.h>

struct port;
struct reconnect_device;

enum reconnect_device_state {
	RECONNECT_DEVICE_TRYING,
	RECONNECT_DEVICE_FAILED, /**< not there; there may be another try */
	RECONNECT_DEVICE_THERE, /**< made and started */
};

/** @return what is known of @p port's device if it is one of these; NULL: it is not, or there is no memory */
struct reconnect_device *reconnect_device_new(struct port *port);

/** Free it; no thread runs. NULL does nothing. */
void reconnect_device_free(struct reconnect_device *device);

/** @return the path of the peer's socket */
const char *reconnect_device_path(const struct reconnect_device *device);

/**
 * Stop and close the port, which has no ethdev then (app_port_has_ethdev()), also after a try that failed half-way.
 * Workers leave it alone already.
 * @return false when EAL's interrupts do not come to rest: to be tried again
 */
bool reconnect_device_remove(struct reconnect_device *device);

/** @return whether somebody listens on the peer's socket; who it is does not notice */
bool reconnect_device_is_awaited(const struct reconnect_device *device);

/**
 * Begin to make the device anew, and its port ready.
 * @param want_intr as of port_start()
 * @return 0, or -errno: no thread
 */
int reconnect_device_begin(struct reconnect_device *device, bool want_intr);

/** How that goes; anything but RECONNECT_DEVICE_TRYING ends the thread. */
enum reconnect_device_state reconnect_device_poll(struct reconnect_device *device);

/** Have the thread give up; returns when it has ended. */
void reconnect_device_cancel(struct reconnect_device *device);

#endif
