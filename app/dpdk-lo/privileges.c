/* SPDX-License-Identifier: BSD-3-Clause */
#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <rte_devargs.h>
#include <rte_eal.h>

#include "caps.h"
#include "devarg.h"
#include "eal_facts.h"
#include "eal_runtime.h"
#include "localhost/localhost.h"
#include "log.h"
#include "sandbox.h"
#include "steer.h"

#define NET_ADMIN CAPS_BIT(CAP_NET_ADMIN)
#define NET_RAW CAPS_BIT(CAP_NET_RAW)
#define BPF CAPS_BIT(CAP_BPF)
#define SYS_ADMIN CAPS_BIT(CAP_SYS_ADMIN)
#define IPC_LOCK CAPS_BIT(CAP_IPC_LOCK)
#define SYS_RAWIO CAPS_BIT(CAP_SYS_RAWIO)
#define DAC_OVERRIDE CAPS_BIT(CAP_DAC_OVERRIDE)
#define CHOWN CAPS_BIT(CAP_CHOWN)

/*
 * What any start may take: interfaces and sockets, BPF (SYS_ADMIN to look up programs of others,
 * PERFMON where a kernel's verifier wants it),
 * memory that stays where it is and its physical addresses, ports of PCI devices, files of whoever
 * called sudo.
 */
#define START (NET_ADMIN | NET_RAW | BPF | CAPS_BIT(CAP_PERFMON) | SYS_ADMIN | IPC_LOCK | SYS_RAWIO | \
	DAC_OVERRIDE | CAPS_BIT(CAP_DAC_READ_SEARCH) | CHOWN | CAPS_BIT(CAP_FOWNER) | \
	CAPS_BIT(CAP_SYS_RESOURCE) | CAPS_BIT(CAP_SYS_NICE))

/* By driver: to make a port (checked where its name begins so), to use and close it. The first row that fits. */
static const struct driver {
	const char *name;
	const char *vdev; /* NULL: as the driver; another name in front of the port's number */
	const char *key; /* NULL: any; of device arguments in which this is said */
	uint64_t start;
	uint64_t run;
} drivers[] = {
	{ "net_ring", NULL, NULL, 0, 0 },
	{ "net_null", NULL, NULL, 0, 0 },
	{ "net_pcap", NULL, "iface", NET_RAW, 0 },
	{ "net_pcap", NULL, "rx_iface", NET_RAW, 0 },
	{ "net_pcap", NULL, "rx_iface_in", NET_RAW, 0 },
	{ "net_pcap", NULL, "tx_iface", NET_RAW, 0 },
	{ "net_pcap", NULL, NULL, 0, 0 },
	{ "net_memif", NULL, NULL, 0, 0 },
	{ "net_vhost", "eth_vhost", NULL, 0, 0 },
	{ "net_vtap", NULL, "beside", NET_ADMIN | BPF, 0 },
	{ "net_vtap", NULL, NULL, NET_ADMIN, 0 },
	{ "net_lo", NULL, NULL, 0, 0 },
	{ "net_replay", NULL, NULL, 0, 0 },
	/* Flags and queues of the interface, up to its end. */
	{ "net_tap", NULL, NULL, NET_ADMIN, NET_ADMIN },
	{ "net_virtio_user", "virtio_user", NULL, 0, NET_ADMIN },
	{ "net_af_packet", "eth_af_packet", NULL, NET_RAW | NET_ADMIN, NET_ADMIN },
	/* Takes its XDP program off the interface; finding it by number is SYS_ADMIN's. */
	{ "net_af_xdp", NULL, NULL, NET_ADMIN | NET_RAW | BPF | SYS_ADMIN | IPC_LOCK,
		NET_ADMIN | BPF | SYS_ADMIN },
};

/* Of hardware, and of whatever else there is. */
#define OTHERS (NET_ADMIN | NET_RAW | IPC_LOCK | SYS_RAWIO)

#define NB_DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

uint64_t
privileges_of_driver(const char *driver)
{
	for (unsigned int i = 0; i < NB_DRIVERS; i++) {
		if (strcmp(drivers[i].name, driver) == 0)
			return drivers[i].run;
	}
	return OTHERS;
}

static bool
is_of(const struct driver *d, const char *vdev)
{
	const char *said;

	return (strncmp(vdev, d->name, strlen(d->name)) == 0 ||
		       (d->vdev != NULL && strncmp(vdev, d->vdev, strlen(d->vdev)) == 0)) &&
		(d->key == NULL || devarg(vdev, d->key, &said) > 0);
}

/* "net_af_packet0,iface=eth0": what it takes to make it. */
static uint64_t
start_of_vdev(const char *vdev)
{
	for (unsigned int i = 0; i < NB_DRIVERS; i++) {
		if (is_of(&drivers[i], vdev))
			return drivers[i].start;
	}
	return 0;
}

static int
check_vdev(const char *vdev)
{
	uint64_t missing = start_of_vdev(vdev) & ~caps_effective();
	char names[CAPS_TEXT];
	struct rlimit limit;

	/* Whoever may lock as much as he likes needs no capability for it. */
	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY)
		missing &= ~IPC_LOCK;
	/* To the kernel the one is part of the other. */
	if ((caps_effective() & SYS_ADMIN) != 0)
		missing &= ~BPF;
	if (missing == 0)
		return 0;
	caps_names(missing, names);
	say_error("port %.*s needs %s: start as root, or grant it (docs/guide/service.md says how)",
		(int)strcspn(vdev, ","), vdev, names);
	return -EPERM;
}

