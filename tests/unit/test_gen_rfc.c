/* SPDX-License-Identifier: BSD-3-Clause */
/* Of --rfc2544 what needs no port: the searches against simulated paths, networks, options. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cmdline.h"
#include "gen_conf.h"
#include "rfc_network.h"
#include "rfc_search.h"

/* A path that carries @limit and drops the rest; now and then a trial loses some for no reason. */
struct path {
	double limit;
	double floor_loss; /* at any load */
	unsigned int hiccup_every; /* trials; 0: never */
	unsigned int trials;
	unsigned int fail_at; /* trial that fails with -EINTR */
};

static int
run_trial(void *arg, double load, double seconds, struct rfc_outcome *ret)
{
	struct path *p = arg;

	assert_true(load > 0 && seconds > 0);
	if (++p->trials == p->fail_at)
		return -EINTR;
	ret->offered = load;
	ret->loss = load > p->limit ? 1 - p->limit / load : 0;
	if (ret->loss < p->floor_loss)
		ret->loss = p->floor_loss;
	if (p->hiccup_every != 0 && p->trials % p->hiccup_every == 0)
		ret->loss += 1e-6;
	return 0;
}

static void
binary_finds_any_limit(void **state)
{
	(void)state;
	for (unsigned int percent = 1; percent < 100; percent++) {
		struct path path = { .limit = 1e4 * percent };
		struct rfc_binary conf = { .max = 1e6, .width = 2000, .seconds = 1, .verify = 2 };
		struct rfc_found found;

		assert_int_equal(rfc_search_binary(&conf, run_trial, &path, &found), 0);
		assert_true(found.load <= path.limit && found.load > path.limit - 2000);
		assert_int_equal(found.trials, path.trials);
	}
}

static void
binary_tries_the_maximum_first(void **state)
{
	struct path path = { .limit = 2e6 };
	struct rfc_binary conf = { .max = 1e6, .width = 1000, .seconds = 1 };
	struct rfc_found found;

	(void)state;
	assert_int_equal(rfc_search_binary(&conf, run_trial, &path, &found), 0);
	assert_true(found.load == 1e6 && found.trials == 1);
	path = (struct path){ .limit = 0.5e6, .floor_loss = 0.1 };
	assert_int_equal(rfc_search_binary(&conf, run_trial, &path, &found), 0);
	assert_true(found.load == 0);
}

/* Every fifth trial loses frames at any rate: verification sees through it. */
static void
loss_is_verified(void **state)
{
	struct path path = { .limit = 777e3, .hiccup_every = 5 };
	struct rfc_binary conf = { .max = 1e6, .width = 2000, .seconds = 1, .verify = 2 };
	struct rfc_found found;

	(void)state;
	assert_int_equal(rfc_search_binary(&conf, run_trial, &path, &found), 0);
	assert_true(found.load <= 777e3 && found.load > 775e3);
}

static void
what_was_found_stays_when_interrupted(void **state)
{
	struct path path = { .limit = 600e3, .fail_at = 3 };
	struct rfc_binary conf = { .max = 1e6, .width = 2000, .seconds = 1 };
	struct rfc_found found;

	(void)state;
	assert_int_equal(rfc_search_binary(&conf, run_trial, &path, &found), -EINTR);
	assert_true(found.load == 500e3 && found.trials == 2);
}

static const struct rfc_mlr mlr = { .max = 1e6, .width = 0.005, .seconds = 1, .sum = 21,
	.loss = { 0, 0.005 } };

static void
mlr_finds_both_bounds(void **state)
{
	struct rfc_bound bounds[RFC_GOALS];
	unsigned int trials;

	(void)state;
	for (unsigned int percent = 5; percent <= 100; percent += 5) {
		struct path path = { .limit = 1e4 * percent };
		double pdr = path.limit / (1 - mlr.loss[1]);

		pdr = pdr > mlr.max ? mlr.max : pdr;
		assert_int_equal(rfc_search_mlr(&mlr, run_trial, &path, bounds, &trials), 0);
		assert_true(bounds[0].load <= path.limit && bounds[0].load >= path.limit * 0.994);
		assert_true(bounds[1].load <= pdr * 1.000001 && bounds[1].load >= pdr * 0.994);
		assert_true(bounds[0].carried == bounds[0].load);
		assert_true(bounds[1].carried <= path.limit * 1.000001);
		assert_true(bounds[0].whole && bounds[1].whole);
		assert_int_equal(trials, path.trials);
	}
}

/* A third of all trials loses a frame: less than half of the time, so NDR stands. */
static void
mlr_bears_some_bad_trials(void **state)
{
	struct path path = { .limit = 500e3, .hiccup_every = 3 };
	struct rfc_bound bounds[RFC_GOALS];
	unsigned int trials;

	(void)state;
	assert_int_equal(rfc_search_mlr(&mlr, run_trial, &path, bounds, &trials), 0);
	assert_true(bounds[0].load <= 500e3 && bounds[0].load > 480e3);
}

static void
mlr_of_a_path_that_always_loses(void **state)
{
	struct path path = { .limit = 500e3, .floor_loss = 0.001 };
	struct rfc_bound bounds[RFC_GOALS];
	unsigned int trials;

	(void)state;
	assert_int_equal(rfc_search_mlr(&mlr, run_trial, &path, bounds, &trials), 0);
	assert_true(bounds[0].load == 0 && bounds[0].carried == 0);
	assert_true(bounds[1].load > 495e3);
	path = (struct path){ .limit = 500e3, .fail_at = 10 };
	assert_int_equal(rfc_search_mlr(&mlr, run_trial, &path, bounds, &trials), -EINTR);
	assert_false(bounds[0].whole);
}

