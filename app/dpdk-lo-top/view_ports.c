/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of ports and the verdicts of one. */
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "units.h"

#define NAME_WIDTH 14
#define TREND_MIN 8
#define TREND_MAX 40
#define VERDICT_WIDTH 46
/* Two of them beside each other in 80 columns: large counts are rounded. */
#define VERDICT_NARROW 40
#define NARROW_COUNT 10000000
/* Frames, seen on a wire: frame check, preamble and gap are no bytes of a frame, so none is added. */
#define BITS 8

static void
put_name(const struct state_port *p, char *buf, size_t size)
{
	snprintf(buf, size, "%s", p->label);
}

static void
put_driver(const struct state_port *p, char *buf, size_t size)
{
	snprintf(buf, size, "%s", p->driver);
}

static void
put_mode(const struct state_port *p, char *buf, size_t size)
{
	snprintf(buf, size, "%s", p->mode);
}

static void
put_link(const struct state_port *p, char *buf, size_t size)
{
	snprintf(buf, size, "%s", p->link);
}

static void
put_rate(double rate, char *buf, size_t size)
{
	char text[UNITS_TEXT];

	snprintf(buf, size, "%s", units_rate(rate, text));
}

static void
put_rx(const struct state_port *p, char *buf, size_t size)
{
	put_rate(state_rate(p, "rx"), buf, size);
}

static void
put_tx(const struct state_port *p, char *buf, size_t size)
{
	put_rate(state_rate(p, "tx"), buf, size);
}

static void
put_rx_bits(const struct state_port *p, char *buf, size_t size)
{
	put_rate(state_rate(p, "bytes_rx") * BITS, buf, size);
}

static void
put_tx_bits(const struct state_port *p, char *buf, size_t size)
{
	put_rate(state_rate(p, "bytes_tx") * BITS, buf, size);
}

static void
put_drops(const struct state_port *p, char *buf, size_t size)
{
	put_rate(state_rate(p, "drops"), buf, size);
}

static void
put_p50(const struct state_port *p, char *buf, size_t size)
{
	char text[UNITS_TEXT];

	snprintf(buf, size, "%s", p->has_latency ? units_time(p->times.p50_ns, text) : "-");
}

static void
put_p99(const struct state_port *p, char *buf, size_t size)
{
	char text[UNITS_TEXT];

	snprintf(buf, size, "%s", p->has_latency ? units_time(p->times.p99_ns, text) : "-");
}

static const struct column {
	const char *title;
	int width; /* negative: from the left */
	int worth; /* where there is no room, the smallest goes first */
	bool latency; /* only where some port has it */
	void (*put)(const struct state_port *p, char *buf, size_t size);
} columns[] = {
	{ "PORT", -NAME_WIDTH, 100, false, put_name },
	{ "DRIVER", -15, 10, false, put_driver },
	{ "MODE", -4, 40, false, put_mode },
	{ "LINK", -4, 60, false, put_link },
	{ "RX/s", 7, 90, false, put_rx },
	{ "TX/s", 7, 80, false, put_tx },
	{ "RXbit/s", 7, 50, false, put_rx_bits },
	{ "TXbit/s", 7, 30, false, put_tx_bits },
	{ "DROP/s", 7, 70, false, put_drops },
	{ "p50 now", 7, 45, true, put_p50 },
	{ "p99 now", 7, 55, true, put_p99 },
};

#define NB_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static unsigned int
width_of(const struct column *c)
{
	return (unsigned int)abs(c->width) + 1;
}

