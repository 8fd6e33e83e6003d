/* SPDX-License-Identifier: BSD-3-Clause */
#include "app_fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "link.h"

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

struct app *
app_fake(void)
{
	static struct app app;
	static struct queue queues[3];
	static struct worker workers[2];
	static struct link_dev link;
	struct port *null = &app.ports[0], *dlo0 = &app.ports[1];

	memset(&app, 0, sizeof(app));
	memset(queues, 0, sizeof(queues));
	memset(workers, 0, sizeof(workers));
	memset(&link, 0, sizeof(link));
	app.nb_ports = 2;
	app.nb_workers = 2;
	app.workers = workers;
	app.link = dlo0;
	app.start_tsc = rte_get_tsc_cycles();

	if (rte_eth_dev_get_port_by_name("net_null0", &null->id) != 0)
		die("net_null0");
	null->nb_queues = 2;
	null->mtu = 1500;
	snprintf(null->name, sizeof(null->name), "net_null0");
	null->driver = "net_null";
	null->mac = (struct rte_ether_addr){ { 2, 0, 0, 0, 0, 1 } };
	null->conf.mode = DLO_MODE_L4;
	null->conf.accept = DLO_ACCEPT_ANY;

	snprintf(link.ifname, sizeof(link.ifname), "dlo0");
	snprintf(link.vdev, sizeof(link.vdev), "net_vtap_dlo0");
	snprintf(link.why, sizeof(link.why), "it is the fastest");
	link.type = DLO_LINK_VTAP;
	link.up = true;
	link.mtu = 65521;
	dlo0->id = 63;
	atomic_store(&dlo0->gone, true);
	dlo0->nb_queues = 1;
	dlo0->mtu = 65521;
	snprintf(dlo0->name, sizeof(dlo0->name), "net_vtap_dlo0");
	dlo0->driver = "net_vtap";
	dlo0->mac = (struct rte_ether_addr){ { 2, 0, 0, 0, 0, 2 } };
	dlo0->link = &link;
	dlo0->conf.mode = DLO_MODE_IP;
	dlo0->conf.accept = DLO_ACCEPT_OWN;
	dlo0->conf.guards = true;

	for (unsigned int i = 0; i < 3; i++) {
		struct port *port = i < 2 ? null : dlo0;

		queues[i].port = port;
		queues[i].port_id = port->id;
		queues[i].queue_id = i % 2;
		queues[i].intr_fd = -1;
		port->queues[queues[i].queue_id] = &queues[i];
	}
	for (unsigned int i = 0; i < 2; i++)
		workers[i].lcore = i + 1;
	return &app;
}

char *
app_fake_output(void (*fn)(void *arg), void *arg)
{
	int fd = memfd_create("output", MFD_CLOEXEC);
	int saved[2];
	off_t len;
	char *text;

	if (fd < 0)
		die("memfd_create");
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		saved[i] = dup(i + 1);
		dup2(fd, i + 1);
	}
	fn(arg);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	len = lseek(fd, 0, SEEK_END);
	text = calloc(1, (size_t)len + 1);
	if (text == NULL || pread(fd, text, (size_t)len, 0) != len)
		die("pread");
	close(fd);
	return text;
}
