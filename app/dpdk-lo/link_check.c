/* SPDX-License-Identifier: BSD-3-Clause */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "log.h"
#include "netif.h"
#include "overlap.h"

#define TUN_DEVICE "/dev/net/tun"

static bool
has_net_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	/* If the kernel will not say, let the ioctl that needs it fail. */
	return syscall(SYS_capget, &header, data) != 0 ||
		(data[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN)) != 0;
}

static int
check_tun(const struct dlo_conf_link *conf)
{
	int fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	int err = fd < 0 ? errno : 0;
	unsigned int features;

	/* What stands in its place may be a file, or /dev/null. */
	if (fd >= 0 && ioctl(fd, TUNGETFEATURES, &features) != 0)
		err = ENOTTY;
	if (fd >= 0)
		close(fd);
	switch (err) {
	case 0:
		break;
	case ENOTTY:
		say_error("%s is not the kernel's tun device: put that in its place (mknod %s c 10 200), or "
			"give it to the container (--device %s)",
			TUN_DEVICE, TUN_DEVICE, TUN_DEVICE);
		return -ENODEV;
	case ENOENT:
		say_error("%s is missing: load the tun module (modprobe tun), or give the "
			"container the device (--device %s)",
			TUN_DEVICE, TUN_DEVICE);
		return -err;
	case ENODEV:
	case ENXIO:
		say_error("%s has no driver behind it: load the tun module (modprobe tun)",
			TUN_DEVICE);
		return -err;
	default:
		say_error("cannot open %s: %s; run dpdk-lo as root (sudo), or give the container "
			"the device (--device %s)",
			TUN_DEVICE, strerror(err), TUN_DEVICE);
		return -err;
	}
	if (!has_net_admin()) {
		say_error("no permission to make the interface %s: CAP_NET_ADMIN is missing; run "
			"dpdk-lo as root (sudo), or give the container the capability (--cap-add "
			"NET_ADMIN)",
			conf->name);
		return -EPERM;
	}
	return 0;
}

/* The first of NAME, dlo0, dlo1, ... that no interface has. */
static void
free_name(const char *wanted, char ret[DLO_CONF_IFNAME])
{
	snprintf(ret, DLO_CONF_IFNAME, "%s", wanted);
	for (unsigned int i = 0; i < 1000 && if_nametoindex(ret) != 0; i++)
		snprintf(ret, DLO_CONF_IFNAME, "dlo%u", i);
}

/*
 * What to write after --link instead: what the user wanted, with a name that is free and with
 * prefixes that are. Sets *ret_free to false when the host has no free prefix that we know of.
 */
static void
suggest(const struct dlo_conf_link *conf, struct host_net *nets, unsigned int nb_nets,
	char *buf, size_t len, bool *ret_free)
{
	char name[DLO_CONF_IFNAME], text[DLO_PREFIX_STRLEN];
	const struct host_net *which;
	int used;

	*ret_free = true;
	free_name(conf->name, name);
	used = snprintf(buf, len, "--link %s", name);
	if (conf->type != DLO_LINK_AUTO)
		used += snprintf(buf + used, len - used, ",type=%s", link_type_name(conf->type));
	if (conf->mtu != 0)
		used += snprintf(buf + used, len - used, ",mtu=%u", conf->mtu);
	for (unsigned int i = 0; i < conf->nb_ips; i++) {
		struct dlo_prefix p = conf->ips[i];
		enum overlap o = overlap_check(&p, nets, nb_nets, &which);

		if (o >= OVERLAP_ROUTE && overlap_free_prefix(p.family, nets, nb_nets, &p) != 0) {
			*ret_free = false;
			continue;
		}
		/* Two of them must not get the same one. The list has room: see list_nets(). */
		if (o >= OVERLAP_ROUTE)
			nets[nb_nets++] = (struct host_net){ .prefix = p, .is_addr = true };
		if ((size_t)used < len)
			used += snprintf(buf + used, len - used, ",ip=%s",
				dlo_prefix_format(&p, text));
	}
}

