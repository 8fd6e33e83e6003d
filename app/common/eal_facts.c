/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal_facts.h"

#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

#define SIZES_MAX 8

unsigned long
eal_facts_meminfo(const char *meminfo, const char *key)
{
	FILE *f = fopen(meminfo, "re");
	unsigned long value = 0;
	char line[256];
	size_t len = strlen(key);

	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, key, len) == 0 && line[len] == ':') {
			value = strtoul(line + len + 1, NULL, 10);
			break;
		}
	}
	fclose(f);
	return value;
}

/* "2M", "1G", "1024M", "2048K" or bytes. */
static unsigned long
page_size_kb(const char *text)
{
	char *unit;
	unsigned long n = strtoul(text, &unit, 10);

	switch (*unit) {
	case 'G':
		return n * 1024 * 1024;
	case 'M':
		return n * 1024;
	case 'K':
		return n;
	default:
		return n / 1024;
	}
}

void
eal_facts_hugetlbfs(const char *mounts, unsigned long default_kb, eal_hugetlbfs_fn fn, void *arg)
{
	FILE *f = setmntent(mounts, "re");
	struct mntent *m;

	if (f == NULL)
		return;
	while ((m = getmntent(f)) != NULL) {
		const char *size;

		if (strcmp(m->mnt_type, "hugetlbfs") != 0)
			continue;
		size = hasmntopt(m, "pagesize");
		fn(m->mnt_dir, size != NULL && strchr(size, '=') != NULL ?
			page_size_kb(strchr(size, '=') + 1) : default_kb, arg);
	}
	endmntent(f);
}

struct sum {
	const char *sizes;
	unsigned int nb_seen;
	unsigned long seen_kb[SIZES_MAX];
	unsigned long mb;
};

static unsigned long
read_pages(const char *sizes, unsigned long page_kb, const char *what)
{
	unsigned long n = 0;
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/hugepages-%lukB/%s", sizes, page_kb, what);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%lu", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

static void
add_mount(const char *dir, unsigned long page_kb, void *arg)
{
	struct sum *sum = arg;
	unsigned long free_pages, reserved;

	if (access(dir, W_OK | X_OK) != 0 || sum->nb_seen == SIZES_MAX)
		return;
	for (unsigned int i = 0; i < sum->nb_seen; i++) {
		if (sum->seen_kb[i] == page_kb)
			return;
	}
	sum->seen_kb[sum->nb_seen++] = page_kb;
	free_pages = read_pages(sum->sizes, page_kb, "free_hugepages");
	reserved = read_pages(sum->sizes, page_kb, "resv_hugepages");
	if (free_pages > reserved)
		sum->mb += (free_pages - reserved) * page_kb / 1024;
}

unsigned long
eal_facts_huge_mb(const char *mounts, const char *sizes, const char *meminfo)
{
	struct sum sum = { .sizes = sizes };

	eal_facts_hugetlbfs(mounts, eal_facts_meminfo(meminfo, "Hugepagesize"), add_mount, &sum);
	return sum.mb;
}

/* One number in a file of a version 2 control group; absent or "max": no limit. */
static unsigned long
cgroup_bytes(const char *group, const char *what, unsigned long otherwise)
{
	unsigned long n = otherwise;
	char path[640];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/%s", group, what);
	f = fopen(path, "re");
	if (f == NULL)
		return otherwise;
	if (fscanf(f, "%lu", &n) != 1)
		n = otherwise;
	fclose(f);
	return n;
}

/* What the control group of this process leaves, bytes. In a container it is the root. */
static unsigned long
cgroup_room(void)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	unsigned long limit, used;
	char line[512];
	char *group = NULL;

	while (f != NULL && group == NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "0::", 3) == 0)
			group = line + 3;
	}
	if (f != NULL)
		fclose(f);
	if (group == NULL)
		return (unsigned long)-1;
	group[strcspn(group, "\n")] = '\0';
	limit = cgroup_bytes(group, "memory.max", (unsigned long)-1);
	used = cgroup_bytes(group, "memory.current", 0);
	if (limit == (unsigned long)-1)
		return limit;
	return limit > used ? limit - used : 0;
}

void
eal_facts_read(struct eal_facts *ret)
{
	unsigned long room = cgroup_room();
	struct rlimit as;

	memset(ret, 0, sizeof(*ret));
	if (sched_getaffinity(0, sizeof(ret->cpus), &ret->cpus) != 0) {
		CPU_ZERO(&ret->cpus);
		CPU_SET(0, &ret->cpus);
	}
	ret->memory_mb = eal_facts_meminfo("/proc/meminfo", "MemAvailable") / 1024;
	if (room >> 20 < ret->memory_mb)
		ret->memory_mb = room >> 20;
	if (getrlimit(RLIMIT_AS, &as) == 0 && as.rlim_cur != RLIM_INFINITY &&
		as.rlim_cur >> 20 < ret->memory_mb)
		ret->memory_mb = as.rlim_cur >> 20;
	ret->huge_mb = eal_facts_huge_mb("/proc/mounts", "/sys/kernel/mm/hugepages",
		"/proc/meminfo");
}
