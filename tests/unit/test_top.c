/* SPDX-License-Identifier: BSD-3-Clause */
/* Of dpdk-lo-top what needs no terminal: units, sparklines, pages, the view, a hostile other end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <cmocka.h>

#include "client.h"
#include "cmdline.h"
#include "history.h"
#include "manpage.h"
#include "page.h"
#include "state.h"
#include "top_conf.h"
#include "units.h"
#include "view.h"

static struct page page;
static struct state state;
static struct top_conf conf;
static char err[CMDLINE_ERR];

static enum cmdline_result
run(const char *a, const char *b)
{
	char first[64], second[64], name[] = "dpdk-lo-top";
	char *argv[] = { name, first, second, NULL };
	struct cmdline_eal eal;
	enum cmdline_page what;

	snprintf(first, sizeof(first), "%s", a);
	snprintf(second, sizeof(second), "%s", b != NULL ? b : "");
	return cmdline_read(&program_dpdk_lo_top, b != NULL ? 3 : 2, argv, &conf, &eal, &what, err);
}

static void
command_line(void **unused)
{
	(void)unused;
	assert_int_equal(run("--file-prefix", "lab"), CMDLINE_RUN);
	assert_string_equal(conf.prefix, "lab");
	assert_true(conf.interval_s == 1);
	assert_int_equal(run("--once", "--json"), CMDLINE_RUN);
	assert_true(conf.once && conf.json);
	assert_int_equal(run("--sort=drops", NULL), CMDLINE_RUN);
	assert_int_equal(conf.sort, TOP_SORT_DROPS);
	assert_int_equal(run("--", "--once"), CMDLINE_RUN);
	assert_true(conf.once);
	assert_int_equal(run("--help", NULL), CMDLINE_DONE);
	assert_int_equal(run("--once=1", NULL), CMDLINE_USAGE);
	assert_non_null(strstr(err, "takes no value"));
	assert_int_equal(run("--interval", "0"), CMDLINE_USAGE);
	assert_int_equal(run("--interval", "0.01"), CMDLINE_USAGE);
	assert_int_equal(run("--file-prefix", "/run/dpdk/x"), CMDLINE_USAGE);
	assert_int_equal(run("--sort", "colour"), CMDLINE_USAGE);
	assert_int_equal(run("--vdev", "net_null0"), CMDLINE_USAGE);
	assert_non_null(strstr(err, "no such option"));
	assert_int_equal(run("-f", "lab"), CMDLINE_USAGE);
}

static void
units(void **unused)
{
	static const struct {
		double value;
		const char *text;
	} rates[] = {
		{ 0, "0" }, { 0.4, "0.4" }, { 0.96, "1" }, { 7, "7" }, { 999.4, "999" },
		{ 999.6, "1.00k" }, { 1234, "1.23k" }, { 9994, "9.99k" }, { 9996, "10.0k" },
		{ 99960, "100k" }, { 999400, "999k" }, { 999600, "1.00M" }, { 16.6e6, "16.6M" },
		{ 8.49e9, "8.49G" }, { 2e15, "2.00P" }, { 5e18, "5000P" },
	};
	char buf[UNITS_TEXT];

	(void)unused;
	for (unsigned int i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		assert_string_equal(units_rate(rates[i].value, buf), rates[i].text);
	assert_string_equal(units_count(0, buf), "0");
	assert_string_equal(units_count(999, buf), "999");
	assert_string_equal(units_count(1234567, buf), "1,234,567");
	assert_string_equal(units_count(UINT64_MAX, buf), "18,446,744,073,709,551,615");
	assert_string_equal(units_time(850, buf), "850ns");
	assert_string_equal(units_time(12345, buf), "12.3us");
	assert_string_equal(units_time(1.2e6, buf), "1.20ms");
	assert_string_equal(units_time(2e9, buf), "2.00s");
}

static void
sparkline(void **unused)
{
	struct history h = { 0 };
	char buf[64];

	(void)unused;
	history_sparkline(&h, 4, false, buf, sizeof(buf));
	assert_string_equal(buf, "    ");
	history_add(&h, 0);
	history_add(&h, 1);
	history_add(&h, 1000);
	history_sparkline(&h, 5, false, buf, sizeof(buf));
	assert_string_equal(buf, "  _.#");
	history_sparkline(&h, 2, true, buf, sizeof(buf));
	assert_string_equal(buf, "▂█");
	/* A buffer that is too small ends with a whole character. */
	history_sparkline(&h, 3, true, buf, 5);
	assert_string_equal(buf, "▁");
	for (unsigned int i = 0; i < 3 * HISTORY_MAX; i++)
		history_add(&h, i);
	assert_int_equal(h.nb, HISTORY_MAX);
	history_sparkline(&h, 1, false, buf, sizeof(buf));
	assert_string_equal(buf, "#");
}

