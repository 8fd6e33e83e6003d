/* SPDX-License-Identifier: BSD-3-Clause */
#include "silence.h"

#include <inttypes.h>
#include <stdio.h>

#include <rte_ethdev.h>

static bool
is_down(uint16_t port)
{
	struct rte_eth_link link;

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_DOWN;
}

/* Frames that a port's own counters say were lost in it. */
static uint64_t
lost_in(uint16_t port, bool sending)
{
	struct rte_eth_stats stats = { 0 };

	if (rte_eth_stats_get(port, &stats) != 0)
		return 0;
	return sending ? stats.oerrors : stats.imissed + stats.ierrors + stats.rx_nombuf;
}

void
silence_reason(const struct gen_path *path, char ret[SILENCE_TEXT])
{
	const struct gen_tx *tx = &path->tx;
	const struct gen_rx *rx = &path->rx;
	uint64_t lost;

	if (is_down(tx->port) || is_down(rx->port))
		snprintf(ret, SILENCE_TEXT, "the link of the %s port is down: is the cable in, and the other "
			"end running?", is_down(tx->port) ? "sending" : "receiving");
	else if (tx->nb_pending > 0 && tx->refused > 0)
		snprintf(ret, SILENCE_TEXT, "the port has stopped taking frames: at the other end nobody "
			"reads them");
	else if ((lost = lost_in(rx->port, false)) > 0)
		snprintf(ret, SILENCE_TEXT, "the receiving port has lost %" PRIu64 " frames itself "
			"(imissed, ierrors, rx_nombuf): is the MTU large enough for what comes back?", lost);
	else if ((lost = lost_in(tx->port, true)) > 0)
		snprintf(ret, SILENCE_TEXT, "%" PRIu64 " frames did not leave the sending port (oerrors): does "
			"it take this size?", lost);
	else if (rx->foreign > 0)
		snprintf(ret, SILENCE_TEXT, "%" PRIu64 " frames came that are not of this run: does the other "
			"end change payloads, or do they come from somebody else?", rx->foreign);
	else
		snprintf(ret, SILENCE_TEXT, "is the other end up, does it take frames to this MAC (--dst-mac, "
			"or --dst to ask for it), do its filters let them by, and does it send them back to "
			"this port?");
}
