/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_DEVARG_H
#define DLO_APP_DEVARG_H

/**
 * @file
 * Device arguments of a virtual port as the user wrote them: "net_memif0,role=client,socket=/run/m".
 * Thread: any.
 */

#include <stdbool.h>
#include <stddef.h>

struct cmdline_eal;

/**
 * The value of a key.
 * @param devargs with the port's name in front, or without; NULL: none
 * @param ret_value set to where it begins in @p devargs when the key is there
 * @return its length, 0 when the key is not there, or says nothing
 */
size_t devarg(const char *devargs, const char *key, const char **ret_value);

/** @return whether @p key is there and says just @p value */
bool devarg_is(const char *devargs, const char *key, const char *value);

/** @return whether the port that @p devargs makes is one of @p driver ("net_memif0,...": "net_memif") */
bool devarg_of_driver(const char *devargs, const char *driver);

/**
 * The device that EAL's argument number @p i makes.
 * @param ret_option "--vdev=" when that is part of the same word, else ""; NULL: not asked for
 * @return "net_memif0,...", inside eal->argv[i], or NULL when the argument is something else
 */
const char *devarg_vdev(const struct cmdline_eal *eal, int i, const char **ret_option);

#endif
