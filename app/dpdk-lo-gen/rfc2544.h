/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_RFC2544_H
#define DLO_GEN_RFC2544_H

/**
 * @file
 * The tests of RFC 2544, as RFC 9004 and RFC 8219 have them now. Thread: control.
 */

#include <jansson.h>

#include "rfc_search.h"
#include "session.h"

#define RFC_LOSS_STEPS 10 /**< RFC 2544 26.3: of a tenth each */
#define RFC_DEVIATIONS 16
#define RFC_DEVIATION 160

struct rfc_loss_step {
	double percent; /**< of the maximum */
	double offered; /**< frames a second */
	double loss;
};

/** One frame size. Frames a second are those of one direction. */
struct rfc_size {
	uint16_t size;
	double max_pps;
	bool max_measured; /**< the port has no line rate: by sending without pause */
	unsigned int done; /**< GEN_TEST_* that are finished */
	unsigned int nb_starved; /**< trials whose load this lcore could not offer */
	struct rfc_found throughput; /**< 'binary' */
	struct rfc_bound bounds[RFC_GOALS]; /**< 'mlr' */
	double throughput_pps; /**< what the other tests go by */
	struct {
		unsigned int trials;
		double min, mean, tl, wcl, max, pdv, ipdv; /**< ns; RFC 8219 7.2, 7.3: medians */
	} latency;
	unsigned int nb_losses;
	struct rfc_loss_step losses[RFC_LOSS_STEPS];
	struct {
		unsigned int trials;
		bool skipped; /**< RFC 9004 5: the throughput is the maximum */
		bool at_limit; /**< the longest burst was carried */
		double avg, min, max, stddev; /**< frames */
		double implied_s, corrected_s; /**< buffer time */
	} burst;
};

struct rfc_results {
	const struct gen_session *session;
	unsigned int nb;
	bool complete;
	struct rfc_size sizes[GEN_SIZES_MAX];
	unsigned int nb_deviations;
	char deviations[RFC_DEVIATIONS][RFC_DEVIATION];
};

/** Run all tests of session->conf->rfc and report. @return 0, or -errno, said. */
int rfc2544_run(struct gen_session *s);

/** One trial. */
struct rfc_trial {
	uint64_t count; /**< frames, 0: seconds decide */
	double seconds;
	double latency_from_s;
	/* Filled in, all directions together: */
	uint64_t sent, received;
	double offered; /**< of the slower direction */
	bool pushed_back; /**< the port had no room at times */
	struct totals *totals; /**< may be NULL */
};

struct totals;

/** Run one at @p pps, 0: without pause. @return 0, -EINTR when the user stops it, -errno, said. */
int rfc_trial_run(struct gen_session *s, double pps, struct rfc_trial *trial);

/** Let the path settle for --settle seconds. @return 0, or -EINTR */
int rfc_settle(struct gen_session *s);

/** Note where @p conf departs from the standards. */
void rfc_deviations(struct rfc_results *r, const struct gen_conf *conf);

/** Note how many trials offered too little, after all of them. */
void rfc_starved(struct rfc_results *r);

/** Print the tables, as far as there are results. */
void rfc_report(const struct rfc_results *r);

/** @return the report, to be let go of by report_write(). */
json_t *rfc_json(const struct rfc_results *r);

/** Write data, gnuplot's script and its plots into a directory. @return 0, or -errno, said. */
int rfc_plot(const struct rfc_results *r, const char *dir);

#endif
