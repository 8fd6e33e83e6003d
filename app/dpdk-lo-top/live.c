/* SPDX-License-Identifier: BSD-3-Clause */
#include "live.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "screen.h"

#define KEYS "h help  q quit  p pause  s sort  up/down port  z zeros  +/- interval  n next"

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
	view->histories = s->histories;
	view->nb_histories = s->nb_histories;
	view->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void
show(struct view *view, struct page *page, const struct session *s)
{
	unsigned int width, height;

	screen_size(&width, &height);
	live_fill(view, s);
	view->height = height;
	view_make(view, page, width);
	screen_show(page, KEYS);
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

/* @return true when the user wants to end */
static bool
obey(struct view *view, struct session *s, enum screen_key key)
{
	switch (key) {
	case SCREEN_UP:
	case SCREEN_DOWN:
		choose(view, key == SCREEN_UP ? -1 : 1);
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
	case SCREEN_SLOWER:
	case SCREEN_FASTER:
		change_interval(view, key == SCREEN_SLOWER);
		break;
	case SCREEN_NEXT:
		session_next(s);
		view->paused = false;
		break;
	case SCREEN_HELP:
		view->help = !view->help;
		break;
	case SCREEN_QUIT:
		return true;
	case SCREEN_RESIZED:
	case SCREEN_NOTHING:
		break;
	}
	return false;
}

int
live_run(struct session *s, const volatile sig_atomic_t *stop)
{
	struct view view = {
		.interactive = true,
		.interval_s = s->conf->interval_s,
		.sort = s->conf->sort,
	};
	struct page *page = malloc(sizeof(*page));
	int64_t next = now_ms();
	bool ends = false;
	int ret = page != NULL ? screen_open() : -ENOMEM;

	while (ret == 0 && !ends && !*stop) {
		int64_t now = now_ms();

		if (now >= next) {
			next = now + (int64_t)(view.interval_s * 1000);
			if (!view.paused)
				session_look(s);
		}
		show(&view, page, s);
		/* A second look at once: rates, soon. */
		if (s->nb_looks == 1 && next > now + 200)
			next = now + 200;
		ends = obey(&view, s, screen_wait((int)(next - now)));
		if (next > now + (int64_t)(view.interval_s * 1000))
			next = now + (int64_t)(view.interval_s * 1000);
	}
	screen_close();
	free(page);
	return ret;
}
