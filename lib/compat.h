/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMPAT_H
#define DLO_COMPAT_H

/**
 * @file
 * The one place where DPDK versions are told apart: 22.11 (Debian 12) to 24.11 (Debian 13).
 */

#include <rte_version.h>

/* rte_tel_data_add_dict_u64() and its like were renamed in 23.03 and left DPDK in 25.11. */
#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define dlo_tel_add_dict_uint rte_tel_data_add_dict_u64
#define dlo_tel_add_array_uint rte_tel_data_add_array_u64
#define DLO_TEL_UINT_VAL RTE_TEL_U64_VAL
#else
#define dlo_tel_add_dict_uint rte_tel_data_add_dict_uint
#define dlo_tel_add_array_uint rte_tel_data_add_array_uint
#define DLO_TEL_UINT_VAL RTE_TEL_UINT_VAL
#endif

#endif
