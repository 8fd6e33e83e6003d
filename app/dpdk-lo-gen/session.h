/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_SESSION_H
#define DLO_GEN_SESSION_H

/**
 * @file
 * What lasts from the start of the program to its end: ports, the frames to send, who we are on
 * each port. Runs and trials are made from it. Thread: control.
 */

#include "engine.h"
#include "gen_conf.h"
#include "gen_port.h"

struct gen_session {
	struct gen_conf *conf;
	struct gen_conf back; /**< the other direction */
	unsigned int nb_paths;
	struct gen_ports ports;
	struct pattern patterns[GEN_PATHS];
	struct pattern_notes notes; /**< with --pcap */
	struct neighbour neighbours[GEN_PATHS];
	char names[2][64]; /**< of ports P and Q */
	atomic_bool *stop;
};

/** Open the ports and find out the MAC of --dst. @return 0, or -errno, said; close it anyway. */
int session_open(struct gen_session *s, struct gen_conf *conf, atomic_bool *stop);

/** Free everything. */
void session_close(struct gen_session *s);

/** Build the frames of --size; those of --pcap are there already. @return 0, or -errno, said. */
int session_make_frames(struct gen_session *s);

/** What --rate asks for, of the frames just made. @return 0, or -EINVAL, said. */
int session_load(const struct gen_session *s, struct gen_load *ret);

/** @return frames a second of @p load, 0 when it is unpaced or paced as captured. */
double session_pps(const struct gen_session *s, const struct gen_load *load);

/** @return bits of layer 1 of the mean frame: preamble, FCS and gap counted. */
double session_mean_bits(const struct gen_session *s);

/**
 * Prepare a run of the frames at hand.
 * @param run zeroed or freed before; engine_free() it
 * @return 0, or -ENOMEM, said
 */
int session_run(struct gen_session *s, struct gen_run *run, const struct gen_load *load,
	bool with_log);

#endif
