/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "eal_start.h"

/* The ground that all tests of this suite stand on: lcores, memory, virtual ports. */
static void
lcores_and_ports(void **state)
{
	uint16_t port_id;

	(void)state;
	assert_int_equal(rte_lcore_count(), 2);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_null0", &port_id), 0);
}

static void
mbufs(void **state)
{
	struct rte_mempool *pool;
	struct rte_mbuf *m;

	(void)state;
	pool = rte_pktmbuf_pool_create("pool", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
		SOCKET_ID_ANY);
	assert_non_null(pool);
	m = rte_pktmbuf_alloc(pool);
	assert_non_null(m);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	rte_mempool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lcores_and_ports),
		cmocka_unit_test(mbufs),
	};
	int failed;

	test_eal_start(2, "--vdev", "net_null0", NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
