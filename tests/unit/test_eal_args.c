/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stdint.h>
#include <cmocka.h>

#include "eal_args.h"

static struct eal_given given;
static struct eal_chosen chosen;
static char err[EAL_ARGS_ERR];

static int
read_line(const char *line)
{
	static char words[1024];
	static char *argv[64];
	static char name[] = "dpdk-lo";
	char *save = NULL;
	int argc = 0;

	snprintf(words, sizeof(words), "%s", line);
	argv[argc++] = name;
	for (char *w = strtok_r(words, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	err[0] = '\0';
	return eal_args_read(argc, argv, &given, err);
}

/* The chosen arguments in one line. */
static const char *
choose(const char *line, const struct eal_facts *facts)
{
	static char joined[4096];

	assert_int_equal(read_line(line), 0);
	joined[0] = '\0';
	if (eal_args_choose(&given, facts, &chosen, err) != 0)
		return NULL;
	assert_true(chosen.argc <= EAL_CHOSEN_MAX);
	for (int i = 0; i < chosen.argc; i++) {
		strcat(joined, i > 0 ? " " : "");
		strcat(joined, chosen.argv[i]);
	}
	return joined;
}

static struct eal_facts
small_machine(void)
{
	struct eal_facts facts = { .memory_mb = 2000, .prefix = "dlo7" };

	CPU_ZERO(&facts.cpus);
	CPU_SET(0, &facts.cpus);
	CPU_SET(1, &facts.cpus);
	return facts;
}

static void
reads_options(void **state)
{
	(void)state;
	assert_int_equal(read_line(""), 0);
	assert_false(given.vdev || given.allow || given.lcores || given.log_level);
	assert_null(given.unknown);

	assert_int_equal(read_line("--vdev=net_ring0 -l0-1 --file-prefix x -m 64 --no-huge -n 4"),
		0);
	assert_true(given.vdev && given.lcores && given.no_huge);
	assert_string_equal(given.file_prefix, "x");
	assert_string_equal(given.memory, "64");

	/* As EAL takes them: clustered, abbreviated. */
	assert_int_equal(read_line("-va 0000:01:00.0 --lc 0@(0-1) --blo x"), 0);
	assert_true(given.allow && given.lcores && given.block);
	assert_null(given.unknown);

	/* What looks like an option may be a value. */
	assert_int_equal(read_line("--file-prefix --no-huge"), 0);
	assert_false(given.no_huge);
	assert_string_equal(given.file_prefix, "--no-huge");

	assert_int_equal(read_line("--log-level=help"), 0);
	assert_true(given.log_level && given.log_help);
	assert_int_equal(read_line("--log-level help --log-level x:8"), 0);
	assert_true(given.log_help);
}

static void
leaves_the_unknown_to_eal(void **state)
{
	(void)state;
	assert_int_equal(read_line("--future 3 --no-huge"), 0);
	assert_string_equal(given.unknown, "--future");
	assert_true(given.no_huge);
	assert_int_equal(read_line("--future --no-huge -Z"), 0);
	assert_string_equal(given.unknown, "--future");
	assert_int_equal(read_line("--no-huge=1"), 0);
	assert_string_equal(given.unknown, "--no-huge=1");
	assert_int_equal(read_line("--syslog local0 --no-huge"), 0);
	assert_true(given.no_huge);
	assert_null(given.unknown);
	assert_int_equal(read_line("--syslog --no-huge"), 0);
	assert_true(given.no_huge);
	assert_int_equal(read_line("--future 3 4"), -EINVAL);
	assert_int_equal(read_line("4"), -EINVAL);
	assert_int_equal(read_line("--no-huge 4"), -EINVAL);
	assert_non_null(strstr(err, "'4' is not an option"));
	assert_int_equal(read_line("--no-huge -m"), -EINVAL);
	assert_string_equal(err, "-m: this EAL option needs a value");
	assert_true(eal_args_is_option("file-prefix"));
	assert_false(eal_args_is_option("file-prefi"));
}

/* Where hugepages are used and no PCI device is. */
#define VA "--iova-mode=va"
#define SMALL "--no-pci --lcores 0@(0-1) --file-prefix dlo7 --log-level=warning"

static void
chooses_what_is_missing(void **state)
{
	static const struct {
		const char *line;
		const char *want;
	} cases[] = {
		{ "", SMALL " --no-huge -m 512" },
		{ "--vdev net_ring0", SMALL " --no-huge -m 512" },
		{ "-a 0000:01:00.0", "--lcores 0@(0-1) --file-prefix dlo7 --log-level=warning "
			"--no-huge -m 512" },
		{ "-b 0000:01:00.0", "--lcores 0@(0-1) --file-prefix dlo7 --log-level=warning "
			"--no-huge -m 512" },
		{ "--no-pci", "--lcores 0@(0-1) --file-prefix dlo7 --log-level=warning "
			"--no-huge -m 512" },
		{ "-l 1", "--no-pci --file-prefix dlo7 --log-level=warning --no-huge -m 512" },
		{ "-c 3", "--no-pci --file-prefix dlo7 --log-level=warning --no-huge -m 512" },
		{ "-s 2", "--no-pci --file-prefix dlo7 --log-level=warning --no-huge -m 512" },
		{ "--file-prefix x", "--no-pci --lcores 0@(0-1) --log-level=warning --no-huge -m "
			"512" },
		{ "--log-level=debug", "--no-pci --lcores 0@(0-1) --file-prefix dlo7 --no-huge -m "
			"512" },
		{ "-m 128", SMALL " --no-huge" },
		{ "--no-huge", SMALL " -m 512" },
		{ "--no-huge -m 100", SMALL },
		{ "--socket-mem 256", SMALL " " VA },
		{ "--huge-dir /mnt", SMALL " " VA },
		{ "--huge-dir /mnt --iova-mode pa", SMALL },
		{ "--huge-dir /mnt -b 0000:01:00.0", "--lcores 0@(0-1) --file-prefix dlo7 "
			"--log-level=warning" },
		{ "--in-memory", SMALL " " VA },
	};
	struct eal_facts facts = small_machine();

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(choose(cases[i].line, &facts), cases[i].want);
}

static void
hugepages_if_enough(void **state)
{
	struct eal_facts facts = small_machine();

	(void)state;
	facts.huge_mb = 511;
	assert_string_equal(choose("", &facts), SMALL " --no-huge -m 512");
	assert_string_equal(choose("-m 511", &facts), SMALL " " VA);
	facts.huge_mb = 512;
	assert_string_equal(choose("", &facts), SMALL " " VA);
	assert_string_equal(choose("--no-huge", &facts), SMALL " -m 512");
	assert_string_equal(choose("-m 513", &facts), SMALL " --no-huge");
	/* Memory for hugepages is taken already: the rest may be little. */
	facts.huge_mb = 512;
	facts.memory_mb = 1;
	assert_string_equal(choose("", &facts), SMALL " " VA);
}

static void
not_enough_memory(void **state)
{
	struct eal_facts facts = small_machine();

	(void)state;
	facts.memory_mb = 511 + EAL_MEMORY_REST_MB;
	assert_null(choose("", &facts));
	assert_non_null(strstr(err, "576 MiB are needed, 575 MiB are free"));
	assert_non_null(choose("-m 511", &facts));
	assert_null(choose("--no-huge -m 512", &facts));
	facts.memory_mb = 512 + EAL_MEMORY_REST_MB;
	assert_non_null(choose("", &facts));
}

static void
floats_over_all_cpus(void **state)
{
	static const struct {
		int cpus[6]; /* -1 at the end */
		const char *want;
	} cases[] = {
		{ { 0, -1 }, "0@(0)" },
		{ { 5, -1 }, "0@(5)" },
		{ { 0, 1, 2, 3, -1 }, "0@(0-3)" },
		{ { 0, 2, 3, 200, -1 }, "0@(0,2-3,200)" },
		{ { CPU_SETSIZE - 2, CPU_SETSIZE - 1, -1 }, "0@(1022-1023)" },
	};
	struct eal_facts facts = small_machine();

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CPU_ZERO(&facts.cpus);
		for (unsigned int k = 0; cases[i].cpus[k] >= 0; k++)
			CPU_SET(cases[i].cpus[k], &facts.cpus);
		assert_non_null(choose("", &facts));
		assert_string_equal(chosen.argv[2], cases[i].want);
	}
	/* Every second CPU of the largest machine: cut at a comma, still well formed. */
	CPU_ZERO(&facts.cpus);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu += 2)
		CPU_SET(cpu, &facts.cpus);
	assert_non_null(choose("", &facts));
	assert_true(strlen(chosen.argv[2]) > 900);
	assert_int_equal(strspn(chosen.argv[2], "0123456789,@()"), strlen(chosen.argv[2]));
	assert_non_null(strstr(chosen.argv[2] + strlen(chosen.argv[2]) - 5, "8)"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_options),
		cmocka_unit_test(leaves_the_unknown_to_eal),
		cmocka_unit_test(chooses_what_is_missing),
		cmocka_unit_test(hugepages_if_enough),
		cmocka_unit_test(not_enough_memory),
		cmocka_unit_test(floats_over_all_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
