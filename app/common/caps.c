/* SPDX-License-Identifier: BSD-3-Clause */
#include "caps.h"

#include <ctype.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "all_threads.h"

static int
read_sets(uint64_t *ret_permitted, uint64_t *ret_effective)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (capget(&head, data) != 0)
		return -errno;
	*ret_permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	*ret_effective = data[0].effective | (uint64_t)data[1].effective << 32;
	return 0;
}

/* Of the calling thread; a system call and nothing else, so that a signal handler may. */
static int
write_sets(uint64_t permitted, uint64_t effective)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ .permitted = (uint32_t)permitted, .effective = (uint32_t)effective },
		{ .permitted = (uint32_t)(permitted >> 32), .effective = (uint32_t)(effective >> 32) },
	};

	return capset(&head, data) == 0 ? 0 : -errno;
}

uint64_t
caps_effective(void)
{
	uint64_t permitted, effective = 0;

	read_sets(&permitted, &effective);
	return effective;
}

int
caps_keep(uint64_t keep)
{
	uint64_t permitted = 0, effective = 0;
	int ret = read_sets(&permitted, &effective);

	return ret == 0 ? write_sets(permitted & keep, permitted & keep) : ret;
}

struct everywhere {
	uint64_t keep;
	atomic_int error;
};

static void
keep_here(void *arg)
{
	struct everywhere *e = arg;
	int ret = caps_keep(e->keep);

	if (ret != 0)
		atomic_store(&e->error, ret);
}

int
caps_keep_everywhere(uint64_t keep)
{
	struct everywhere e = { .keep = keep };
	int ret = all_threads_do(keep_here, &e);

	return ret != 0 ? ret : atomic_load(&e.error);
}

int
caps_set_effective(uint64_t set)
{
	uint64_t permitted = 0, effective = 0;
	int ret = read_sets(&permitted, &effective);

	return ret == 0 ? write_sets(permitted, permitted & set) : ret;
}

void
caps_drop_bounding(void)
{
	/* Up to the last one that this kernel knows. */
	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
}

const char *
caps_names(uint64_t set, char buf[CAPS_TEXT])
{
	unsigned int nb = 0, at = 0;
	size_t used = 0;

	for (unsigned int cap = 0; cap < 64; cap++)
		nb += (set & CAPS_BIT(cap)) != 0;
	snprintf(buf, CAPS_TEXT, "no capability");
	for (unsigned int cap = 0; cap < 64 && used < CAPS_TEXT; cap++) {
		char *name;

		if ((set & CAPS_BIT(cap)) == 0)
			continue;
		name = cap_to_name((cap_value_t)cap);
		for (char *c = name; c != NULL && *c != '\0'; c++)
			*c = (char)toupper((unsigned char)*c);
		used += (size_t)snprintf(buf + used, CAPS_TEXT - used, "%s%s",
			at == 0 ? "" : at + 1 == nb ? " and " : ", ", name != NULL ? name : "?");
		cap_free(name);
		at++;
	}
	return buf;
}
