/* SPDX-License-Identifier: BSD-3-Clause */

/* dpdk-lo-top: reads the command line, then a live view, or what scripts want. */

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmdline.h"
#include "json_out.h"
#include "live.h"
#include "log.h"
#include "session.h"
#include "std_fds.h"
#include "top_conf.h"
#include "view.h"

/* Of a page on paper. */
#define WIDTH_ONCE 120

enum {
	EXIT_RUN_FAILED = 1,
	EXIT_USAGE = 2,
};

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static bool
goes_on(void *unused)
{
	(void)unused;
	return !stop;
}

static void
catch_signals(void)
{
	/* Without SA_RESTART: waiting for a key ends with it. */
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

static void
pause_for(double seconds)
{
	struct timespec ts = { .tv_sec = (time_t)seconds };

	ts.tv_nsec = (long)((seconds - (double)ts.tv_sec) * 1e9);
	nanosleep(&ts, NULL);
}

static int
print_page(const struct session *s)
{
	struct view view = { .interval_s = s->conf->interval_s, .sort = s->conf->sort };
	struct page *page = malloc(sizeof(*page));

	if (page == NULL) {
		say_error("out of memory");
		return -ENOMEM;
	}
	live_fill(&view, s);
	view_make(&view, page, WIDTH_ONCE);
	page_print(page, stdout);
	free(page);
	return fflush(stdout) == 0 ? 0 : -EIO;
}

static int
write_look(const struct session *s)
{
	int ret = s->conf->json ? json_out(s, stdout) : print_page(s);

	if (ret == -EIO)
		say_error("cannot write to stdout: %s", strerror(errno));
	return ret;
}

/* A script must not be told of one of several by chance. */
static int
check_one(const struct session *s)
{
	char names[256] = "";

	if (s->instances.nb < 2)
		return 0;
	for (unsigned int i = 0; i < s->instances.nb; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			i > 0 ? ", " : "", s->instances.list[i].prefix);
	say_error("several dpdk-lo run: %s: choose one with --file-prefix", names);
	return -EEXIST;
}

/* Rates need two looks. */
static int
run_batch(struct session *s)
{
	int ret;

	session_look(s);
	if (stop)
		return 0;
	if (!s->there) {
		say_error("%s", s->message);
		return -ENOENT;
	}
	ret = check_one(s);
	while (ret == 0 && !stop) {
		pause_for(s->conf->interval_s);
		if (stop)
			break;
		session_look(s);
		if (stop)
			break;
		if (!s->there && s->conf->once) {
			say_error("%s", s->message);
			return -ENOENT;
		}
		/* The first look at one that was started anew has no rates. */
		if (!s->there || s->nb_looks < 2)
			continue;
		ret = write_look(s);
		if (s->conf->once)
			break;
	}
	return ret;
}

/* With nobody to watch the view would be empty: said before the terminal is taken. */
static int
run_live(struct session *s)
{
	session_look(s);
	if (stop)
		return 0;
	if (!s->there) {
		say_error("%s", s->message);
		return -ENOENT;
	}
	return live_run(s, &stop);
}

int
main(int argc, char **argv)
{
	const struct client_wait wait = { .fd = -1, .wake = goes_on };
	struct cmdline_eal none;
	struct session session;
	struct top_conf conf;
	int ret;

	std_fds_open();
	say_as("dpdk-lo-top");
	setlocale(LC_CTYPE, "");
	switch (cmdline_parse(&program_dpdk_lo_top, argc, argv, &conf, &none)) {
	case CMDLINE_DONE:
		return EXIT_SUCCESS;
	case CMDLINE_USAGE:
		return EXIT_USAGE;
	case CMDLINE_RUN:
		break;
	}
	catch_signals();
	if (session_init(&session, &conf) != 0) {
		say_error("out of memory");
		return EXIT_RUN_FAILED;
	}
	session.wait = &wait;
	ret = conf.once || conf.json ? run_batch(&session) : run_live(&session);
	session_free(&session);
	return ret == 0 ? EXIT_SUCCESS : EXIT_RUN_FAILED;
}
