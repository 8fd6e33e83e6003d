/* SPDX-License-Identifier: BSD-3-Clause */
#include "devarg.h"

#include <string.h>

#include "cmdline.h"

size_t
devarg(const char *devargs, const char *key, const char **ret_value)
{
	size_t len = strlen(key);

	for (const char *at = devargs; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, key, len) == 0 && at[len] == '=') {
			*ret_value = at + len + 1;
			return strcspn(*ret_value, ",");
		}
	}
	return 0;
}

bool
devarg_is(const char *devargs, const char *key, const char *value)
{
	const char *said;
	size_t len = devarg(devargs, key, &said);

	return len == strlen(value) && strncmp(said, value, len) == 0;
}

bool
devarg_of_driver(const char *devargs, const char *driver)
{
	return strncmp(devargs, driver, strlen(driver)) == 0;
}

const char *
devarg_vdev(const struct cmdline_eal *eal, int i, const char **ret_option)
{
	static const char joined[] = "--vdev=";
	const char *option = "";

	if (strncmp(eal->argv[i], joined, strlen(joined)) == 0)
		option = joined;
	else if (i == 0 || strcmp(eal->argv[i - 1], "--vdev") != 0)
		return NULL;
	if (ret_option != NULL)
		*ret_option = option;
	return eal->argv[i] + strlen(option);
}