static void
say_conflict(const struct dlo_prefix *mine, const struct host_net *net, enum overlap o,
	const char *instead)
{
	char a[DLO_PREFIX_STRLEN], b[DLO_PREFIX_STRLEN];

	dlo_prefix_format(mine, a);
	dlo_prefix_format(&net->prefix, b);
	if (o == OVERLAP_ADDRESS)
		say_error("%s of the link holds the address %s that the host has on %s already: "
			"use %s",
			a, b, net->ifname, instead);
	else
		say_error("%s of the link holds the network %s that the host has a route to "
			"already%s%s: use %s",
			a, b, net->ifname[0] != '\0' ? ", by " : "", net->ifname, instead);
}

/* @return how many, or -errno; free *ret, which has room for one more per address of ours. */
static int
list_nets(struct host_net **ret)
{
	struct host_net *nets = calloc(OVERLAP_NETS_MAX + DLO_CONF_LINK_IPS_MAX, sizeof(*nets));
	struct netif *n;
	int nb;

	if (nets == NULL)
		return -ENOMEM;
	nb = netif_open(&n);
	if (nb == 0) {
		nb = netif_host_nets(n, nets, OVERLAP_NETS_MAX);
		netif_close(n);
	}
	if (nb < 0) {
		free(nets);
		return nb;
	}
	*ret = nets;
	return nb;
}

static int
check_overlap(const struct dlo_conf_link *conf, struct host_net *nets, unsigned int nb_nets)
{
	char instead[64 + DLO_CONF_LINK_IPS_MAX * (DLO_PREFIX_STRLEN + 4)];
	char a[DLO_PREFIX_STRLEN], b[DLO_PREFIX_STRLEN];
	const struct host_net *which = NULL;
	bool has_free;

	for (unsigned int i = 0; i < conf->nb_ips; i++) {
		enum overlap o = overlap_check(&conf->ips[i], nets, nb_nets, &which);

		switch (o) {
		case OVERLAP_NONE:
			break;
		case OVERLAP_HIDES:
			say_warning("%s of the link is a part of the network %s on %s: hosts with "
				"such addresses there are out of reach while dpdk-lo runs",
				dlo_prefix_format(&conf->ips[i], a),
				dlo_prefix_format(&which->prefix, b), which->ifname);
			break;
		case OVERLAP_ROUTE:
		case OVERLAP_ADDRESS:
			suggest(conf, nets, nb_nets, instead, sizeof(instead), &has_free);
			if (!has_free)
				snprintf(instead, sizeof(instead), "--link %s,ip=ADDRESS/LENGTH "
					"with a network that is free", conf->name);
			say_conflict(&conf->ips[i], which, o, instead);
			return -EADDRINUSE;
		}
	}
	return 0;
}

static int
check_name(const struct dlo_conf_link *conf, struct host_net *nets, unsigned int nb_nets)
{
	char instead[64 + DLO_CONF_LINK_IPS_MAX * (DLO_PREFIX_STRLEN + 4)];
	bool has_free;

	if (if_nametoindex(conf->name) == 0)
		return 0;
	suggest(conf, nets, nb_nets, instead, sizeof(instead), &has_free);
	say_error("an interface %s exists already: stop the dpdk-lo (or whatever else) that it "
		"belongs to, or use another name, as in %s",
		conf->name, instead);
	return -EEXIST;
}

int
link_precheck(const struct dlo_conf_link *conf)
{
	struct host_net *nets = NULL;
	int nb_nets, err;

	err = check_tun(conf);
	if (err != 0)
		return err;
	nb_nets = list_nets(&nets);
	if (nb_nets < 0) {
		say_error("cannot list the host's addresses and routes: %s", strerror(-nb_nets));
		return nb_nets;
	}
	err = check_name(conf, nets, nb_nets);
	if (err == 0)
		err = check_overlap(conf, nets, nb_nets);
	free(nets);
	return err;
}
