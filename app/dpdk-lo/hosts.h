/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_HOSTS_H
#define DLO_APP_HOSTS_H

/**
 * @file
 * Names of loopbacks in a hosts(5) file, in a marked block that names the interface and the process
 * it belongs to. Thread: control, all functions.
 */

#include "app.h"

/**
 * Write the block when --hosts was given. Blocks of processes that do not live any more are removed,
 * from /etc/hosts also when --hosts was not given.
 * @return 0, or -errno after saying why
 */
int hosts_write(const struct app *app);

/** Remove the block from the file of --hosts; "": none was given. */
void hosts_remove(const char *path);

/**
 * Text of a hosts file without the blocks that are stale, or this process's own.
 * @param is_alive tells whether a process that has a block is to keep it
 * @param ret_changed set to whether anything was left out
 * @return the text, which the caller frees, or NULL when memory is short. Thread: any.
 */
char *hosts_strip(const char *text, bool (*is_alive)(long pid), bool *ret_changed);

#endif