static void
pages(void **unused)
{
	(void)unused;
	page_clear(&page, 5);
	page_put(&page, STYLE_HEAD, "%s", "▁▂▃▄▅▆▇");
	page_put(&page, STYLE_PLAIN, "more");
	page_end_line(&page);
	assert_int_equal(page.lines[0].columns, 5);
	assert_string_equal(page.lines[0].text, "▁▂▃▄▅");
	page_tab(&page, 3);
	page_put(&page, STYLE_PLAIN, "x");
	page_tab(&page, 99);
	page_end_line(&page);
	assert_string_equal(page.lines[1].text, "   x ");
	for (unsigned int i = 0; i < 2 * PAGE_LINES_MAX; i++)
		page_end_line(&page);
	assert_true(page.nb_lines <= PAGE_LINES_MAX);
	/* More changes of style than there is room for: the text is whole. */
	page_clear(&page, PAGE_WIDTH_MAX);
	for (unsigned int i = 0; i < 3 * PAGE_SPANS_MAX; i++)
		page_put(&page, i % 2 ? STYLE_BAD : STYLE_GOOD, "a");
	page_end_line(&page);
	assert_int_equal(page.lines[0].bytes, 3 * PAGE_SPANS_MAX);
}

/* The other end of a telemetry socket: one answer for each question, in turn. */
struct server {
	int listener;
	const char *const *answers; /* the greeting first; ends with NULL: hangs up */
	pthread_t thread;
};

static void *
serve(void *arg)
{
	struct server *s = arg;
	int fd = accept(s->listener, NULL, NULL);
	char question[128];

	for (unsigned int i = 0; fd >= 0 && s->answers[i] != NULL; i++) {
		if (i > 0 && recv(fd, question, sizeof(question), 0) <= 0)
			break;
		send(fd, s->answers[i], strlen(s->answers[i]), MSG_NOSIGNAL);
	}
	close(fd);
	return NULL;
}

static int
connect_to(struct server *s, const char *const *answers, struct client *c)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int ret;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "/tmp/dlo-test-top.%d", (int)getpid());
	unlink(addr.sun_path);
	s->answers = answers;
	s->listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	ret = client_open(c, addr.sun_path, NULL);
	unlink(addr.sun_path);
	return ret;
}

static void
hang_up(struct server *s, struct client *c)
{
	client_close(c);
	client_close(c);
	pthread_join(s->thread, NULL);
	close(s->listener);
}

#define GREETING "{\"version\":\"DPDK 9.99\",\"pid\":7,\"max_output_len\":16384}"

static void
hostile_greetings(void **unused)
{
	static const char *const greetings[][2] = {
		{ "", NULL }, { "hello", NULL }, { "{}", NULL }, { "[1]", NULL },
		{ "{\"max_output_len\":-1}", NULL },
		{ "{\"max_output_len\":99999999999}", NULL },
		{ "{\"max_output_len\":\"16384\"}", NULL },
		{ NULL, NULL },
	};
	struct server s;
	struct client c;

	(void)unused;
	for (unsigned int i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++) {
		assert_true(connect_to(&s, greetings[i], &c) < 0);
		assert_int_equal(c.fd, -1);
		hang_up(&s, &c);
	}
	assert_int_equal(client_open(&c, "/nonexistent/socket", NULL), -ENOENT);
}

