/* SPDX-License-Identifier: BSD-3-Clause */
#include "top_conf.h"

#include <string.h>

#include "cmdline.h"
#include "conf/text.h"

#define INTERVAL_MIN_S 0.1
#define INTERVAL_MAX_S 3600

static const char *const sort_names[TOP_SORT_MAX + 1] = {
	[TOP_SORT_PORT] = "port",
	[TOP_SORT_NAME] = "name",
	[TOP_SORT_RX] = "rx",
	[TOP_SORT_TX] = "tx",
	[TOP_SORT_DROPS] = "drops",
};

const char *
top_sort_name(enum top_sort sort)
{
	return sort_names[sort];
}

static int
set_prefix(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct top_conf *conf = to;

	if (strchr(value, '/') != NULL)
		return dlo_conf_fail(err, "'%s' is a path: give the prefix alone, as dpdk-lo got or "
			"printed it", value);
	return dlo_conf_read_text("prefix", value, conf->prefix, sizeof(conf->prefix), err);
}

static int
set_interval(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct top_conf *conf = to;
	double s;
	int rc = dlo_conf_read_seconds(value, INTERVAL_MIN_S, INTERVAL_MAX_S, &s, err);

	if (rc == 0 && s == 0)
		return dlo_conf_fail(err, "0 is no interval: give seconds, at least 0.1");
	if (rc == 0)
		conf->interval_s = s;
	return rc;
}

static int
set_sort(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct top_conf *conf = to;
	int sort = dlo_conf_read_word("key", sort_names, value, err);

	if (sort < 0)
		return sort;
	conf->sort = (enum top_sort)sort;
	return 0;
}

static int
set_flag(bool *flag, const char *value, char err[DLO_CONF_ERR])
{
	if (value != NULL)
		return dlo_conf_fail(err, "takes no value, '%s' was given", value);
	*flag = true;
	return 0;
}

static int
set_once(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return set_flag(&((struct top_conf *)to)->once, value, err);
}

static int
set_json(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return set_flag(&((struct top_conf *)to)->json, value, err);
}

#define VIEW "View"
#define SCRIPTS "For scripts"

static const struct dlo_option options[] = {
	{
		.name = "file-prefix",
		.arg = "PREFIX",
		.group = VIEW,
		.help = "Which dpdk-lo to watch, by the --file-prefix that it was given or that it "
			"printed at its start.",
		.dflt = "whichever runs; of several the newest, and key 'n' shows the next",
		.set_other = set_prefix,
	},
	{
		.name = "interval",
		.arg = "SECONDS",
		.group = VIEW,
		.help = "Time between two looks, 0.1 to 3600.",
		.dflt = "1",
		.set_other = set_interval,
	},
	{
		.name = "sort",
		.arg = "KEY",
		.group = VIEW,
		.help = "What ports are sorted by: 'port' for their own order, 'name', or 'rx', 'tx' "
			"or 'drops' a second.",
		.dflt = "port",
		.set_other = set_sort,
	},
	{
		.name = "once",
		.group = SCRIPTS,
		.help = "Print one page as plain text, with rates over one interval, and end.",
		.set_other = set_once,
	},
	{
		.name = "json",
		.group = SCRIPTS,
		.help = "Print JSON: a line for every look, or with --once one line.",
		.set_other = set_json,
	},
	{ 0 },
};

static void
init(void *to)
{
	struct top_conf *conf = to;

	memset(conf, 0, sizeof(*conf));
	conf->interval_s = 1;
}

static const char *const description[] = {
	"'dpdk-lo-top' shows a running dpdk-lo: its ports with their rates, what becomes of the frames of "
	"one of them (the verdicts), the host link, loopback addresses, carried localhost, latency "
	"where it is measured, and how busy its lcores are. It reads DPDK's telemetry socket and "
	"nothing else, and changes nothing.",
	"When the dpdk-lo that it watches ends it waits for the next one of that prefix, or without "
	"--file-prefix for any.",
	"Keys: up and down choose the port whose verdicts are shown; 's' sorts by the next key; 'z' "
	"shows verdicts that never occurred, too; 'p' or the space bar pauses; 'r' counts from now on, 'R' "
	"from the start again; page up and page down scroll; '+' and '-' change the interval; 'n' shows the "
	"next dpdk-lo; 'h' or '?' shows help; 'q' ends.",
	"Colours are used where the terminal has them and the environment variable NO_COLOR is not set "
	"or empty; sparklines need a UTF-8 locale and are made of ASCII characters elsewhere.",
	NULL,
};

static const char *const arguments[] = {
	"A value follows its option after '=' or as the next word. Of two equal options the later wins.",
	NULL,
};

static const struct prose_item pages[] = {
	{ "--help, -h", "Print this help. '--help=man' prints the man page." },
	{ "--version", "Print the versions of dpdk-lo-top and of DPDK." },
	{ NULL, NULL },
};

static const struct prose_item exit_status[] = {
	{ "0", "Ended as asked, or after what '--once' prints." },
	{ "1", "No dpdk-lo runs, it cannot be reached, or '--once' found several; one sentence on stderr "
		"says which." },
	{ "2", "The arguments are wrong; one sentence on stderr says where." },
	{ NULL, NULL },
};

static const struct prose_item files[] = {
	{ "/var/run/dpdk/PREFIX/dpdk_telemetry.v2", "The socket. Below $RUNTIME_DIRECTORY, "
		"$XDG_RUNTIME_DIR, /run/dpdk-lo, /run/user/* and /tmp as well, where services and "
		"users other than root have theirs." },
	{ NULL, NULL },
};

static const struct prose_item examples[] = {
	{ "dpdk-lo-top", "Watch the dpdk-lo that runs." },
	{ "dpdk-lo-top --file-prefix lab --interval 0.5 --sort drops", "Twice a second, the port that drops "
		"most on top." },
	{ "dpdk-lo-top --once --json", "Rates of this moment, for a script." },
	{ NULL, NULL },
};

const struct program program_dpdk_lo_top = {
	.name = "dpdk-lo-top",
	.title = "watch a running dpdk-lo",
	.no_eal = true,
	.section = 1,
	.options = options,
	.init = init,
	.apply = cmdline_set_all,
	.synopsis = "dpdk-lo-top [options]",
	.summary = "Watch a running dpdk-lo: rates, verdicts, loopbacks, latency.",
	.description = description,
	.arguments = arguments,
	.pages = pages,
	.exit_status = exit_status,
	.files = files,
	.examples = examples,
	.see_also = "dpdk-lo(8), dpdk-telemetry.py, top(1)",
};
