/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <stdint.h>
#include <cmocka.h>

#include "appliance.h"
#include "cmdline.h"
#include "conf/option.h"
#include "manpage.h"
#include "markdown.h"
#include "usage.h"

static struct dlo_conf conf;
static struct cmdline_eal eal;
static enum cmdline_page page;
static char err[CMDLINE_ERR];

/* Words of a line, blanks between, "''" an empty one; the program's name is put before them. */
static enum cmdline_result
run(const char *line)
{
	static char words[1024];
	static char *argv[64];
	static char name[] = "dpdk-lo";
	char *save = NULL;
	int argc = 0;

	snprintf(words, sizeof(words), "%s", line);
	argv[argc++] = name;
	for (char *w = strtok_r(words, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
		argv[argc++] = strcmp(w, "''") == 0 ? w + 2 : w;
	argv[argc] = NULL;
	err[0] = '\0';
	return cmdline_read(&program_dpdk_lo, argc, argv, &conf, &eal, &page, err);
}

static void
good_lines(void **state)
{
	(void)state;
	assert_int_equal(run(""), CMDLINE_RUN);
	assert_int_equal(eal.argc, 1);
	assert_false(eal.has_ports || eal.has_lcores);
	assert_false(conf.link.wanted);

	assert_int_equal(run("--"), CMDLINE_RUN);
	assert_int_equal(eal.argc, 1);

	assert_int_equal(run("-l 0-1 --vdev net_ring0 -- --mode mac --accept=any"), CMDLINE_RUN);
	assert_int_equal(eal.argc, 5);
	assert_string_equal(eal.argv[4], "net_ring0");
	assert_true(eal.has_ports && eal.has_lcores);
	assert_int_equal(conf.all.mode, DLO_MODE_MAC);
	assert_int_equal(conf.all.accept, DLO_ACCEPT_ANY);

	/* An optional value may stand apart, or not at all. */
	assert_int_equal(run("-- --link --mode ip"), CMDLINE_RUN);
	assert_string_equal(conf.link.name, "dlo0");
	assert_int_equal(conf.all.mode, DLO_MODE_IP);
	assert_int_equal(run("-- --link x0,mtu=1400 --mode ip"), CMDLINE_RUN);
	assert_string_equal(conf.link.name, "x0");
	assert_int_equal(run("-- --link=y0"), CMDLINE_RUN);
	assert_string_equal(conf.link.name, "y0");
	assert_int_equal(run("-- --stats 1 --link"), CMDLINE_RUN);
	assert_true(conf.link.wanted);

	/* Of two the later; repeatable ones add up. */
	assert_int_equal(run("-- --mode ip --mode mac --address 192.0.2.1 --address 192.0.2.2"),
		CMDLINE_RUN);
	assert_int_equal(conf.all.mode, DLO_MODE_MAC);
	assert_int_equal(conf.all.nb_addresses, 2);
}

static void
pages(void **state)
{
	static const struct {
		const char *line;
		enum cmdline_page page;
	} cases[] = {
		{ "--help", CMDLINE_HELP },
		{ "-h", CMDLINE_HELP },
		{ "-- --help", CMDLINE_HELP },
		{ "--nonsense -- --mode nonsense -h", CMDLINE_HELP },
		{ "--help=man", CMDLINE_MAN },
		{ "-- --help=man", CMDLINE_MAN },
		{ "--help=markdown", CMDLINE_MARKDOWN },
		{ "--version", CMDLINE_VERSION },
		{ "-- --version", CMDLINE_VERSION },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(run(cases[i].line), CMDLINE_DONE);
		assert_int_equal(page, cases[i].page);
	}
	assert_int_equal(run("--localhost"), CMDLINE_USAGE);
	assert_int_equal(run("--localhost off --no-pci"), CMDLINE_USAGE);
	assert_int_equal(run("-- --localhost off"), CMDLINE_RUN);
	assert_int_equal(run("-- --mode l4"), CMDLINE_RUN);
	assert_int_equal(page, CMDLINE_NO_PAGE);
}

static void
bad_lines(void **state)
{
	static const struct {
		const char *line;
		const char *want;
	} cases[] = {
		{ "--mode l4", "--mode is an option of dpdk-lo, not of EAL: write it after '--'" },
		{ "--stats=1 -- --mode l4", "--stats is an option of dpdk-lo, not of EAL" },
		{ "net_ring0", "'net_ring0' is not an option: EAL's options stand before '--'" },
		{ "--vdev net_ring0 x -- --mode l4", "'x' is not an option" },
		{ "--vdev", "--vdev: this EAL option needs a value" },
		{ "-l", "-l: this EAL option needs a value" },
		{ "-- --vdev net_ring0", "--vdev is an option of EAL: write it before '--'" },
		{ "-- -l 0", "'-l' is not an option of dpdk-lo: those have two dashes" },
		{ "-- x\ny", "'x?y' is not an option" },
		{ "x\ny", "'x?y' is not an option" },
		{ "-- x", "'x' is not an option, see --help" },
		{ "-- --mode l4 x", "'x' is not an option, see --help" },
		{ "-- --mode l4 --", "'--' is not an option" },
		{ "-- --mod l4", "--mod: no such option" },
		{ "-- --model l4", "--model: no such option" },
		{ "-- --0123456789012345678901234567890123456789012345678901234567890123456789",
			"no such option" },
		{ "-- --mode", "--mode: needs a value: MODE" },
		{ "-- --mode --stats 1", "--mode: needs a value: MODE" },
		{ "-- --mode=", "--mode: the value is empty" },
		{ "-- --mode ''", "--mode: the value is empty" },
		{ "-- --link=", "--link: the value is empty" },
		{ "-- --mode foo", "--mode: unknown mode 'foo'" },
		{ "-- --count -5", "--count: '-5' is not a whole number" },
		{ "-- --config /nonexistent/x", "/nonexistent/x: cannot be opened: No such file" },
		{ "-- --config a --config b", "--config: given twice" },
		{ "-- --capture x --json x", "name the same file 'x'" },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (run(cases[i].line) != CMDLINE_USAGE)
			fail_msg("'%s' was taken", cases[i].line);
		if (strstr(err, cases[i].want) == NULL || strchr(err, '\n') != NULL)
			fail_msg("'%s' said '%s', not '%s'", cases[i].line, err, cases[i].want);
	}
}

/* Wherever --config stands, the command line wins. */
static void
config_is_read_first(void **state)
{
	static const char text[] = "[dpdk-lo]\nmode = wire\nstats = 3\n";
	char path[] = "/tmp/dlo-test-cmdline-XXXXXX";
	char line[128];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	snprintf(line, sizeof(line), "-- --mode mac --config %s", path);
	assert_int_equal(run(line), CMDLINE_RUN);
	unlink(path);
	assert_int_equal(conf.all.mode, DLO_MODE_MAC);
	assert_true(conf.stats_s == 3);
	assert_string_equal(conf.config, path);
}

static char *
printed(void (*print)(FILE *out, unsigned int columns), unsigned int columns)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	print(out, columns);
	fclose(out);
	return text;
}

static void
print_man(FILE *out, unsigned int columns)
{
	(void)columns;
	manpage_print(&program_dpdk_lo, out);
}

static void
print_help(FILE *out, unsigned int columns)
{
	usage_print(&program_dpdk_lo, out, columns);
}

/* Every option with its default is there, and only what cannot be broken is wider. */
static void
help_is_whole_and_wrapped(void **state)
{
	char head[128];
	char *text = printed(print_help, 60);
	char *save = NULL;

	(void)state;
	for (const struct dlo_option *o = dlo_options; o->name != NULL; o++) {
		snprintf(head, sizeof(head), "\n  --%s", o->name);
		assert_non_null(strstr(text, head));
	}
	for (char *l = strtok_r(text, "\n", &save); l != NULL; l = strtok_r(NULL, "\n", &save)) {
		if (strlen(l) > 60 && strncmp(l, "      ", 6) == 0 && strchr(l + 6, ' ') != NULL)
			fail_msg("'%s' is wider than 60 columns", l);
	}
	free(text);
}

static void
print_markdown(FILE *out, unsigned int columns)
{
	(void)columns;
	markdown_print(&program_dpdk_lo, out);
}

static void
check_committed(const char *path, void (*print)(FILE *, unsigned int))
{
	char *text = printed(print, 0);
	FILE *f = fopen(path, "r");
	char *committed;
	size_t len;

	if (f == NULL)
		fail_msg("%s is not there", path);
	committed = calloc(1, 1 << 20);
	assert_non_null(committed);
	len = fread(committed, 1, (1 << 20) - 1, f);
	fclose(f);
	if (len != strlen(text) || strcmp(committed, text) != 0)
		fail_msg("%s differs from what the option table makes: run devtools/make-reference", path);
	free(committed);
	free(text);
}

static void
man_page_is_committed(void **state)
{
	(void)state;
	check_committed(MAN_PAGE, print_man);
}

static void
reference_is_committed(void **state)
{
	(void)state;
	check_committed(REFERENCE, print_markdown);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines),
		cmocka_unit_test(pages),
		cmocka_unit_test(bad_lines),
		cmocka_unit_test(config_is_read_first),
		cmocka_unit_test(help_is_whole_and_wrapped),
		cmocka_unit_test(man_page_is_committed),
		cmocka_unit_test(reference_is_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