static void
hostile_answers(void **unused)
{
	static const char *const answers[] = {
		GREETING, "{\"/dlo/other\":{}}", "no json", "{\"/dlo/ports\":null}", NULL,
	};
	struct server s;
	struct client c;
	json_t *value;

	(void)unused;
	assert_int_equal(connect_to(&s, answers, &c), 0);
	assert_int_equal(c.pid, 7);
	assert_string_equal(c.version, "DPDK 9.99");
	assert_int_equal(client_ask(&c, "/dlo/ports", &value), -EPROTO);
	assert_int_equal(client_ask(&c, "/dlo/ports", &value), -EPROTO);
	assert_int_equal(client_ask(&c, "/dlo/ports", &value), 0);
	assert_true(json_is_null(value));
	json_decref(value);
	assert_true(client_ask(&c, "/dlo/ports", &value) < 0);
	hang_up(&s, &c);
}

/* What a state asks for, in its order: ports, stats and latency of each, link, ... */
static const char *const whole[] = {
	GREETING,
	"{\"/dlo/ports\":{\"0\":{\"name\":\"net_x\",\"driver\":\"bad\\u001b[31m\",\"mode\":\"l4\","
	"\"link\":\"up\"},\"1\":{\"name\":\"vt\",\"ifname\":\"dlo0\",\"link\":7}}}",
	"{\"/dlo/stats\":{\"rx\":100,\"reflected\":90,\"drops\":10,\"drop_land\":10,\"drop_self\":0}}",
	"{\"/dlo/latency_buckets\":{\"ns\":[1000,2000,9000],\"frames\":[900,90,10]}}",
	"{\"/dlo/stats\":{\"rx\":5,\"error\":\"x\"}}",
	"{\"/dlo/latency_buckets\":null}",
	"{\"/dlo/loopbacks\":{\"0\":{\"name\":\"lo0\",\"address\":\"192.0.2.1/32\",\"host\":\"box\","
	"\"answered\":4,\"punted\":2}}}",
	"{\"/dlo/link\":{\"ifname\":\"dlo0\",\"type\":\"vtap\",\"link\":\"up\",\"mtu\":1500,"
	"\"queues\":2,\"from_host\":[\"checksum\",\"tso4\"],\"to_host\":[],"
	"\"addresses\":[\"198.18.0.1/15\",3,\"2001:2::1/48\",\"192.0.2.1/32\"]}}",
	"{\"/dlo/localhost\":{\"error\":\"not carried\"}}",
	"{\"/dlo/lcores\":{\"3\":{\"busy_cycles\":10,\"idle_cycles\":30,\"frames\":105}}}",
	NULL,
};

static void
read_whole(struct state *ret)
{
	struct server s;
	struct client c;

	assert_int_equal(connect_to(&s, whole, &c), 0);
	assert_int_equal(state_read(&c, ret), 0);
	hang_up(&s, &c);
}

