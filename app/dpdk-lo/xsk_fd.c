/* SPDX-License-Identifier: BSD-3-Clause */
#include "xsk_fd.h"

#include <dirent.h>
#include <linux/if_xdp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#define KNOWN_MAX 1024

/* Descriptors are used again, inodes of sockets are not for a long time. */
static ino_t known[KNOWN_MAX];
static unsigned int nb_known;

static bool
is_new_xsk(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);
	struct stat st;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 || domain != AF_XDP ||
		fstat(fd, &st) != 0 || nb_known == KNOWN_MAX)
		return false;
	for (unsigned int i = 0; i < nb_known; i++) {
		if (known[i] == st.st_ino)
			return false;
	}
	known[nb_known++] = st.st_ino;
	return true;
}

int
xsk_fd_new(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int found = -1;

	while (dir != NULL && found < 0 && (entry = readdir(dir)) != NULL) {
		char *end;
		long fd = strtol(entry->d_name, &end, 10);

		if (end != entry->d_name && *end == '\0' && is_new_xsk((int)fd))
			found = (int)fd;
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

uint64_t
xsk_missed(int fd)
{
	struct xdp_statistics stats = { 0 };
	socklen_t len = sizeof(stats);

	if (fd < 0 || getsockopt(fd, SOL_XDP, XDP_STATISTICS, &stats, &len) != 0)
		return 0;
	return stats.rx_ring_full + stats.rx_fill_ring_empty_descs;
}
