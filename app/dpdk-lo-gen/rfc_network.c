/* SPDX-License-Identifier: BSD-3-Clause */
#include "rfc_network.h"

#include <errno.h>
#include <string.h>

#include "log.h"

bool
rfc_network_isolated(const struct dlo_prefix *p)
{
	static const char *const blocks[] = { "198.18.0.0/15", "10.0.0.0/8", "172.16.0.0/12",
		"192.168.0.0/16", "2001:2::/48", "fc00::/7" };

	for (unsigned int i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct dlo_prefix block;

		if (dlo_prefix_parse(blocks[i], &block) == 0 &&
			dlo_prefix_contains(&block, p->family, p->addr))
			return true;
	}
	return false;
}

int
rfc_network_check(const struct gen_conf *conf)
{
	for (unsigned int family = 0; family < 2; family++) {
		const struct dlo_prefix *both[] = { &conf->src[family], &conf->dst[family] };

		if (!gen_kind_has(conf->kind, family) || conf->rfc.isolated)
			continue;
		for (unsigned int i = 0; i < 2; i++) {
			char text[DLO_PREFIX_STRLEN];

			if (rfc_network_isolated(both[i]))
				continue;
			dlo_prefix_format(both[i], text);
			*strchr(text, '/') = '\0';
			say_error("--rfc2544: %s may be somebody's network, and these tests are harmful "
				"there (RFC 6815): use 198.18.0.0/15, 2001:2::/48 or private addresses, or "
				"say --isolated on when it is yours alone", text);
			return -EINVAL;
		}
	}
	return 0;
}