/* @return bits of the columns that fit; the room that is left in *ret_rest */
static unsigned int
choose_columns(unsigned int width, bool latency, unsigned int *ret_rest)
{
	unsigned int used = 0, chosen = 0;

	for (unsigned int i = 0; i < NB_COLUMNS; i++) {
		if (!columns[i].latency || latency) {
			chosen |= 1u << i;
			used += width_of(&columns[i]);
		}
	}
	while (used > width) {
		unsigned int least = NB_COLUMNS;

		for (unsigned int i = 0; i < NB_COLUMNS; i++) {
			if ((chosen & 1u << i) != 0 &&
				(least == NB_COLUMNS || columns[i].worth < columns[least].worth))
				least = i;
		}
		/* The name stays, cut if need be. */
		if (least == 0)
			break;
		chosen &= ~(1u << least);
		used -= width_of(&columns[least]);
	}
	*ret_rest = used < width ? width - used : 0;
	return chosen;
}

static double
sort_value(const struct state_port *p, enum top_sort sort)
{
	return state_rate(p, sort == TOP_SORT_RX ? "rx" : sort == TOP_SORT_TX ? "tx" : "drops");
}

static bool
comes_before(const struct view *view, unsigned int a, unsigned int b)
{
	const struct state_port *x = &view->state->ports[a], *y = &view->state->ports[b];

	if (view->sort == TOP_SORT_PORT)
		return a < b;
	if (view->sort == TOP_SORT_NAME)
		return strcmp(x->label, y->label) < 0;
	return sort_value(x, view->sort) > sort_value(y, view->sort);
}

