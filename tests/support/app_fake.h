/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_APP_FAKE_H
#define TESTS_APP_FAKE_H

/**
 * @file
 * A struct app made by hand, for tests of what only reads it: a net_null port "net_null0" with two
 * queues, and the host link "dlo0", whose ethdev is gone.
 */

#include "app.h"

/** Fill; needs EAL with --vdev net_null0. Not thread-safe: there is one, static. */
struct app *app_fake(void);

/**
 * Run @p fn(@p arg) with stdout and stderr in a file.
 * @return what was written, zero-terminated; the caller frees it
 */
char *app_fake_output(void (*fn)(void *arg), void *arg);

#endif
