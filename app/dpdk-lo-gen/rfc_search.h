/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_RFC_SEARCH_H
#define DLO_GEN_RFC_SEARCH_H

/**
 * @file
 * Searches for the highest load that a path carries. Knows nothing of ports: a trial is a function.
 * Thread: control.
 */

#include <stdbool.h>

struct rfc_outcome {
	double loss; /**< part of the frames sent; 1 where the load itself could not be offered */
	double offered; /**< the load that was */
};

/**
 * One trial at @p load for @p seconds.
 * @return 0, or -errno: the search ends with it
 */
typedef int (*rfc_trial_fn)(void *arg, double load, double seconds, struct rfc_outcome *ret);

struct rfc_binary {
	double max; /**< tried first */
	double width; /**< ends when the bounds are this close */
	double min; /**< what lies below is not worth a trial */
	double seconds; /**< of a trial */
	unsigned int verify; /**< further trials where frames were lost */
};

struct rfc_found {
	double load; /**< 0: none passed */
	double offered; /**< there */
	unsigned int trials;
};

/**
 * Binary search with loss verification (ETSI GS NFV-TST 009 12.3.3, RFC 9004 5.1): a load
 * that loses frames is tried again, and passes when one of the further trials loses none.
 * @return 0, or what @p trial returned; @p ret holds what was found until then
 */
int rfc_search_binary(const struct rfc_binary *conf, rfc_trial_fn trial, void *arg,
	struct rfc_found *ret);

#define RFC_GOALS 2 /**< [0] NDR, [1] PDR */
#define RFC_EXCEED 0.5 /**< part of the time that may lose more than the goal */

struct rfc_mlr {
	double max;
	double width; /**< of the bounds, part of the upper one */
	double seconds; /**< of a trial */
	double sum; /**< seconds of trials at a load that make it a bound */
	double loss[RFC_GOALS]; /**< that a trial may have */
};

struct rfc_bound {
	double load; /**< highest that meets the goal; 0: none */
	double carried; /**< conditional throughput: of a load what was carried most of the time */
	bool whole; /**< the search came to its end */
};

/**
 * Search in the way of MLRsearch (IETF bmwg): first with single trials, then with as many as make
 * conf->sum; trials serve both goals. A load is a lower bound when less than RFC_EXCEED of the sum
 * can still turn out to exceed the goal's loss, an upper bound when more than that did.
 * @return 0, -ENOMEM, or what @p trial returned
 */
int rfc_search_mlr(const struct rfc_mlr *conf, rfc_trial_fn trial, void *arg,
	struct rfc_bound ret[RFC_GOALS], unsigned int *ret_trials);

#endif
