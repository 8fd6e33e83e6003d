/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "app_fake.h"
#include "eal_start.h"
#include "report.h"

static char dir[] = "/tmp/dlo-test-report-XXXXXX";

static struct app *
app_with_traffic(void)
{
	struct app *app = app_fake();
	struct dlo_counters *q0 = &app->ports[0].queues[0]->counters;
	struct dlo_counters *q1 = &app->ports[0].queues[1]->counters;
	struct dlo_counters *link = &app->ports[1].queues[0]->counters;

	dlo_count(&q0->rx, 1234567);
	dlo_count(&q0->rx_bytes, UINT64_C(5000000000));
	dlo_count(&q0->tx, 1234560);
	dlo_count(&q0->verdict[DLO_REFLECTED], 1234560);
	dlo_count(&q0->verdict[DLO_DROP_MCAST_DST], 7);
	dlo_count(&q1->rx, 33);
	dlo_count(&q1->verdict[DLO_ANSWERED_ARP], 30);
	dlo_count(&q1->verdict[DLO_DROP_MCAST_DST], 3);
	dlo_count(&link->rx, 9);
	dlo_count(&link->verdict[DLO_DROP_MCAST_DST], 9);
	dlo_count(&app->workers[0].busy_cycles, 250);
	dlo_count(&app->workers[0].idle_cycles, 750);
	dlo_count(&app->workers[0].frames, 1234600);
	return app;
}

static void
run_final(void *arg)
{
	report_final(arg);
}

static void
run_live(void *arg)
{
	report_live(arg);
}

struct json_call {
	const struct app *app;
	const char *path;
	int rc;
};

static void
run_json(void *arg)
{
	struct json_call *call = arg;

	call->rc = report_json(call->app, call->path);
}

static void
table_says_what_became_of_every_frame(void **state)
{
	struct app *app = app_with_traffic();
	char *text = app_fake_output(run_final, app);

	(void)state;
	assert_non_null(strstr(text, "net_null0 (net_null, mode l4)\n"));
	assert_non_null(strstr(text, "1,234,600  5,000,000,000 bytes\n"));
	assert_non_null(strstr(text, "answered arp"));
	assert_null(strstr(text, "answered nd"));
	assert_non_null(strstr(text, dlo_verdict_help(DLO_DROP_MCAST_DST)));
	assert_non_null(strstr(text, "dlo0 (net_vtap, mode ip, gone)\n"));
	assert_non_null(strstr(text, "9  host's own multicast (MLD, RS, mDNS)\n"));
	assert_non_null(strstr(text, "lcore 1: busy 25.0 %, 1,234,600 frames\n"));
	assert_non_null(strstr(text, "lcore 2: busy 0.0 %, 0 frames\n"));
	assert_null(strstr(text, "no verdict"));
	free(text);

	dlo_count(&app->ports[0].queues[0]->counters.rx, 1);
	text = app_fake_output(run_final, app);
	assert_non_null(strstr(text, "port net_null0: 1 frames have no verdict"));
	free(text);
}

static void
live_line_shows_only_what_grew(void **state)
{
	struct app *app = app_with_traffic();
	char *text = app_fake_output(run_live, app);

	(void)state;
	assert_non_null(strstr(text, " | net_null0 rx "));
	assert_non_null(strstr(text, " mcast_dst +10 | dlo0 rx "));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);

	dlo_count(&app->ports[1].queues[0]->counters.verdict[DLO_DROP_TX_FULL], 2);
	text = app_fake_output(run_live, app);
	assert_null(strstr(text, "mcast_dst"));
	assert_non_null(strstr(text, "dlo0 rx 0 pps 0.000 Gbit/s tx 0 pps 0.000 Gbit/s tx_full +2\n"));
	free(text);
}

