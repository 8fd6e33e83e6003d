/* SPDX-License-Identifier: BSD-3-Clause */
#include "cmdline.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_version.h>

#include "completion.h"
#include "conf/text.h"
#include "log.h"
#include "manpage.h"
#include "markdown.h"
#include "usage.h"

/* Longest name of an option, so that a value can be cut off. */
#define NAME_LEN 64

__attribute__((format(printf, 2, 3)))
static enum cmdline_result
usage(char err[CMDLINE_ERR], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, CMDLINE_ERR, fmt, ap);
	va_end(ap);
	return CMDLINE_USAGE;
}

/* Our own words, that also people who have not read the rest yet will type on either side. */
static enum cmdline_page
page_of(const char *arg)
{
	if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		return CMDLINE_HELP;
	if (strcmp(arg, "--help=man") == 0)
		return CMDLINE_MAN;
	if (strcmp(arg, "--help=markdown") == 0)
		return CMDLINE_MARKDOWN;
	if (strcmp(arg, "--help=bash") == 0)
		return CMDLINE_BASH;
	if (strcmp(arg, "--help=config") == 0)
		return CMDLINE_CONFIG;
	if (strcmp(arg, "--version") == 0)
		return CMDLINE_VERSION;
	return CMDLINE_NO_PAGE;
}

/* "--name=value" or "--name". @return the name in buf, "" when arg is no long option. */
static const char *
split(char *arg, char buf[NAME_LEN], char **ret_value)
{
	char *equals;
	size_t len;

	buf[0] = '\0';
	*ret_value = NULL;
	if (strncmp(arg, "--", 2) != 0)
		return buf;
	equals = strchr(arg, '=');
	len = equals != NULL ? (size_t)(equals - arg - 2) : strlen(arg + 2);
	/* A name too long for the buffer is none of ours, cut or not. */
	if (len >= NAME_LEN)
		len = NAME_LEN - 1;
	memcpy(buf, arg + 2, len);
	buf[len] = '\0';
	if (equals != NULL)
		*ret_value = equals + 1;
	return buf;
}

static enum cmdline_result
read_eal(const struct program *program, int argc, char **argv, struct cmdline_eal *eal,
	char err[CMDLINE_ERR])
{
	char name[NAME_LEN];
	char *value;

	for (int i = 1; i < argc; i++) {
		if (dlo_option_find(program->options, split(argv[i], name, &value)) != NULL &&
			!eal_args_is_option(name))
			return usage(err, "--%s is an option of %s, not of EAL: write it "
				"after '--', as in '%s -- --%s ...'", name, program->name,
				program->name, name);
	}
	eal->argc = argc;
	eal->argv = argv;
	if (eal_args_read(argc, argv, &eal->given, err) != 0)
		return CMDLINE_USAGE;
	eal->has_ports = eal->given.vdev || eal->given.allow;
	eal->has_lcores = eal->given.lcores;
	return CMDLINE_RUN;
}

/*
 * Not getopt_long(): it takes abbreviations, which a new option would make ambiguous, takes the
 * next option for a missing value, and an optional value only after '='.
 */
static enum cmdline_result
read_option(const struct program *program, int argc, char **argv, int *at,
	struct cmdline_setting *ret, char err[CMDLINE_ERR])
{
	char name[NAME_LEN];
	char *arg = argv[*at];
	const char *next = *at + 1 < argc ? argv[*at + 1] : NULL;
	char *value;

	if (arg[0] != '-')
		return usage(err, "'%s' is not an option, see --help", arg);
	if (split(arg, name, &value)[0] == '\0')
		return usage(err, "'%s' is not an option of %s: those have two dashes%s", arg,
			program->name, program->no_eal ? "" : ", and EAL's stand before '--'");
	ret->option = dlo_option_find(program->options, name);
	if (ret->option == NULL && !program->no_eal && eal_args_is_option(name))
		return usage(err, "--%s is an option of EAL: write it before '--'", name);
	if (ret->option == NULL)
		return usage(err, "--%s: no such option, see --help", name);
	ret->value = value;
	if (value != NULL || ret->option->arg == NULL)
		return CMDLINE_RUN;
	if (next == NULL || strncmp(next, "--", 2) == 0 ||
		(ret->option->arg_optional && next[0] == '-')) {
		if (!ret->option->arg_optional)
			return usage(err, "--%s: needs a value: %s", name, ret->option->arg);
		return CMDLINE_RUN;
	}
	ret->value = next;
	*at += 1;
	return CMDLINE_RUN;
}

