/* SPDX-License-Identifier: BSD-3-Clause */
#include "view.h"

#include <stdio.h>
#include <string.h>

#include "units.h"

#define PORTS_MIN 3
#define LCORE_LINES 3
#define LO_NAME_WIDTH 8
#define LO_ADDRESS_NARROW 20
#define LO_ADDRESS_WIDE 43
/* Where an IPv6 address has room. */
#define WIDE_PAGE 120

static const char *const help[] = {
	"up, down  whose verdicts are shown",
	"s         sort by the next: name, rx, ...",
	"z         verdicts without frames, too",
	"p, space  pause, go on",
	"r, R      count from now on; from the start",
	"PgUp/Dn   what does not fit",
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
	if (s->link_from_host[0] != '\0')
		page_put(page, STYLE_PLAIN, "  host leaves %s", s->link_from_host);
	page_end_line(page);
}

/* Many of them take more lines than one, but not the page. */
static void
put_lcores(const struct view *view, struct page *page)
{
	const struct state *s = view->state;
	unsigned int lines = 1;

	if (s->nb_lcores == 0)
		return;
	page_put(page, STYLE_HEAD, "LCORES");
	for (unsigned int i = 0; i < s->nb_lcores; i++) {
		double busy = state_busy(&s->lcores[i]);
		char text[64], rate[UNITS_TEXT], share[16] = "";

		if (busy >= 0)
			snprintf(share, sizeof(share), "%.0f%% busy, ", busy * 100);
		snprintf(text, sizeof(text), "  %d: %s%s/s", s->lcores[i].id, share,
			units_rate(s->lcores[i].frames.rate, rate));
		if (page->lines[page->nb_lines].columns + strlen(text) > page->width &&
			page->width > strlen(text) + strlen("LCORES")) {
			if (view->height != 0 && lines == LCORE_LINES) {
				page_end_line(page);
				page_put(page, STYLE_DIM, "%u of %u lcores", i, s->nb_lcores);
				break;
			}
			page_end_line(page);
			page_tab(page, (unsigned int)strlen("LCORES"));
			lines++;
		}
		page_put(page, busy > 0.95 ? STYLE_WARN : STYLE_PLAIN, "%s", text);
	}
	page_end_line(page);
}

static bool
is_up(const struct state_loopback *lo)
{
	return lo->state[0] == '\0' || strcmp(lo->state, "up") == 0;
}

/* Larger: of more interest. */
static int
interest(const struct state_loopback *lo)
{
	double rate = lo->answered.rate + lo->punted.rate;

	if (!is_up(lo))
		return 3;
	return rate > 0 ? 2 : lo->answered.value + lo->punted.value > 0 ? 1 : 0;
}

/* In their own order; where not all of them are seen at once, those first that do something. */
static void
order_loopbacks(const struct state *s, bool by_interest, unsigned int order[STATE_LOOPBACKS_MAX])
{
	for (unsigned int i = 0; i < s->nb_loopbacks; i++) {
		unsigned int at = i;

		for (; by_interest && at > 0; at--) {
			if (interest(&s->loopbacks[i]) <= interest(&s->loopbacks[order[at - 1]]))
				break;
			order[at] = order[at - 1];
		}
		order[at] = i;
	}
}

static void
put_loopback(struct page *page, const struct state_loopback *lo, int address_width, bool states)
{
	char rate[UNITS_TEXT], count[UNITS_TEXT];

	page_put(page, STYLE_PLAIN, "%-*.*s %-*.*s ", LO_NAME_WIDTH, LO_NAME_WIDTH, lo->name, address_width,
		address_width, lo->address);
	if (states)
		page_put(page, is_up(lo) ? STYLE_GOOD : STYLE_WARN, "%-5.5s ", lo->state);
	page_put(page, STYLE_PLAIN, "%8s ", units_rate(lo->answered.rate, rate));
	page_put(page, STYLE_PLAIN, "%8s ", units_rate(lo->punted.rate, rate));
	page_put(page, STYLE_PLAIN, "%15s ", units_count(lo->answered.since, count));
	page_put(page, STYLE_PLAIN, "%15s %s", units_count(lo->punted.since, count), lo->host);
	page_end_line(page);
}

static void
put_loopbacks(const struct view *view, struct page *page)
{
	int width = page->width < WIDE_PAGE && view->height != 0 ? LO_ADDRESS_NARROW : LO_ADDRESS_WIDE, longest = 0;
	const struct state *s = view->state;
	unsigned int order[STATE_LOOPBACKS_MAX];
	bool states = false, all;

	if (s->nb_loopbacks == 0)
		return;
	for (unsigned int i = 0; i < s->nb_loopbacks; i++) {
		int len = (int)strlen(s->loopbacks[i].address);

		longest = len > longest ? len : longest;
		states |= !is_up(&s->loopbacks[i]);
	}
	if (longest < width && longest > LO_ADDRESS_NARROW)
		width = longest;
	if (longest <= LO_ADDRESS_NARROW)
		width = LO_ADDRESS_NARROW;
	all = view->height == 0 || page->nb_lines + 2 + s->nb_loopbacks <= view->height;
	page_end_line(page);
	page_put(page, STYLE_HEAD, "%-*s %-*s ", LO_NAME_WIDTH, "LOOPBACK", width, "ADDRESS");
	if (states)
		page_put(page, STYLE_HEAD, "%-5s ", "STATE");
	/* Totals and names where there is room. */
	page_put(page, STYLE_HEAD, "%8s %8s %15s %15s %s", "ANSWER/s", "TOHOST/s", "ANSWERED", "TO HOST", "NAME");
	page_end_line(page);
	order_loopbacks(s, !all, order);
	for (unsigned int i = 0; i < s->nb_loopbacks; i++)
		put_loopback(page, &s->loopbacks[order[i]], width, states);
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
	put_localhost(view, page);
	put_lcores(view, page);
	page_end_line(page);
	view_put_ports(view, page, ports);
	page_end_line(page);
	view_put_verdicts(view, page);
	/* Last: there can be many. */
	put_loopbacks(view, page);
}