static void
state_is_read(void **unused)
{
	(void)unused;
	read_whole(&state);
	assert_int_equal(state.nb_ports, 2);
	assert_string_equal(state.ports[0].label, "net_x");
	assert_string_equal(state.ports[0].driver, "bad?[31m");
	assert_true(state.ports[0].measures_latency && state.ports[0].latency.nb == 3);
	assert_int_equal(state.ports[0].latency.frames[1], 90);
	assert_false(state.ports[0].has_latency); /* of which time? */
	assert_int_equal(state_counter(&state.ports[0], "drop_land")->value, 10);
	assert_string_equal(state.ports[1].label, "dlo0");
	assert_string_equal(state.ports[1].link, "");
	assert_int_equal(state.ports[1].nb_counters, 1);
	assert_false(state.ports[1].measures_latency);
	assert_int_equal(state.link_queues, 2);
	assert_string_equal(state.link_from_host, "checksum tso4");
	assert_string_equal(state.link_to_host, "");
	assert_string_equal(state.link_addresses, "198.18.0.1/15  2001:2::1/48");
	assert_int_equal(state.nb_loopbacks, 1);
	assert_false(state.has_localhost);
	assert_int_equal(state.lcores[0].id, 3);
	assert_true(state_busy(&state.lcores[0]) < 0);
}

static void
rates(void **unused)
{
	static struct state before;

	(void)unused;
	read_whole(&before);
	read_whole(&state);
	before.when_s = 10;
	state.when_s = 12;
	state.ports[0].counters[0].value = 300;
	state.ports[1].counters[0].value = 4; /* started anew */
	state.lcores[0].busy.value = 20;
	state.lcores[0].idle.value = 60;
	state_compare(&state, &before);
	assert_true(state_rate(&state.ports[0], "rx") == 100);
	assert_true(state_rate(&state.ports[0], "nothing") == 0);
	assert_true(state_rate(&state.ports[1], "rx") == 0);
	assert_true(state_busy(&state.lcores[0]) == 0.25);
	/* A port that was not there before has no rate, and confuses nobody. */
	before.nb_ports = 0;
	state_compare(&state, &before);
}

/* A spike is seen in its interval and gone in the next, however long the run was before. */
static void
latency_of_an_interval(void **unused)
{
	static const struct latency quiet = { .nb = 2, .ns = { 1000, 2000 },
		.frames = { 5000000, 100 } };
	static const struct latency spike = { .nb = 3, .ns = { 1000, 2000, 900000 },
		.frames = { 5000090, 100, 10 } };
	static const struct latency after = { .nb = 3, .ns = { 1000, 2000, 900000 },
		.frames = { 5000190, 100, 10 } };
	static const struct latency none;
	struct latency_times t;

	(void)unused;
	assert_true(latency_between(&spike, &quiet, &t));
	assert_int_equal(t.frames, 100);
	assert_true(t.p50_ns == 1000 && t.p99_ns == 900000 && t.max_ns == 900000);
	assert_true(latency_between(&after, &spike, &t));
	assert_true(t.frames == 100 && t.p99_ns == 1000 && t.max_ns == 1000);
	assert_false(latency_between(&after, &after, &t));
	assert_true(t.p99_ns == 0);
	assert_false(latency_between(&none, &none, &t));
	/* Started anew: all of it. */
	assert_true(latency_between(&quiet, &spike, &t));
	assert_int_equal(t.frames, 5000100);
	assert_true(latency_between(&quiet, &none, &t));
	assert_int_equal(t.frames, 5000100);
}

static void
hostile_buckets(void **unused)
{
	static const char *const replies[] = {
		"null", "[]", "{}", "{\"ns\":[1]}", "{\"ns\":[1],\"frames\":[1,2]}",
		"{\"ns\":[2,1],\"frames\":[1,1]}", "{\"ns\":[1,1],\"frames\":[1,1]}",
		"{\"ns\":[-1],\"frames\":[1]}", "{\"ns\":[1],\"frames\":[-1]}",
		"{\"ns\":{},\"frames\":{}}", "{\"error\":\"not measured\"}",
	};
	static struct latency l;
	json_t *reply, *many;

	(void)unused;
	for (unsigned int i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		reply = json_loads(replies[i], JSON_DECODE_ANY, NULL);
		assert_non_null(reply);
		assert_false(latency_parse(reply, &l));
		assert_int_equal(l.nb, 0);
		json_decref(reply);
	}
	many = json_array();
	for (json_int_t i = 0; i <= LATENCY_BUCKETS_MAX; i++)
		json_array_append_new(many, json_integer(i));
	reply = json_pack("{s:O, s:o}", "ns", many, "frames", many);
	assert_false(latency_parse(reply, &l));
	json_array_remove(many, 0);
	assert_true(latency_parse(reply, &l));
	assert_int_equal(l.nb, LATENCY_BUCKETS_MAX);
	json_decref(reply);
}