static enum cmdline_result
read_ours(const struct program *program, int argc, char **argv, void *conf,
	char err[CMDLINE_ERR])
{
	enum cmdline_result result = CMDLINE_RUN;
	struct cmdline_setting *settings;
	int nb = 0;

	settings = calloc(argc > 0 ? argc : 1, sizeof(*settings));
	if (settings == NULL)
		return usage(err, "out of memory");
	for (int at = 0; result == CMDLINE_RUN && at < argc; at++)
		result = read_option(program, argc, argv, &at, &settings[nb++], err);
	if (result == CMDLINE_RUN && program->apply(conf, settings, nb, err) != 0)
		result = CMDLINE_USAGE;
	free(settings);
	return result;
}

enum cmdline_result
cmdline_read(const struct program *program, int argc, char **argv, void *conf, struct cmdline_eal *ret_eal,
	enum cmdline_page *ret_page, char err[CMDLINE_ERR])
{
	enum cmdline_result result;
	int eal_argc = argc, ours = argc;

	program->init(conf);
	memset(ret_eal, 0, sizeof(*ret_eal));
	for (int i = 1; i < argc; i++) {
		*ret_page = page_of(argv[i]);
		if (*ret_page != CMDLINE_NO_PAGE)
			return CMDLINE_DONE;
	}
	*ret_page = CMDLINE_NO_PAGE;
	if (program->no_eal)
		eal_argc = ours = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
	for (int i = 1; i < argc && eal_argc == argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			eal_argc = i;
			ours = i + 1;
		}
	}
	result = program->no_eal ? CMDLINE_RUN : read_eal(program, eal_argc, argv, ret_eal, err);
	if (result == CMDLINE_RUN)
		result = read_ours(program, argc - ours, argv + ours, conf, err);
	for (char *c = err; result == CMDLINE_USAGE && *c != '\0'; c++) {
		if (iscntrl((unsigned char)*c))
			*c = '?';
	}
	return result;
}

enum cmdline_result
cmdline_parse(const struct program *program, int argc, char **argv, void *conf, struct cmdline_eal *ret_eal)
{
	enum cmdline_result result;
	enum cmdline_page page;
	char err[CMDLINE_ERR];

	result = cmdline_read(program, argc, argv, conf, ret_eal, &page, err);
	if (result == CMDLINE_USAGE)
		say_error("%s", err);
	switch (page) {
	case CMDLINE_HELP:
		usage_print(program, stdout, usage_columns());
		break;
	case CMDLINE_MAN:
		manpage_print(program, stdout);
		break;
	case CMDLINE_MARKDOWN:
		markdown_print(program, stdout);
		break;
	case CMDLINE_BASH:
		completion_print(program, stdout);
		break;
	case CMDLINE_CONFIG:
		config_example_print(program, stdout);
		break;
	case CMDLINE_VERSION:
		printf("%s %s, %s\n", program->name, DLO_VERSION, rte_version());
		break;
	case CMDLINE_NO_PAGE:
		break;
	}
	return result;
}

int
cmdline_set_all(void *conf, const struct cmdline_setting *settings, int nb, char err[DLO_CONF_ERR])
{
	char why[DLO_CONF_ERR];
	int rc;

	for (int i = 0; i < nb; i++) {
		const struct dlo_option *o = settings[i].option;

		rc = o->set_other(conf, settings[i].value, why);
		if (rc != 0) {
			dlo_conf_fail(err, "--%s: %.*s", o->name, DLO_CONF_ERR - 80, why);
			return rc;
		}
	}
	return 0;
}
