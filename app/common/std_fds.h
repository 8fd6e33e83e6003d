/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_STD_FDS_H
#define DLO_COMMON_STD_FDS_H

/**
 * @file
 * The descriptors 0, 1 and 2 that every program expects to find open.
 */

/**
 * Put /dev/null where whoever started us closed one (">&-"): else the next file or socket that is opened
 * gets its number, and what is printed goes into that. To be called first in main(). Thread: main.
 */
void std_fds_open(void);

#endif
