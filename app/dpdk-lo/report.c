/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>

#include "claims.h"
#include "forward.h"
#include "link.h"
#include "log.h"
#include "talks.h"
#include "watch.h"

/** Room for 2^64 with separators, and the terminating zero. */
#define COUNT_STRLEN 32

/** What the previous live line saw. Control is the only caller. */
static struct {
	uint64_t tsc;
	struct dlo_counters ports[PORTS_MAX];
} last;

/** A line that is said as a whole; what does not fit is cut. */
struct line {
	char text[4096];
	size_t len;
};

static void line_add(struct line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
line_add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->len, sizeof(l->text) - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len = RTE_MIN(l->len + (size_t)n, sizeof(l->text) - 1);
}

/** "1,234,567" */
static const char *
format_count(uint64_t n, char buf[COUNT_STRLEN])
{
	char digits[COUNT_STRLEN];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	char *out = buf;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return buf;
}

/** "1.23 Mpps", three significant digits or so. */
static void
line_add_rate(struct line *l, double per_s, const char *unit)
{
	if (per_s >= 1e9)
		line_add(l, "%.2f G%s", per_s / 1e9, unit);
	else if (per_s >= 1e6)
		line_add(l, "%.2f M%s", per_s / 1e6, unit);
	else if (per_s >= 1e3)
		line_add(l, "%.1f k%s", per_s / 1e3, unit);
	else
		line_add(l, "%.0f %s", per_s, unit);
}

static void
line_add_port(struct line *l, const struct port *port, const struct dlo_counters *was,
	const struct dlo_counters *now, double seconds)
{
	line_add(l, "%s rx ", app_port_label(port));
	line_add_rate(l, (now->rx - was->rx) / seconds, "pps");
	line_add(l, " %.3f Gbit/s tx ", (now->rx_bytes - was->rx_bytes) * 8 / seconds / 1e9);
	line_add_rate(l, (now->tx - was->tx) / seconds, "pps");
	line_add(l, " %.3f Gbit/s", (now->tx_bytes - was->tx_bytes) * 8 / seconds / 1e9);
	for (unsigned int v = DLO_DROP_FIRST; v < DLO_VERDICT_MAX; v++) {
		if (now->verdict[v] > was->verdict[v])
			line_add(l, " %s +%" PRIu64, dlo_verdict_name(v),
				now->verdict[v] - was->verdict[v]);
	}
}

void
report_live(const struct app *app)
{
	uint64_t tsc = rte_get_tsc_cycles();
	uint64_t since = last.tsc != 0 ? last.tsc : app->start_tsc;
	double hz = rte_get_tsc_hz();
	struct line l = { .len = 0 };
	struct dlo_counters now;
	char conflicts[640];

	if (tsc <= since)
		return;
	line_add(&l, "%.1f s", (tsc - app->start_tsc) / hz);
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		app_port_counters(&app->ports[i], &now);
		line_add(&l, " | ");
		line_add_port(&l, &app->ports[i], &last.ports[i], &now, (tsc - since) / hz);
		last.ports[i] = now;
	}
	last.tsc = tsc;
	if (claims_conflicts(app, conflicts, sizeof(conflicts)) > 0)
		line_add(&l, " | %s", conflicts);
	say("%s", l.text);
	talks_live(app);
}

static void
print_row(const char *what, const char *name, uint64_t n, const char *help)
{
	char count[COUNT_STRLEN], label[64];

	snprintf(label, sizeof(label), "%s%s%s", what, name[0] != '\0' ? " " : "", name);
	printf("  %-22s %19s%s%s\n", label, format_count(n, count), help[0] != '\0' ? "  " : "", help);
}

static void
print_traffic(const char *what, uint64_t frames, uint64_t bytes)
{
	char count[COUNT_STRLEN];
	char help[COUNT_STRLEN + 8];

	snprintf(help, sizeof(help), "%s bytes", format_count(bytes, count));
	print_row(what, "", frames, help);
}

/** The kernel chatters on every interface that comes up: not a fault, and said to be none. */
static const char *
drop_help(const struct port *port, enum dlo_verdict v)
{
	if (port->link != NULL && v == DLO_DROP_MCAST_DST)
		return "host's own multicast (MLD, RS, mDNS)";
	return dlo_verdict_help(v);
}

