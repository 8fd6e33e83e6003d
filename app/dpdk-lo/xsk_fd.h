/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_XSK_FD_H
#define DLO_APP_XSK_FD_H

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

#endif