static void
networks_of_other_people(void **state)
{
	static const char *const isolated[] = { "198.18.0.1", "198.19.255.254", "10.1.2.3", "172.31.0.1",
		"192.168.1.1", "2001:2::1", "fd00::1" };
	static const char *const others[] = { "198.20.0.1", "192.18.0.1", "172.32.0.1", "8.8.8.8",
		"2001:2:1::1", "2001:db8::1", "fe80::1", "127.0.0.1", "0.0.0.0" };
	struct gen_conf conf;
	struct dlo_prefix p;

	(void)state;
	for (unsigned int i = 0; i < sizeof(isolated) / sizeof(isolated[0]); i++) {
		assert_int_equal(dlo_prefix_parse(isolated[i], &p), 0);
		assert_true(rfc_network_isolated(&p));
	}
	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(dlo_prefix_parse(others[i], &p), 0);
		assert_false(rfc_network_isolated(&p));
	}
	gen_conf_init(&conf);
	assert_int_equal(rfc_network_check(&conf), 0);
	conf.dst[0] = p;
	dlo_prefix_parse("192.0.2.1", &conf.dst[0]);
	assert_int_equal(rfc_network_check(&conf), -EINVAL);
	/* Nobody sends to it. */
	conf.kind = GEN_UDP6;
	assert_int_equal(rfc_network_check(&conf), 0);
	conf.kind = GEN_MIX;
	assert_int_equal(rfc_network_check(&conf), -EINVAL);
	conf.rfc.isolated = true;
	assert_int_equal(rfc_network_check(&conf), 0);
}

/* argv of words; NULL ends it. @return what cmdline_read() says, with conf and err filled. */
static enum cmdline_result
read_words(struct gen_conf *conf, char err[CMDLINE_ERR], ...)
{
	char program[] = "dpdk-lo-gen", dashes[] = "--", *argv[16] = { program, dashes };
	struct cmdline_eal eal;
	enum cmdline_page page;
	int argc = 2;
	va_list ap;

	va_start(ap, err);
	for (char *word; (word = va_arg(ap, char *)) != NULL;)
		argv[argc++] = word;
	va_end(ap);
	err[0] = '\0';
	return cmdline_read(&program_dpdk_lo_gen, argc, argv, conf, &eal, &page, err);
}

static void
options_that_go_together(void **state)
{
	char err[CMDLINE_ERR];
	struct gen_conf c;

	(void)state;
	assert_int_equal(read_words(&c, err, "--rfc2544", "throughput,back-to-back", NULL), CMDLINE_RUN);
	assert_int_equal(c.rfc.tests, GEN_TEST_THROUGHPUT | GEN_TEST_BURST);
	assert_int_equal(c.sizes.nb, 7);
	assert_true(c.rfc.trial_s == 60 && c.rfc.settle_s == 5);
	assert_int_equal(read_words(&c, err, "--rfc2544", "all", "--size", "64,9000", "--search", "mlr",
		"--pdr", "0.5%", "--trial", "0.5", NULL), CMDLINE_RUN);
	assert_int_equal(c.rfc.tests, 15);
	assert_int_equal(c.sizes.nb, 2);
	assert_true(c.rfc.pdr == 0.005 && c.rfc.trial_s == 0.5);
	assert_int_equal(read_words(&c, err, "--rfc2544", "speed", NULL), CMDLINE_USAGE);
	assert_int_equal(read_words(&c, err, "--rfc2544", "latency,", NULL), CMDLINE_USAGE);
	assert_int_equal(read_words(&c, err, "--rfc2544", "all", "--duration", "5", NULL), CMDLINE_USAGE);
	assert_non_null(strstr(err, "--trial"));
	assert_int_equal(read_words(&c, err, "--rfc2544", "all", "--size", "imix", NULL), CMDLINE_USAGE);
	assert_int_equal(read_words(&c, err, "--rfc2544", "all", "--pcap", "x", NULL), CMDLINE_USAGE);
	assert_int_equal(read_words(&c, err, "--trial", "5", NULL), CMDLINE_USAGE);
	assert_int_equal(read_words(&c, err, "--speed", "5", NULL), CMDLINE_USAGE);
	assert_int_equal(read_words(&c, err, "--pcap", "x", "--speed", "0", NULL), CMDLINE_USAGE);
	assert_int_equal(read_words(&c, err, "--pcap", "x", "--speed", "0.5", NULL), CMDLINE_RUN);
	assert_true(c.once && c.duration_s == 0);
	assert_int_equal(read_words(&c, err, "--pcap", "x", "--duration", "0", NULL), CMDLINE_RUN);
	assert_true(!c.once && c.duration_s == 0);
	assert_int_equal(read_words(&c, err, "--dst-mac", "02:00:00:00:00:05,02:00:00:00:00:06",
		NULL), CMDLINE_RUN);
	assert_true(c.has_dst_mac && c.has_back_mac && c.back_dst_mac[5] == 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(binary_finds_any_limit),
		cmocka_unit_test(binary_tries_the_maximum_first),
		cmocka_unit_test(loss_is_verified),
		cmocka_unit_test(what_was_found_stays_when_interrupted),
		cmocka_unit_test(mlr_finds_both_bounds),
		cmocka_unit_test(mlr_bears_some_bad_trials),
		cmocka_unit_test(mlr_of_a_path_that_always_loses),
		cmocka_unit_test(networks_of_other_people),
		cmocka_unit_test(options_that_go_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
