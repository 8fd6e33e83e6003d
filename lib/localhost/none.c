/* SPDX-License-Identifier: BSD-3-Clause */

/* For a build without clang, bpftool or libbpf: says so when it is asked to carry. */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "localhost/localhost.h"
#include "localhost/sentence.h"

bool
dlo_localhost_built(void)
{
	return false;
}

int
dlo_localhost_check(const char *state_dir, char err[DLO_LOCALHOST_ERR])
{
	(void)state_dir;
	return dlo_localhost_fail(err, -ENOTSUP, "--localhost: this dpdk-lo was built without its BPF "
		"programs: install clang, bpftool and libbpf-dev, then build it again");
}

int
dlo_localhost_clean(const char *state_dir, char err[DLO_LOCALHOST_ERR])
{
	return dlo_localhost_check(state_dir, err);
}

int
dlo_localhost_open(const struct dlo_localhost_args *args, struct dlo_localhost **ret,
	char err[DLO_LOCALHOST_ERR])
{
	(void)ret;
	return dlo_localhost_check(args->state_dir, err);
}

void
dlo_localhost_enable(struct dlo_localhost *lh, bool on)
{
	(void)lh;
	(void)on;
}

uint64_t *
dlo_localhost_beat(struct dlo_localhost *lh, unsigned int queue)
{
	(void)lh;
	(void)queue;
	return NULL;
}

bool
dlo_localhost_is_carrying(const struct dlo_localhost *lh)
{
	(void)lh;
	return false;
}

const char *
dlo_localhost_attachment(const struct dlo_localhost *lh)
{
	(void)lh;
	return "none";
}

int
dlo_localhost_read(const struct dlo_localhost *lh, struct dlo_localhost_counts *ret)
{
	(void)lh;
	memset(ret, 0, sizeof(*ret));
	return 0;
}

int
dlo_localhost_close(struct dlo_localhost *lh, char err[DLO_LOCALHOST_ERR])
{
	(void)lh;
	(void)err;
	return 0;
}
