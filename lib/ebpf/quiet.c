/* SPDX-License-Identifier: BSD-3-Clause */
#include "ebpf/quiet.h"

#include <bpf/libbpf.h>

static int
say_nothing(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

void
dlo_ebpf_quiet(void)
{
	libbpf_set_print(say_nothing);
}
