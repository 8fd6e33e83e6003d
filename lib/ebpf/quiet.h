/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_EBPF_QUIET_H
#define DLO_EBPF_QUIET_H

/** libbpf tells more than people want to know: what it returns is said by us. Thread: control. */
void dlo_ebpf_quiet(void);

#endif
