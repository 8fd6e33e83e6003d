/* SPDX-License-Identifier: BSD-3-Clause */

/* For a build without clang, bpftool or libbpf: says so when it is asked to steer. */

#include <errno.h>
#include <stdio.h>

#include "steer/beside.h"
#include "steer/xdp.h"

static int
not_built(char err[DLO_STEER_ERR])
{
	snprintf(err, DLO_STEER_ERR, "this dpdk-lo was built without its BPF programs: install clang, "
		"bpftool and libbpf-dev, then build it again");
	return -ENOTSUP;
}

int
dlo_steer_xdp_object(const struct dlo_steer_rule *rules, unsigned int nb, char err[DLO_STEER_ERR])
{
	(void)rules;
	(void)nb;
	return not_built(err);
}

int
dlo_steer_xdp_check(const char *ifname, char err[DLO_STEER_ERR])
{
	(void)ifname;
	return not_built(err);
}

int
dlo_steer_xdp_adopt(const char *ifname, char err[DLO_STEER_ERR])
{
	(void)ifname;
	return not_built(err);
}

bool
dlo_steer_xdp_is_generic(const char *ifname)
{
	(void)ifname;
	return false;
}

int
dlo_steer_beside_check(const char *ifname, unsigned char ret_mac[6], char err[DLO_STEER_ERR])
{
	(void)ifname;
	(void)ret_mac;
	return not_built(err);
}

int
dlo_steer_beside_open(const char *ifname, unsigned int ifindex, unsigned int tap_ifindex,
	const struct dlo_steer_rule *rules, unsigned int nb, struct dlo_steer_beside **ret,
	char err[DLO_STEER_ERR])
{
	(void)ifname;
	(void)ifindex;
	(void)tap_ifindex;
	(void)rules;
	(void)nb;
	(void)ret;
	return not_built(err);
}

bool
dlo_steer_beside_is_filter(const struct dlo_steer_beside *b)
{
	(void)b;
	return false;
}

int
dlo_steer_beside_promiscuous(struct dlo_steer_beside *b, bool on)
{
	(void)b;
	(void)on;
	return 0;
}

void
dlo_steer_beside_close(struct dlo_steer_beside *b)
{
	(void)b;
}