static void
print_latency(const struct port *port)
{
	char p50[16], p99[16], max[16], help[80];
	struct watch_times t;

	watch_port_times(port, &t);
	if (t.count == 0)
		return;
	snprintf(help, sizeof(help), "frames inside for p50 %s, p99 %s, at most %s",
		talks_format_ns(t.p50, p50), talks_format_ns(t.p99, p99), talks_format_ns(t.max, max));
	print_row("latency", "", t.count, help);
}

static void
print_port(const struct port *port)
{
	struct dlo_counters c;
	uint64_t no_mbuf = app_port_no_mbuf(port), missed = app_port_missed(port);
	uint64_t tx_errors = app_port_tx_errors(port);

	app_port_counters(port, &c);
	printf("%s (%s, mode %s%s)\n", app_port_label(port), port->driver,
		dlo_mode_name(port->conf.mode), atomic_load(&port->gone) ? ", gone" : "");
	print_traffic("received", c.rx, c.rx_bytes);
	print_traffic("sent", c.tx, c.tx_bytes);
	for (unsigned int v = 0; v < DLO_ANSWERED_FIRST; v++) {
		if (c.verdict[v] != 0)
			print_row(dlo_verdict_name(v), "", c.verdict[v], dlo_verdict_help(v));
	}
	for (unsigned int v = DLO_ANSWERED_FIRST; v < DLO_DROP_FIRST; v++) {
		if (c.verdict[v] != 0)
			print_row("answered", dlo_verdict_name(v), c.verdict[v], dlo_verdict_help(v));
	}
	for (unsigned int v = DLO_DROP_FIRST; v < DLO_VERDICT_MAX; v++) {
		if (c.verdict[v] != 0)
			print_row("dropped", dlo_verdict_name(v), c.verdict[v], drop_help(port, v));
	}
	if (c.held != 0)
		print_row("held", "", c.held, "inside impairment");
	if (c.dup != 0)
		print_row("duplicated", "", c.dup, "extra copies made by impairment");
	print_latency(port);
	if (no_mbuf != 0)
		print_row("not received", "", no_mbuf, "no mbuf was free for it");
	if (missed != 0)
		print_row("missed", "", missed,
			port->link != NULL ? "the host sent faster than we received" :
					     "the port's receive queue was full");
	if (tx_errors != 0)
		print_row("not sent", "", tx_errors,
			port->link != NULL ? "lost behind the port: the interface was down" :
					     "the driver took it, and could not send it");
	/* Cannot be, unless the code is wrong; then the user is the first to know. */
	if (dlo_counters_imbalance(&c) != 0)
		say_warning("port %s: %" PRId64 " frames have no verdict; this is a fault of dpdk-lo, "
			"please report it with this table",
			app_port_label(port), dlo_counters_imbalance(&c));
}

void
report_final(const struct app *app)
{
	char frames[COUNT_STRLEN], conflicts[640];

	flockfile(stdout);
	for (unsigned int i = 0; i < app->nb_ports; i++)
		print_port(&app->ports[i]);
	for (unsigned int i = 0; i < app->conf.nb_loopbacks; i++) {
		const struct dlo_conf_loopback *lo = &app->conf.loopbacks[i];
		char text[DLO_PREFIX_STRLEN], punted[COUNT_STRLEN], forwarded[COUNT_STRLEN];
		struct loopback_counters c;

		forward_counters(app, i, &c);
		printf("%s %s%s: answered %s, to the host %s, from the host %s\n", lo->name,
			dlo_prefix_format(&lo->addr, text), lo->shut ? " (shut)" : "", format_count(c.answered, frames),
			format_count(c.punted, punted), format_count(c.forwarded, forwarded));
	}
	if (claims_conflicts(app, conflicts, sizeof(conflicts)) > 0)
		printf("in conflict: %s\n", conflicts);
	for (unsigned int i = 0; i < app->nb_workers; i++) {
		const struct worker *w = &app->workers[i];
		uint64_t busy = dlo_count_read(&w->busy_cycles);
		uint64_t all = busy + dlo_count_read(&w->idle_cycles);

		printf("lcore %u: busy %.1f %%, %s frames\n", w->lcore,
			all != 0 ? 100.0 * busy / all : 0.0,
			format_count(dlo_count_read(&w->frames), frames));
	}
	fflush(stdout);
	funlockfile(stdout);
}
