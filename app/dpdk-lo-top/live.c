/* SPDX-License-Identifier: BSD-3-Clause */
#include "live.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "screen.h"

#define SECOND_LOOK_S 0.2

struct live {
	struct session *session;
	const volatile sig_atomic_t *stop;
	struct view view;
	struct page *page;
	unsigned int skip; /* lines scrolled away */
	bool ends;
	bool next; /* the next dpdk-lo is asked for */
};

/* What '+' and '-' go through. */
static const double intervals[] = { 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60 };

#define NB_INTERVALS (sizeof(intervals) / sizeof(intervals[0]))

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
live_fill(struct view *view, const struct session *s)
{
	view->state = s->now->nb_ports > 0 ? s->now : NULL;
	view->prefix = s->instance.socket[0] != '\0' ? s->instance.prefix : NULL;
	view->pid = s->client.pid;
	view->version = s->client.version;
	view->message = s->message[0] != '\0' ? s->message : NULL;
	view->nth = s->nth;
	view->nb_instances = s->instances.nb;
	view->counted_s = s->has_base ? s->now->when_s - s->base->when_s : 0;
	view->histories = s->histories;
	view->nb_histories = s->nb_histories;
	view->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The line of keys: as many as there is room for. */
static const char *
keys_for(unsigned int width)
{
	static const char *const lines[] = {
		"h help  q quit  up/down port  s sort  p pause  r reset  z zeros  PgUp/PgDn scroll"
		"  +/- interval  n next",
		"h help  q quit  up/down port  s sort  p pause  r reset  z zeros  PgUp/PgDn",
		"h help  q quit  up/down  s p r z",
		"h help  q quit",
	};
	unsigned int i = 0;

	while (i + 1 < sizeof(lines) / sizeof(lines[0]) && strlen(lines[i]) >= width)
		i++;
	return lines[i];
}

static void
show(struct live *l)
{
	unsigned int width, height, rows, most;

	screen_size(&width, &height);
	live_fill(&l->view, l->session);
	l->view.height = height;
	view_make(&l->view, l->page, width);
	rows = height > 1 ? height - 1 : 1;
	most = l->page->nb_lines > rows ? l->page->nb_lines - rows : 0;
	if (l->skip > most)
		l->skip = most;
	screen_show(l->page, l->skip, keys_for(width));
}

static void
choose(struct view *view, int step)
{
	unsigned int order[STATE_PORTS_MAX], nb, at;

	if (view->state == NULL)
		return;
	nb = view->state->nb_ports;
	view_order(view, order);
	at = (view_chosen(view, order) + nb + (unsigned int)step) % nb;
	snprintf(view->chosen, sizeof(view->chosen), "%s", view->state->ports[order[at]].name);
}

static void
change_interval(struct view *view, bool slower)
{
	if (slower) {
		for (unsigned int i = 0; i < NB_INTERVALS; i++) {
			if (intervals[i] > view->interval_s) {
				view->interval_s = intervals[i];
				return;
			}
		}
	}
	for (unsigned int i = NB_INTERVALS; !slower && i > 0; i--) {
		if (intervals[i - 1] < view->interval_s) {
			view->interval_s = intervals[i - 1];
			return;
		}
	}
}

static void
scroll_by(struct live *l, bool down)
{
	unsigned int step = l->view.height > 4 ? l->view.height / 2 : 1;

	l->skip = down ? l->skip + step : l->skip > step ? l->skip - step : 0;
}

static void
obey(struct live *l, enum screen_key key)
{
	struct view *view = &l->view;

	switch (key) {
	case SCREEN_UP:
	case SCREEN_DOWN:
		choose(view, key == SCREEN_UP ? -1 : 1);
		break;
	case SCREEN_PAGE_UP:
	case SCREEN_PAGE_DOWN:
		scroll_by(l, key == SCREEN_PAGE_DOWN);
		break;
	case SCREEN_SORT:
		view->sort = (view->sort + 1) % TOP_SORT_MAX;
		break;
	case SCREEN_ZEROS:
		view->all_verdicts = !view->all_verdicts;
		break;
	case SCREEN_PAUSE:
		view->paused = !view->paused;
		break;
	case SCREEN_RESET:
	case SCREEN_TOTALS:
		session_reset(l->session, key == SCREEN_RESET);
		break;
	case SCREEN_SLOWER:
	case SCREEN_FASTER:
		change_interval(view, key == SCREEN_SLOWER);
		break;
	case SCREEN_NEXT:
		l->next = true;
		break;
	case SCREEN_HELP:
		view->help = !view->help;
		break;
	case SCREEN_QUIT:
		l->ends = true;
		break;
	case SCREEN_RESIZED:
	case SCREEN_NOTHING:
		break;
	}
}

/* While a dpdk-lo that is asked takes its time. */
static bool
on_wait(void *arg)
{
	struct live *l = arg;
	enum screen_key key;

	while ((key = screen_wait(0)) != SCREEN_NOTHING && !l->ends)
		obey(l, key);
	show(l);
	return !l->ends && !l->next && !*l->stop;
}

/* @return when to look again */
static int64_t
look(struct live *l, int64_t now)
{
	struct session *s = l->session;

	if (l->next) {
		l->next = l->view.paused = false;
		session_next(s);
	}
	if (!l->view.paused)
		session_look(s);
	/* A second look soon: rates. */
	return now + (s->nb_looks == 1 && l->view.interval_s > SECOND_LOOK_S ?
		(int64_t)(SECOND_LOOK_S * 1000) : (int64_t)(l->view.interval_s * 1000));
}

static void
loop(struct live *l)
{
	int64_t next = 0;

	while (!l->ends && !*l->stop) {
		int64_t now = now_ms(), longest = (int64_t)(l->view.interval_s * 1000);

		if (now >= next || l->next)
			next = look(l, now);
		show(l);
		/* What was looked for long begins anew at once, and keys have their turn in between. */
		now = now_ms();
		if (next > now + longest)
			next = now + longest;
		if (!l->ends && !l->next)
			obey(l, screen_wait(next > now ? (int)(next - now) : 0));
	}
}

int
live_run(struct session *s, const volatile sig_atomic_t *stop)
{
	struct live l = {
		.session = s,
		.stop = stop,
		.view = {
			.interactive = true,
			.interval_s = s->conf->interval_s,
			.sort = s->conf->sort,
		},
		.page = malloc(sizeof(*l.page)),
	};
	const struct client_wait wait = { STDIN_FILENO, on_wait, &l }, *before = s->wait;
	int ret = l.page != NULL ? screen_open() : -ENOMEM;

	if (ret == 0) {
		s->wait = s->client.wait = &wait;
		loop(&l);
		s->wait = s->client.wait = before;
	}
	screen_close();
	free(l.page);
	return ret;
}