static bool
page_has(const char *text)
{
	for (unsigned int i = 0; i < page.nb_lines; i++) {
		if (strstr(page.lines[i].text, text) != NULL)
			return true;
	}
	return false;
}

/* @return its number, or -1 */
static int
page_line(const char *text)
{
	for (unsigned int i = 0; i < page.nb_lines; i++) {
		if (strstr(page.lines[i].text, text) != NULL)
			return (int)i;
	}
	return -1;
}

static void
the_view(void **unused)
{
	struct view view = { .prefix = "lab", .version = "DPDK 9.99", .interval_s = 1, .pid = 7,
		.nb_instances = 2, .nth = 1, .interactive = true };
	static struct state before;

	(void)unused;
	view_make(&view, &page, 80); /* nobody there */
	assert_true(page_has("lab (1 of 2)"));
	read_whole(&state);
	view.state = &state;
	view_make(&view, &page, 100);
	assert_true(page_has("net_x") && page_has("dlo0") && page_has("RX/s"));
	assert_true(page_has("p99 now"));
	assert_false(page_has("2.00us"));
	before = state;
	state.when_s = before.when_s + 1;
	state.ports[0].latency.frames[1] += 100;
	state_compare(&state, &before);
	view_make(&view, &page, 100);
	assert_true(page_has("2.00us"));
	assert_true(page_has("VERDICTS of net_x") && page_has("drop land"));
	assert_true(page_has("192.0.2.1/32") && page_has("box"));
	assert_false(page_has("drop self"));
	view.all_verdicts = true;
	view_make(&view, &page, 100);
	assert_true(page_has("drop self"));
	strcpy(view.chosen, "vt");
	view_make(&view, &page, 100);
	assert_true(page_has("VERDICTS of dlo0"));
	strcpy(view.chosen, "gone");
	view.message = "all is lost";
	view.help = view.paused = true;
	view_make(&view, &page, 100);
	assert_true(page_has("PAUSED") && page_has("all is lost") && page_has("q         end"));
	view.help = false;
	/* No width and no height breaks it; nothing is wider than the page. */
	for (unsigned int width = 1; width <= PAGE_WIDTH_MAX; width++) {
		for (view.height = 1; view.height < 50; view.height += 7) {
			view_make(&view, &page, width);
			for (unsigned int i = 0; i < page.nb_lines; i++)
				assert_true(page.lines[i].columns <= width);
		}
	}
	view_make(&view, &page, 30);
	assert_true(page_has("RX/s"));
	assert_false(page_has("DRIVER"));
}

/* Those that do something are seen where not all are. */
static void
many_loopbacks(void **unused)
{
	struct view view = { .state = &state, .height = 24, .interactive = true };

	(void)unused;
	read_whole(&state);
	for (unsigned int i = 0; i < 100; i++) {
		state.loopbacks[i] = (struct state_loopback){ .state = "up" };
		snprintf(state.loopbacks[i].name, STATE_NAME, "lo%u", i);
		snprintf(state.loopbacks[i].address, STATE_NAME, "2001:db8::1111:2222:3333:%x/128", i);
	}
	state.nb_loopbacks = 100;
	strcpy(state.loopbacks[77].state, "shut");
	state.loopbacks[50].punted.rate = 1;
	view_make(&view, &page, 80);
	assert_int_equal(page_line("LOOPBACK") + 1, page_line("lo77 "));
	assert_int_equal(page_line("LOOPBACK") + 2, page_line("lo50 "));
	assert_int_equal(page_line("LOOPBACK") + 4, page_line("lo1 "));
	assert_true(page_line("lo99 ") > 0 && page_has("shut"));
	view.height = 0;
	view_make(&view, &page, 120);
	assert_int_equal(page_line("LOOPBACK") + 78, page_line("lo77 "));
	assert_true(page_has("2001:db8::1111:2222:3333:4d/128 shut"));
	/* Lcores: three lines of them, then how many there are. */
	state.nb_lcores = 60;
	for (int i = 0; i < 60; i++)
		state.lcores[i] = (struct state_lcore){ .id = i, .frames.rate = 1e6 };
	view.height = 24;
	view_make(&view, &page, 80);
	assert_int_equal(page_line("LCORES") + 3, page_line("of 60 lcores"));
	state.nb_lcores = 1;
}