/* @return 0, or -EPERM */
static int
check_vdevs(const struct cmdline_eal *eal)
{
	int ret = 0;

	for (int i = 1; ret == 0 && i < eal->argc; i++) {
		const char *vdev = devarg_vdev(eal, i, NULL);

		if (vdev != NULL)
			ret = check_vdev(vdev);
	}
	return ret;
}

int
privileges_begin(const struct dlo_conf *conf, const struct cmdline_eal *eal)
{
	int ret = check_vdevs(eal);

	if (ret != 0 || !conf->sandbox)
		return ret;
	/* No program is ever run that could give us more; seccomp needs it, too. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	caps_drop_bounding();
	ret = caps_keep(START);
	if (ret != 0)
		say_warning("capabilities cannot be given up: %s", strerror(-ret));
	return 0;
}

struct files {
	bool denied; /* one of them cannot be had without CAP_DAC_OVERRIDE */
};

static void
want(struct files *f, const char *path, int mode)
{
	if (path[0] != '\0' && strcmp(path, "-") != 0 &&
		faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0 && errno == EACCES)
		f->denied = true;
}

/* What is made, renamed or removed is a matter of the directory. */
static void
want_directory(struct files *f, const char *path)
{
	char copy[PATH_MAX];

	if (path[0] == '\0' || strcmp(path, "-") == 0)
		return;
	snprintf(copy, sizeof(copy), "%s", path);
	want(f, dirname(copy), W_OK | X_OK);
}

/* Of a port such as "net_memif0,socket=/home/me/m.sock" the socket goes when the port does. */
static void
want_sockets(struct files *f)
{
	struct rte_devargs *da;

	RTE_EAL_DEVARGS_FOREACH(NULL, da) {
		for (const char *at = da->args; at != NULL && (at = strstr(at, "=/")) != NULL; at++) {
			char path[PATH_MAX];

			snprintf(path, sizeof(path), "%.*s", (int)strcspn(at + 1, ","), at + 1);
			want_directory(f, path);
			/* A client connects to it again when its server was started anew. */
			want(f, path, W_OK);
		}
	}
}

static void
want_hugetlbfs(const char *dir, unsigned long page_kb, void *arg)
{
	(void)page_kb;
	want(arg, dir, W_OK | X_OK);
}

/* Files that are touched after the start, looked at as a user without capabilities sees them. */
static uint64_t
needed_for_files(const struct app *app)
{
	const struct dlo_conf *conf = &app->conf;
	char base[EAL_RUNTIME_PATH];
	struct files f = { 0 };
	uint64_t needed = 0;
	struct stat st;

	if (caps_set_effective(0) != 0)
		return CAPS_ALL;
	want(&f, conf->config, R_OK);
	want_directory(&f, conf->json);
	want_directory(&f, conf->hosts);
	want_sockets(&f);
	want(&f, eal_runtime_base(base), W_OK | X_OK);
	if (rte_eal_has_hugepages())
		eal_facts_hugetlbfs("/proc/mounts", 0, want_hugetlbfs, &f);
	if (conf->hosts[0] != '\0' && stat(conf->hosts, &st) == 0 && st.st_uid != geteuid())
		needed |= CHOWN;
	if (f.denied)
		needed |= DAC_OVERRIDE;
	caps_set_effective(CAPS_ALL);
	return needed;
}

/* Before Linux 5.19 a map that is open already takes CAP_BPF to be read. */
static uint64_t
needed_for_localhost(const struct app *app)
{
	struct dlo_localhost_counts counts;
	uint64_t needed = NET_ADMIN;

	if (app->localhost == NULL || caps_set_effective(0) != 0)
		return 0;
	if (dlo_localhost_read(app->localhost, &counts) != 0)
		needed |= BPF;
	caps_set_effective(CAPS_ALL);
	return needed;
}

uint64_t
privileges_needed(const struct app *app)
{
	uint64_t needed = needed_for_files(app) | needed_for_localhost(app);

	if (steer_needs_net_admin(app))
		needed |= NET_ADMIN;
	/* Rules and routes are taken away at the end, and put back when the link was down. */
	if (app->conf.nb_loopbacks > 0)
		needed |= NET_ADMIN;
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const char *driver = app->ports[i].driver;

		needed |= privileges_of_driver(driver);
		/* Without an IOMMU memory that is added later is looked up by its physical address. */
		if (privileges_of_driver(driver) == OTHERS && rte_eal_iova_mode() == RTE_IOVA_PA)
			needed |= SYS_ADMIN;
	}
	return needed;
}

void
privileges_settle(const struct app *app)
{
	uint64_t needed;
	int ret;

	if (!app->conf.sandbox)
		return;
	needed = privileges_needed(app);
	ret = caps_keep_everywhere(needed);
	if (ret != 0)
		say_warning("not all threads have given up their capabilities: %s", strerror(-ret));
	ret = sandbox_enter((needed & BPF) != 0 || app->localhost != NULL);
	if (ret != 0)
		say_warning("system calls are not restricted: %s; --sandbox off says nothing of it",
			strerror(-ret));
}
