/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_XSK_FD_H
#define DLO_APP_XSK_FD_H

#include <stdint.h>

/**
 * @file
 * The sockets below net_af_xdp's queues: poll(2) tells when one has received, which the driver
 * offers nobody to sleep on. Thread: control.
 */

/**
 * To be called after each queue's setup, for then there is one new socket.
 * @return the AF_XDP socket of this process that no call has returned before, or -1; the driver's,
 *   to be polled only
 */
int xsk_fd_new(void);

/**
 * @param fd from xsk_fd_new(), while the port is open, or -1. Thread: any.
 * @return frames that the kernel had for the socket and dropped because its receive ring was full or
 *   its fill ring empty (XDP_STATISTICS, Linux 5.9; include/uapi/linux/if_xdp.h); 0 where it cannot
 *   be asked
 */
uint64_t xsk_missed(int fd);

#endif