static json_int_t
integer(const json_t *obj, const char *key)
{
	const json_t *value = json_object_get(obj, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

/** Keys that scripts rely on: neither more nor fewer. */
static void
assert_keys(const json_t *obj, const char *const *keys, size_t nb_keys)
{
	for (size_t i = 0; i < nb_keys; i++)
		assert_non_null(json_object_get(obj, keys[i]));
	assert_int_equal(json_object_size(obj), nb_keys);
}

static void
check_tree(const json_t *root)
{
	static const char *const root_keys[] = { "version", "dpdk", "seconds", "ports", "loopbacks",
		"lcores", "localhost" };
	static const char *const port_keys[] = { "name", "driver", "mode", "rx", "tx", "bytes_rx",
		"bytes_tx", "reflected", "answered", "punted", "forwarded", "held", "dup", "no_mbuf",
		"missed", "tx_errors", "drops", "residence_ns" };
	static const char *const lcore_keys[] = { "lcore", "busy_cycles", "idle_cycles", "frames" };
	const json_t *port, *drops, *answered, *lcore;

	assert_keys(root, root_keys, 7);
	assert_int_equal(strspn(json_string_value(json_object_get(root, "dpdk")), "0123456789"), 2);
	assert_int_equal(json_array_size(json_object_get(root, "ports")), 2);
	port = json_array_get(json_object_get(root, "ports"), 0);
	assert_keys(port, port_keys, 18);
	assert_string_equal(json_string_value(json_object_get(port, "mode")), "l4");
	assert_int_equal(integer(port, "rx"), 1234600);
	assert_int_equal(integer(port, "bytes_rx"), UINT64_C(5000000000));
	assert_int_equal(integer(port, "reflected"), 1234560);
	answered = json_object_get(port, "answered");
	assert_int_equal(json_object_size(answered), DLO_ANSWER_MAX);
	assert_int_equal(integer(answered, "arp"), 30);
	drops = json_object_get(port, "drops");
	assert_int_equal(json_object_size(drops), DLO_VERDICT_MAX - DLO_DROP_FIRST);
	assert_int_equal(integer(drops, "mcast_dst"), 10);
	assert_int_equal(integer(drops, "tx_full"), 0);
	lcore = json_array_get(json_object_get(root, "lcores"), 0);
	assert_keys(lcore, lcore_keys, 4);
	assert_int_equal(integer(lcore, "lcore"), 1);
	assert_int_equal(integer(lcore, "idle_cycles"), 750);
}

static unsigned int
files_in_dir(void)
{
	DIR *d = opendir(dir);
	unsigned int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
json_file_appears_whole(void **state)
{
	struct app *app = app_with_traffic();
	char path[128], command[256];
	json_t *root;
	FILE *old;

	(void)state;
	snprintf(path, sizeof(path), "%s/report.json", dir);
	/* What a longer report before this one left must not shine through. */
	old = fopen(path, "w");
	assert_non_null(old);
	for (int i = 0; i < 100000; i++)
		fputc('}', old);
	fclose(old);
	assert_int_equal(report_json(app, path), 0);
	assert_int_equal(files_in_dir(), 1);
	root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	check_tree(root);
	json_decref(root);
	snprintf(command, sizeof(command),
		"command -v python3 >/dev/null || exit 0; python3 -m json.tool %s /dev/null", path);
	assert_int_equal(system(command), 0);
	unlink(path);
}

static void
json_goes_to_stdout_as_one_line(void **state)
{
	struct json_call call = { .app = app_with_traffic(), .path = "-" };
	char *text = app_fake_output(run_json, &call);
	json_t *root = json_loads(text, 0, NULL);

	(void)state;
	assert_int_equal(call.rc, 0);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_non_null(root);
	check_tree(root);
	json_decref(root);
	free(text);
}

static void
json_into_a_device_does_not_replace_it(void **state)
{
	struct json_call full = { .app = app_with_traffic() };
	char path[128];
	struct stat st;
	char *text;

	(void)state;
	snprintf(path, sizeof(path), "%s/full", dir);
	full.path = path;
	assert_int_equal(symlink("/dev/full", path), 0);
	text = app_fake_output(run_json, &full);
	assert_int_equal(full.rc, -ENOSPC);
	assert_non_null(strstr(text, "No space left on device"));
	free(text);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	unlink(path);
}

static void
json_that_cannot_be_written_is_one_sentence(void **state)
{
	struct json_call call = { .app = app_with_traffic(), .path = "/nonexistent/report.json" };
	char *text = app_fake_output(run_json, &call);

	(void)state;
	assert_int_equal(call.rc, -ENOENT);
	assert_non_null(strstr(text, "dpdk-lo: error: cannot write the report /nonexistent/report.json"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_says_what_became_of_every_frame),
		cmocka_unit_test(live_line_shows_only_what_grew),
		cmocka_unit_test(json_file_appears_whole),
		cmocka_unit_test(json_goes_to_stdout_as_one_line),
		cmocka_unit_test(json_into_a_device_does_not_replace_it),
		cmocka_unit_test(json_that_cannot_be_written_is_one_sentence),
	};
	int failed;

	test_eal_start(1, "--vdev", "net_null0", NULL);
	if (mkdtemp(dir) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	test_eal_stop();
	return failed;
}
