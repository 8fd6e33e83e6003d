/* SPDX-License-Identifier: BSD-3-Clause */
#include "driver_log.h"

#include <stdint.h>

#include <rte_common.h>
#include <rte_log.h>

#define VIRTIO_DRIVER "pmd.net.virtio.driver"

static const char *const talkers[] = {
	"lib.eal",
	"lib.ethdev",
	"pmd.net.memif",
	"pmd.net.virtio.init",
	VIRTIO_DRIVER,
};

static struct {
	unsigned int hushed;
	int levels[RTE_DIM(talkers)];
} state;

void
driver_log_hush(void)
{
	if (state.hushed++ > 0)
		return;
	for (unsigned int i = 0; i < RTE_DIM(talkers); i++) {
		state.levels[i] = rte_log_get_level(rte_log_register(talkers[i]));
		rte_log_set_level_pattern(talkers[i], RTE_LOG_EMERG);
	}
}

void
driver_log_resume(void)
{
	if (--state.hushed > 0)
		return;
	for (unsigned int i = 0; i < RTE_DIM(talkers); i++)
		rte_log_set_level_pattern(talkers[i], (uint32_t)state.levels[i]);
}

void
driver_log_leave_out_ends(void)
{
	if (rte_log_get_level(rte_log_register(VIRTIO_DRIVER)) <= (int)RTE_LOG_NOTICE)
		rte_log_set_level_pattern(VIRTIO_DRIVER, RTE_LOG_CRIT);
}
