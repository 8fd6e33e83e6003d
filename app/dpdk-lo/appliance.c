/* SPDX-License-Identifier: BSD-3-Clause */
#include "appliance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/text.h"
#include "filter.h"
#include "prose.h"

/* What the command line said, for appliance_reread(); the values are argv's own. */
static struct {
	struct cmdline_setting *settings;
	int nb;
} given;

static void
init(void *conf)
{
	dlo_conf_init(conf);
}

/* The config file first, wherever it is named, so that the others win. */
static int
set_all(struct dlo_conf *conf, const struct cmdline_setting *settings, int nb,
	char err[DLO_CONF_ERR])
{
	int config = -1;
	int rc = 0;

	for (int i = 0; i < nb; i++) {
		if (strcmp(settings[i].option->name, "config") != 0)
			continue;
		if (config >= 0)
			return dlo_conf_fail(err, "--config: given twice, one file is read");
		config = i;
	}
	if (config >= 0) {
		rc = dlo_conf_set(conf, "config", settings[config].value, err);
		if (rc == 0)
			rc = dlo_conf_read_file(conf, settings[config].value, err);
	}
	for (int i = 0; rc == 0 && i < nb; i++) {
		if (i != config)
			rc = dlo_conf_set(conf, settings[i].option->name, settings[i].value, err);
	}
	if (rc == 0)
		rc = dlo_conf_validate(conf, err);
	return rc != 0 ? rc : filter_check_all(conf, err);
}

static int
apply(void *to, const struct cmdline_setting *settings, int nb, char err[DLO_CONF_ERR])
{
	free(given.settings);
	given.nb = nb;
	given.settings = calloc(nb > 0 ? (size_t)nb : 1, sizeof(*settings));
	if (given.settings == NULL)
		return dlo_conf_fail(err, "out of memory");
	memcpy(given.settings, settings, (size_t)nb * sizeof(*settings));
	return set_all(to, settings, nb, err);
}

int
appliance_reread(struct dlo_conf *ret, char err[DLO_CONF_ERR])
{
	dlo_conf_init(ret);
	return set_all(ret, given.settings, given.nb, err);
}

const struct program program_dpdk_lo = {
	.name = "dpdk-lo",
	.title = "the loopback device, rebuilt on DPDK",
	.options = dlo_options,
	.init = init,
	.apply = apply,
	.synopsis = prose_synopsis,
	.summary = prose_summary,
	.description = prose_description,
	.arguments = prose_arguments,
	.pages = prose_pages,
	.exit_status = prose_exit_status,
	.files = prose_files,
	.examples = prose_examples,
	.see_also = prose_see_also,
};
