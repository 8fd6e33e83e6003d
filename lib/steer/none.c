/* SPDX-License-Identifier: BSD-3-Clause */

/* For a build without clang, bpftool or libbpf: says so when it is asked to steer. */

#include <errno.h>
#include <stdio.h>

#include "steer/steer.h"

bool
dlo_steer_built(void)
{
	return false;
}

static int
not_built(char err[DLO_STEER_ERR])
{
	snprintf(err, DLO_STEER_ERR, "this dpdk-lo was built without its BPF programs: install clang, "
		"bpftool and libbpf-dev, then build it again");
	return -ENOTSUP;
}

int
dlo_steer_object(const struct dlo_steer_rule *rules, unsigned int nb, char err[DLO_STEER_ERR])
{
	(void)rules;
	(void)nb;
	return not_built(err);
}

int
dlo_steer_check(const char *ifname, char err[DLO_STEER_ERR])
{
	(void)ifname;
	return not_built(err);
}

int
dlo_steer_adopt(const char *ifname, char err[DLO_STEER_ERR])
{
	(void)ifname;
	return not_built(err);
}