static void
counts_from_now_on(void **unused)
{
	struct view view = { .state = &state, .interactive = true, .counted_s = 3 };
	static struct state base;

	(void)unused;
	read_whole(&base);
	read_whole(&state);
	state.ports[0].counters[1].value = 95; /* 90 before: reflected */
	state_count_from(&state, &base);
	assert_int_equal(state.ports[0].counters[1].since, 5);
	view_make(&view, &page, 80);
	assert_true(page_has("VERDICTS of net_x, of the last 3 s") && page_has("reflected"));
	assert_false(page_has("drop land"));
	assert_true(state_rate(&state.ports[0], "reflected") == 0);
	/* Started anew: counts whole. */
	state.ports[0].counters[1].value = state.ports[0].counters[1].since = 7;
	state_count_from(&state, &base);
	assert_int_equal(state.ports[0].counters[1].since, 7);
}

static void
sorting(void **unused)
{
	struct view view = { .state = &state };
	unsigned int order[STATE_PORTS_MAX];

	(void)unused;
	read_whole(&state);
	state.ports[1].counters[0].rate = 5;
	view_order(&view, order);
	assert_int_equal(order[0], 0);
	view.sort = TOP_SORT_RX;
	view_order(&view, order);
	assert_int_equal(order[0], 1);
	view.sort = TOP_SORT_NAME;
	view_order(&view, order);
	assert_int_equal(order[0], 1);
	/* Equal ones stay where they were. */
	view.sort = TOP_SORT_TX;
	view_order(&view, order);
	assert_int_equal(order[0], 0);
	strcpy(view.chosen, "vt");
	assert_int_equal(view_chosen(&view, order), 1);
}

/* After a change of the table: dpdk-lo-top --help=man >docs/dpdk-lo-top.1 */
static void
man_page_is_committed(void **unused)
{
	char *want = NULL, *is = NULL;
	size_t size = 0, len = 0;
	FILE *out = open_memstream(&want, &size), *file;

	(void)unused;
	manpage_print(&program_dpdk_lo_top, out);
	fclose(out);
	file = fopen(TOP_MAN_PAGE, "r");
	assert_non_null(file);
	if (getdelim(&is, &len, '\0', file) < 0 || strcmp(is, want) != 0)
		fail_msg("%s differs from dpdk-lo-top --help=man: write it anew", TOP_MAN_PAGE);
	fclose(file);
	free(is);
	free(want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_line),
		cmocka_unit_test(units),
		cmocka_unit_test(sparkline),
		cmocka_unit_test(pages),
		cmocka_unit_test(hostile_greetings),
		cmocka_unit_test(hostile_answers),
		cmocka_unit_test(state_is_read),
		cmocka_unit_test(rates),
		cmocka_unit_test(latency_of_an_interval),
		cmocka_unit_test(hostile_buckets),
		cmocka_unit_test(the_view),
		cmocka_unit_test(many_loopbacks),
		cmocka_unit_test(counts_from_now_on),
		cmocka_unit_test(sorting),
		cmocka_unit_test(man_page_is_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
