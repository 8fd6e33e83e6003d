/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMPAT_H
#define DLO_COMPAT_H

/**
 * @file
 * The one place where DPDK versions are told apart: 22.11 (Debian 12) to 24.11 (Debian 13).
 */

#include <rte_version.h>

/* rte_tel_data_add_dict_u64() was renamed in 23.03 and left DPDK in 25.11. */
#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define dlo_tel_add_dict_uint rte_tel_data_add_dict_u64
#else
#define dlo_tel_add_dict_uint rte_tel_data_add_dict_uint
#endif

#endif
