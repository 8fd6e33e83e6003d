/* SPDX-License-Identifier: BSD-3-Clause */
#include "netif_features.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <net/if.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

#include <rte_common.h>

/* The bit's number is the row's; the kernel's own numbers differ between kernels, its names do not. */
static const struct {
	const char *name, *kernel;
} features[NETIF_FEATURES] = {
	{ "checksum", "tx-checksum-ip-generic" },
	{ "tso4", "tx-tcp-segmentation" },
	{ "tso6", "tx-tcp6-segmentation" },
	{ "uso", "tx-udp-segmentation" },
};

const char *
netif_feature_name(unsigned int number)
{
	return features[number].name;
}

static int
ask(int fd, const char *ifname, void *command)
{
	struct ifreq ifr = { 0 };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	ifr.ifr_data = command;
	return ioctl(fd, SIOCETHTOOL, &ifr) < 0 ? -errno : 0;
}

/* @return how many features this kernel knows, or -errno */
static int
count_all(int fd, const char *ifname)
{
	union {
		struct ethtool_sset_info info;
		char room[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
	} set = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES } };
	int ret = ask(fd, ifname, &set);
	uint32_t nb;

	if (ret != 0)
		return ret;
	if (set.info.sset_mask == 0)
		return -EOPNOTSUPP;
	memcpy(&nb, set.room + sizeof(set.info), sizeof(nb));
	/* Fewer than 100 are known in 2026. */
	return nb <= 4096 ? (int)nb : -EOVERFLOW;
}

static bool
is_on(const struct ethtool_gfeatures *now, unsigned int i)
{
	return i / 32 < now->size && (now->features[i / 32].active >> i % 32 & 1) != 0;
}

static uint32_t
translate(const struct ethtool_gstrings *names, const struct ethtool_gfeatures *now)
{
	uint32_t found = 0;

	for (unsigned int i = 0; i < names->len; i++)
		for (unsigned int f = 0; f < NETIF_FEATURES; f++)
			if (is_on(now, i) &&
				strncmp((const char *)names->data + i * ETH_GSTRING_LEN,
					features[f].kernel, ETH_GSTRING_LEN) == 0)
				found |= 1u << f;
	return found;
}

static int
read_features(int fd, const char *ifname, uint32_t *ret)
{
	int nb = count_all(fd, ifname);
	unsigned int words = ((unsigned int)RTE_MAX(nb, 0) + 31) / 32;
	struct ethtool_gstrings *names;
	struct ethtool_gfeatures *now;
	int err;

	if (nb < 0)
		return nb;
	names = calloc(1, sizeof(*names) + (size_t)nb * ETH_GSTRING_LEN);
	now = calloc(1, sizeof(*now) + words * sizeof(now->features[0]));
	err = names == NULL || now == NULL ? -ENOMEM : 0;
	if (err == 0) {
		names->cmd = ETHTOOL_GSTRINGS;
		names->string_set = ETH_SS_FEATURES;
		names->len = (uint32_t)nb;
		err = ask(fd, ifname, names);
	}
	if (err == 0) {
		now->cmd = ETHTOOL_GFEATURES;
		now->size = words;
		err = ask(fd, ifname, now);
	}
	if (err == 0) {
		/* The kernel says how many there are, which may be more than there was room for. */
		names->len = RTE_MIN(names->len, (uint32_t)nb);
		now->size = RTE_MIN(now->size, words);
		*ret = translate(names, now);
	}
	free(names);
	free(now);
	return err;
}

int
netif_features(const char *ifname, uint32_t *ret)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err;

	*ret = 0;
	if (fd < 0)
		return -errno;
	err = read_features(fd, ifname, ret);
	close(fd);
	return err;
}