/* By insertion: equal ones stay in their order, so that rows do not dance. */
void
view_order(const struct view *view, unsigned int order[STATE_PORTS_MAX])
{
	for (unsigned int i = 0; i < view->state->nb_ports; i++) {
		unsigned int at = i;

		for (; at > 0 && comes_before(view, i, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}

unsigned int
view_chosen(const struct view *view, const unsigned int order[STATE_PORTS_MAX])
{
	for (unsigned int i = 0; i < view->state->nb_ports; i++) {
		if (strcmp(view->state->ports[order[i]].name, view->chosen) == 0)
			return i;
	}
	return 0;
}

static const struct port_history *
history_of(const struct view *view, const struct state_port *p)
{
	for (unsigned int i = 0; i < view->nb_histories; i++) {
		if (strcmp(view->histories[i].name, p->name) == 0)
			return &view->histories[i];
	}
	return NULL;
}

/* Latency where it is measured, else the rate: what moves first. */
static void
put_trend(const struct view *view, struct page *page, const struct state_port *p,
	enum style style, bool latency, unsigned int width)
{
	const struct port_history *h = history_of(view, p);
	char line[TREND_MAX * 3 + 1];

	if (h == NULL)
		return;
	history_sparkline(latency && p->measures_latency ? &h->p99 : &h->rx, width, view->utf8, line,
		sizeof(line));
	page_put(page, style, "%s", line);
}

static enum style
style_of(const struct state_port *p, unsigned int column, enum style row)
{
	if (columns[column].put == put_link)
		return strcmp(p->link, "up") == 0 ? STYLE_GOOD : STYLE_BAD;
	if (columns[column].put == put_drops && state_rate(p, "drops") > 0)
		return STYLE_WARN;
	return row;
}

void
view_put_ports(const struct view *view, struct page *page, unsigned int lines)
{
	unsigned int order[STATE_PORTS_MAX], nb = view->state->nb_ports, rest, chosen, shown;
	unsigned int at, first;
	bool latency = false;

	view_order(view, order);
	at = view_chosen(view, order);
	first = at >= lines ? at - lines + 1 : 0;
	for (unsigned int i = 0; i < nb; i++)
		latency |= view->state->ports[i].measures_latency;
	shown = choose_columns(page->width, latency, &rest);
	/* On paper there is nothing to see yet. */
	rest = !view->interactive ? 0 : rest > TREND_MAX ? TREND_MAX : rest;
	for (unsigned int c = 0; c < NB_COLUMNS; c++) {
		if ((shown & 1u << c) != 0)
			page_put(page, STYLE_HEAD, "%*s ", columns[c].width, columns[c].title);
	}
	if (rest >= TREND_MIN)
		page_put(page, STYLE_HEAD, "%*s", -(int)rest, latency ? "p99 now" : "RX/s");
	page_end_line(page);
	for (unsigned int i = first; i < nb && i - first < lines; i++) {
		const struct state_port *p = &view->state->ports[order[i]];
		enum style row = view->interactive && i == at ? STYLE_CHOSEN : STYLE_PLAIN;

		for (unsigned int c = 0; c < NB_COLUMNS; c++) {
			char text[STATE_NAME];

			if ((shown & 1u << c) == 0)
				continue;
			columns[c].put(p, text, sizeof(text));
			chosen = (unsigned int)abs(columns[c].width);
			page_put(page, style_of(p, c, row), "%*.*s ", columns[c].width, (int)chosen,
				text);
		}
		if (rest >= TREND_MIN)
			put_trend(view, page, p, row, latency, rest);
		page_end_line(page);
	}
	if (nb > lines) {
		page_put(page, STYLE_DIM, "%u of %u ports", lines, nb);
		page_end_line(page);
	}
}

/* Of /dlo/stats what is no verdict. */
static bool
is_verdict(const char *name)
{
	static const char *const others[] = {
		"rx", "tx", "bytes_rx", "bytes_tx", "held", "dup", "drops",
	};

	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(name, others[i]) == 0)
			return false;
	}
	return true;
}

static void
put_verdict(struct page *page, const struct counter *c, bool narrow)
{
	bool drop = strncmp(c->name, "drop_", 5) == 0 || strcmp(c->name, "no_mbuf") == 0;
	char rate[UNITS_TEXT], count[UNITS_TEXT], name[sizeof(c->name)];

	snprintf(name, sizeof(name), "%s", c->name);
	/* "drop_land", "answered_icmp": two words. */
	if (strncmp(name, "drop_", 5) == 0 || strncmp(name, "answered_", 9) == 0)
		*strchr(name, '_') = ' ';
	if (narrow && c->since >= NARROW_COUNT)
		units_rate((double)c->since, count);
	else
		units_count(c->since, count);
	page_put(page, c->since == 0 ? STYLE_DIM : drop && c->rate > 0 ? STYLE_WARN : STYLE_PLAIN,
		narrow ? "%-17.17s %7s/s %10s" : "%-19.19s %7s/s %16s", name, units_rate(c->rate, rate), count);
}

void
view_put_verdicts(const struct view *view, struct page *page)
{
	unsigned int order[STATE_PORTS_MAX], per_line, nb = 0, width;
	const struct counter *shown[STATE_COUNTERS_MAX];
	const struct state_port *p;

	if (view->state->nb_ports == 0)
		return;
	view_order(view, order);
	p = &view->state->ports[order[view_chosen(view, order)]];
	for (unsigned int i = 0; i < p->nb_counters; i++) {
		if (is_verdict(p->counters[i].name) &&
			(view->all_verdicts || p->counters[i].since > 0))
			shown[nb++] = &p->counters[i];
	}
	/* The last one of a line needs no gap behind it. */
	width = page->width + 1 < 2 * VERDICT_WIDTH && page->width + 1 >= 2 * VERDICT_NARROW ?
		VERDICT_NARROW : VERDICT_WIDTH;
	per_line = (page->width + 1) / width > 0 ? (page->width + 1) / width : 1;
	page_put(page, STYLE_HEAD, "VERDICTS of %s%s", p->label, nb == 0 ? ": no frame yet" : "");
	if (view->counted_s > 0)
		page_put(page, STYLE_HEAD, ", of the last %.0f s", view->counted_s);
	page_end_line(page);
	/* Down the columns, as a reader of a list goes. */
	for (unsigned int line = 0, lines = (nb + per_line - 1) / per_line; line < lines; line++) {
		for (unsigned int i = line; i < nb; i += lines) {
			page_tab(page, i / lines * width);
			put_verdict(page, shown[i], width == VERDICT_NARROW);
		}
		page_end_line(page);
	}
}
