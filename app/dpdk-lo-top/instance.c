/* SPDX-License-Identifier: BSD-3-Clause */
#include "instance.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SOCKET_NAME "dpdk_telemetry.v2" /* ":1" and so on behind it with --in-memory */
#define BASES_MAX 64

struct bases {
	unsigned int nb;
	char path[BASES_MAX][PATH_MAX];
};

/* The same folder under two names (/var/run is /run) counts once. */
static void
add_base(struct bases *b, const char *dir)
{
	char path[PATH_MAX], real[PATH_MAX];

	if (dir == NULL || b->nb == BASES_MAX ||
		snprintf(path, sizeof(path), "%s/dpdk", dir) >= (int)sizeof(path) ||
		realpath(path, real) == NULL)
		return;
	for (unsigned int i = 0; i < b->nb; i++) {
		if (strcmp(b->path[i], real) == 0)
			return;
	}
	strcpy(b->path[b->nb++], real);
}

/* Where EAL has its folders: by environment and user, of services, of other users. */
static void
find_bases(struct bases *b)
{
	glob_t users;

	b->nb = 0;
	add_base(b, getenv("RUNTIME_DIRECTORY"));
	add_base(b, "/var/run");
	add_base(b, getenv("XDG_RUNTIME_DIR"));
	add_base(b, "/run/dpdk-lo");
	if (glob("/run/user/*", GLOB_NOSORT, NULL, &users) == 0) {
		for (size_t i = 0; i < users.gl_pathc; i++)
			add_base(b, users.gl_pathv[i]);
		globfree(&users);
	}
	add_base(b, "/tmp");
}

static void
deny(struct instances *ret, const char *path)
{
	ret->nb_denied++;
	client_copy_text(ret->denied, sizeof(ret->denied), path);
}

/* Any DPDK application has such a socket: only ours know our commands. */
static bool
is_ours(const char *socket, const char *name, const struct client_wait *wait, struct instances *ret)
{
	json_t *ports = NULL;
	struct client c;
	int err = client_open(&c, socket, wait);
	bool ours;

	if (err == 0)
		err = client_ask(&c, "/dlo/ports", &ports);
	if (err == -EACCES)
		deny(ret, socket);
	if (err == -ETIMEDOUT)
		client_copy_text(ret->silent, sizeof(ret->silent), name);
	ours = err == 0 && json_is_object(ports);
	json_decref(ports);
	client_close(&c);
	return ours;
}

static void
look_into(const char *base, const char *name, const struct client_wait *wait, struct instances *ret)
{
	struct instance *in = &ret->list[ret->nb];
	char path[PATH_MAX];
	struct dirent *e;
	struct stat st;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	dir = opendir(path);
	if (dir == NULL && errno == EACCES)
		deny(ret, path);
	while (dir != NULL && ret->nb < INSTANCES_MAX && (e = readdir(dir)) != NULL) {
		if (strncmp(e->d_name, SOCKET_NAME, strlen(SOCKET_NAME)) != 0 ||
			snprintf(in->socket, sizeof(in->socket), "%s/%s", path, e->d_name) >=
				(int)sizeof(in->socket) ||
			stat(in->socket, &st) != 0 || !is_ours(in->socket, name, wait, ret))
			continue;
		client_copy_text(in->prefix, sizeof(in->prefix), name);
		in->since = st.st_mtime;
		in = &ret->list[++ret->nb];
	}
	if (dir != NULL)
		closedir(dir);
}

static int
by_age(const void *a, const void *b)
{
	const struct instance *x = a, *y = b;

	return x->since != y->since ? (x->since < y->since ? 1 : -1) : strcmp(x->prefix, y->prefix);
}

void
instances_find(const char *prefix, const struct client_wait *wait, struct instances *ret)
{
	struct bases bases;

	memset(ret, 0, sizeof(*ret));
	find_bases(&bases);
	for (unsigned int i = 0; i < bases.nb; i++) {
		DIR *dir = opendir(bases.path[i]);
		struct dirent *e;

		if (dir == NULL && errno == EACCES)
			deny(ret, bases.path[i]);
		while (dir != NULL && ret->nb < INSTANCES_MAX && (e = readdir(dir)) != NULL) {
			if (e->d_name[0] != '.' && (prefix[0] == '\0' || strcmp(e->d_name, prefix) == 0))
				look_into(bases.path[i], e->d_name, wait, ret);
		}
		if (dir != NULL)
			closedir(dir);
	}
	qsort(ret->list, ret->nb, sizeof(ret->list[0]), by_age);
}
