/* SPDX-License-Identifier: BSD-3-Clause */
#include "steer_way.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "log.h"
#include "steer/xdp.h"

/* What the port is to load: the program, by the path of the memory that it is in. */
static int
prepare(struct steered *s, const char *devargs)
{
	char err[DLO_STEER_ERR];
	int ret = dlo_steer_xdp_check(s->ifname, err);

	if (ret == 0)
		s->object = dlo_steer_xdp_object(s->rules, s->nb_rules, err);
	if (ret != 0 || s->object < 0) {
		say_error("--steer: %s", err);
		return ret != 0 ? ret : s->object;
	}
	if (asprintf(&s->devargs, "%s,xdp_prog=/proc/self/fd/%d", devargs, s->object) < 0) {
		s->devargs = NULL;
		say_error("out of memory");
		return -ENOMEM;
	}
	return 0;
}

/* @return how many queues the interface receives on, 1 when it does not say */
static unsigned int
receive_queues(const char *ifname)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return 1;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	ifr.ifr_data = (void *)&channels;
	ret = ioctl(fd, SIOCETHTOOL, &ifr);
	close(fd);
	return ret != 0 || channels.combined_count + channels.rx_count == 0 ? 1 :
		channels.combined_count + channels.rx_count;
}

static int
start(struct app *app, struct steered *s)
{
	const struct port *p = steer_port(app, s);
	unsigned int nb = receive_queues(s->ifname), ours = p != NULL ? p->nb_queues : 0;
	char err[DLO_STEER_ERR];

	s->link = dlo_steer_xdp_adopt(s->ifname, err);
	close(s->object);
	s->object = -1;
	if (s->link < 0) {
		say_error("--steer: %s", err);
		return s->link;
	}
	say("port %s takes what %u %s from interface %s, the kernel keeps the rest", s->port,
		s->nb_rules, s->nb_rules == 1 ? "rule asks for" : "rules ask for", s->ifname);
	if (dlo_steer_xdp_is_generic(s->ifname))
		say("interface %s has no XDP in its driver that would do: what the kernel keeps comes up to "
			"a sixth slower; with --vdev %s instead it does not, and fewer frames a second can be taken",
			s->ifname, steer_by_tc.example);
	if (nb > ours)
		say_warning("interface %s receives on %u queues, and port %s has %u of them: "
			"frames on the others stay with the kernel; receive on fewer ('ethtool "
			"-L %s combined %u'), or give more lcores and queue_count=%u",
			s->ifname, nb, s->port, ours, s->ifname, ours, nb);
	return 0;
}

static void
stop(struct steered *s)
{
	if (s->link >= 0)
		close(s->link);
	if (s->object >= 0)
		close(s->object);
}

const struct steer_way steer_by_xdp = {
	.driver = "net_af_xdp",
	.key = "iface",
	.example = "net_af_xdp0,iface=eth0",
	.against = "xdp_prog",
	.prepare = prepare,
	.start = start,
	.stop = stop,
};
