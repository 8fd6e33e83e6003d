/* SPDX-License-Identifier: BSD-3-Clause */
#include "view.h"

#include <string.h>

#include "units.h"

#define PORTS_MIN 3
#define LOOPBACKS_SHOWN 8

static const char *const help[] = {
	"up, down  whose verdicts are shown",
	"s         sort by the next: name, rx, ...",
	"z         verdicts without frames, too",
	"p, space  pause, go on",
	"+, -      look less often, more often",
	"n         next dpdk-lo, of several",
	"h, ?      this help",
	"q         end",
	"",
	"RX/s, TX/s: frames a second",
	"RXbit/s, TXbit/s: bits in those frames,",
	"without FCS, preamble and gap",
	NULL,
};

static void
put_title(const struct view *view, struct page *page)
{
	page_put(page, STYLE_TITLE, "dpdk-lo-top");
	if (view->prefix != NULL)
		page_put(page, STYLE_TITLE, "  %s", view->prefix);
	if (view->nb_instances > 1)
		page_put(page, STYLE_TITLE, " (%u of %u)", view->nth, view->nb_instances);
	if (view->state != NULL)
		page_put(page, STYLE_TITLE, "  pid %d  %s", view->pid, view->version);
	page_put(page, STYLE_TITLE, "  every %.3gs", view->interval_s);
	if (view->sort != TOP_SORT_PORT)
		page_put(page, STYLE_TITLE, "  by %s", top_sort_name(view->sort));
	if (view->paused)
		page_put(page, STYLE_WARN, "  PAUSED");
	page_end_line(page);
}

static void
put_link(const struct view *view, struct page *page)
{
	const struct state *s = view->state;

	if (!s->has_link)
		return;
	page_put(page, STYLE_HEAD, "LINK ");
	page_put(page, STYLE_PLAIN, "%s %s ", s->link_name, s->link_type);
	page_put(page, strcmp(s->link_state, "up") == 0 ? STYLE_GOOD : STYLE_BAD, "%s",
		s->link_state);
	page_put(page, STYLE_PLAIN, " mtu %d  %s", s->link_mtu, s->link_addresses);
	page_end_line(page);
}

static void
put_lcores(const struct view *view, struct page *page)
{
	const struct state *s = view->state;

	if (s->nb_lcores == 0)
		return;
	page_put(page, STYLE_HEAD, "LCORES");
	for (unsigned int i = 0; i < s->nb_lcores; i++) {
		double busy = state_busy(&s->lcores[i]);
		char rate[UNITS_TEXT];

		page_put(page, STYLE_PLAIN, "  %d: ", s->lcores[i].id);
		if (busy >= 0)
			page_put(page, busy > 0.95 ? STYLE_WARN : STYLE_PLAIN, "%.0f%% busy, ",
				busy * 100);
		page_put(page, STYLE_PLAIN, "%s/s", units_rate(s->lcores[i].frames.rate, rate));
	}
	page_end_line(page);
}

static void
put_loopbacks(const struct view *view, struct page *page)
{
	const struct state *s = view->state;
	unsigned int nb = s->nb_loopbacks;
	char rate[UNITS_TEXT], count[UNITS_TEXT];

	if (nb == 0)
		return;
	if (view->height != 0 && nb > LOOPBACKS_SHOWN)
		nb = LOOPBACKS_SHOWN;
	page_put(page, STYLE_HEAD, "%-8s %-20s %8s %8s", "LOOPBACK", "ADDRESS", "ANSWER/s",
		"TOHOST/s");
	/* Totals and names where there is room. */
	page_put(page, STYLE_HEAD, " %15s %15s %s", "ANSWERED", "TO HOST", "NAME");
	page_end_line(page);
	for (unsigned int i = 0; i < nb; i++) {
		const struct state_loopback *lo = &s->loopbacks[i];

		page_put(page, STYLE_PLAIN, "%-8.8s %-20s ", lo->name, lo->address);
		page_put(page, STYLE_PLAIN, "%8s ", units_rate(lo->answered.rate, rate));
		page_put(page, STYLE_PLAIN, "%8s ", units_rate(lo->punted.rate, rate));
		page_put(page, STYLE_PLAIN, "%15s ", units_count(lo->answered.value, count));
		page_put(page, STYLE_PLAIN, "%15s %s", units_count(lo->punted.value, count),
			lo->host);
		if (lo->state[0] != '\0' && strcmp(lo->state, "up") != 0)
			page_put(page, STYLE_WARN, " %s", lo->state);
		page_end_line(page);
	}
	if (nb < s->nb_loopbacks) {
		page_put(page, STYLE_DIM, "%u of %u loopbacks", nb, s->nb_loopbacks);
		page_end_line(page);
	}
}

static void
put_localhost(const struct view *view, struct page *page)
{
	const struct state *s = view->state;
	char rate[UNITS_TEXT];

	if (!s->has_localhost)
		return;
	page_put(page, STYLE_HEAD, "LOCALHOST");
	page_put(page, strncmp(s->localhost, "on", 2) == 0 ? STYLE_GOOD : STYLE_BAD, " %s",
		s->localhost);
	for (unsigned int i = 0; i < s->nb_localhost; i++) {
		const struct counter *c = &s->localhost_counters[i];
		bool native = strncmp(c->name, "native_", 7) == 0;

		if (c->rate > 0 && strstr(c->name, "bytes") == NULL)
			page_put(page, native ? STYLE_WARN : STYLE_PLAIN, "  %s %s/s", c->name,
				units_rate(c->rate, rate));
	}
	page_end_line(page);
}

static void
put_help(struct page *page)
{
	page_end_line(page);
	for (unsigned int i = 0; help[i] != NULL; i++) {
		page_put(page, STYLE_PLAIN, "%s", help[i]);
		page_end_line(page);
	}
}

void
view_make(const struct view *view, struct page *page, unsigned int width)
{
	unsigned int ports = STATE_PORTS_MAX;

	page_clear(page, width);
	put_title(view, page);
	if (view->message != NULL) {
		page_put(page, STYLE_BAD, "%s", view->message);
		page_end_line(page);
	}
	if (view->help) {
		put_help(page);
		return;
	}
	if (view->state == NULL)
		return;
	if (view->height != 0)
		ports = view->height / 2 > PORTS_MIN ? view->height / 2 : PORTS_MIN;
	put_link(view, page);
	put_lcores(view, page);
	page_end_line(page);
	view_put_ports(view, page, ports);
	page_end_line(page);
	put_loopbacks(view, page);
	put_localhost(view, page);
	if (view->state->nb_loopbacks > 0 || view->state->has_localhost)
		page_end_line(page);
	view_put_verdicts(view, page);
}
