/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>
#include <rte_mbuf.h>

#include "capture_filter.h"
#include "eal_start.h"
#include "filter.h"
#include "mbufs.h"

/*
 * However a frame is cut into segments, libpcap must see what it sees in one piece; and the filter of
 * a port must say what that of a capture says.
 */

static const char *const expressions[] = {
	"",
	"ip",
	"ip6",
	"arp",
	"udp",
	"tcp port 80",
	"udp and dst port 53",
	"src host 198.18.0.2",
	"net 198.18.0.0/15 and not icmp",
	"ip6 host 2001:2::2",
	"ether src 02:00:00:00:00:01",
	"ether multicast",
	"vlan",
	"vlan 7 and udp",
	"len > 100",
	"less 60",
	"tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
	"ip[8] < 64",
	"ip[6:2] & 0x1fff = 0 and udp[4:2] > 20",
	"ether[200] = 0xaa",
	"icmp or icmp6",
	"portrange 1-1023",
};

/** Headers as a tester would send them; what follows is filled up. */
static const struct {
	const char *name;
	uint8_t head[64];
} frames[] = {
	{ "arp", { 255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1 } },
	{ "udp4", { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 46, 0, 1, 0, 0, 64, 17, 0,
		0, 198, 18, 0, 2, 198, 18, 0, 1, 0x30, 0x39, 0, 53, 0, 26 } },
	{ "udp4 fragment", { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 46, 0, 1, 0, 9,
		64, 17, 0, 0, 198, 18, 0, 2, 198, 18, 0, 1, 0x30, 0x39, 0, 53, 0, 26 } },
	{ "tcp4 options", { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 8, 0, 0x46, 0, 0, 60, 0, 1, 0, 0, 63,
		6, 0, 0, 10, 0, 0, 1, 198, 19, 255, 1, 1, 1, 1, 0, 0x30, 0x39, 0, 80, 0, 0, 0, 0,
		0, 0, 0, 0, 0x50, 2 } },
	{ "udp6", { 0x33, 0x33, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, 17,
		64, 0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x20, 1, 0, 2, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 1, 0, 53, 0, 53, 0, 20 } },
	{ "vlan udp4", { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 7, 8, 0, 0x45, 0, 0, 46, 0,
		1, 0, 0, 64, 17, 0, 0, 198, 18, 0, 2, 198, 18, 0, 1, 0x30, 0x39, 0, 80, 0, 26 } },
	{ "icmp", { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 46, 0, 1, 0, 0, 64, 1, 0,
		0, 198, 18, 0, 1, 198, 18, 0, 2, 8, 0 } },
};

static const uint32_t lengths[] = { 0, 1, 13, 14, 18, 22, 33, 34, 41, 42, 60, 64, 128, 300, 1514 };
static const uint16_t segments[] = { 2048, 14, 17, 1 };

static struct rte_mempool *pool;

/** @return how many frames of the table matched. */
static unsigned int
compare(const char *expression, const struct bpf_program *oracle, const struct capture_filter *f,
	const struct dlo_filter *port)
{
	unsigned int matched = 0;
	uint8_t data[1514];

	for (unsigned int i = 0; i < RTE_DIM(frames); i++) {
		memset(data, 0xaa, sizeof(data));
		memcpy(data, frames[i].head, sizeof(frames[i].head));
		for (unsigned int l = 0; l < RTE_DIM(lengths); l++) {
			struct pcap_pkthdr hdr = { .caplen = lengths[l], .len = lengths[l] };
			bool want = pcap_offline_filter(oracle, &hdr, data) != 0;
			uint8_t mask[DLO_FILTER_REACH];

			for (unsigned int s = 0; s < RTE_DIM(segments); s++) {
				struct rte_mbuf *m = mbuf_from_pool(pool, data, lengths[l], segments[s]);
				bool got = capture_filter_match(f, m);
				bool got_port = port->match == NULL || port->match(port->ctx, m);

				rte_pktmbuf_free(m);
				if (got != want || got_port != want)
					fail_msg("'%s' on %s, %u bytes in segments of %u: %d, of a port "
						"%d, libpcap %d", expression, frames[i].name,
						lengths[l], segments[s], got, got_port, want);
			}
			/* Whether it can be said why is another question. */
			assert_true(port->match == NULL || want ||
				!port->trace(port->ctx, data, lengths[l], mask));
			matched += want;
		}
	}
	return matched;
}

static void
same_as_libpcap(void **state)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 262144);
	const unsigned int all = RTE_DIM(frames) * RTE_DIM(lengths);

	(void)state;
	assert_non_null(pcap);
	for (unsigned int e = 0; e < RTE_DIM(expressions); e++) {
		struct capture_filter *f = capture_filter_create(expressions[e]);
		struct bpf_program oracle;
		struct dlo_filter port;
		unsigned int matched;

		assert_non_null(f);
		assert_int_equal(pcap_compile(pcap, &oracle, expressions[e], 1, PCAP_NETMASK_UNKNOWN),
			0);
		assert_int_equal(filter_acquire(expressions[e], &port), 0);
		matched = compare(expressions[e], &oracle, f, &port);
		if (port.match != NULL)
			printf("# %s: %s\n", expressions[e], filter_engine(&port));
		filter_release(&port);
		/* An expression that tells nothing apart would be no test. */
		if (expressions[e][0] != '\0')
			assert_true(matched > 0 && matched < all);
		pcap_freecode(&oracle);
		capture_filter_free(f);
	}
	pcap_close(pcap);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_libpcap),
	};
	int failed;

	test_eal_start(1, NULL);
	pool = rte_pktmbuf_pool_create("frames", 2047, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
		SOCKET_ID_ANY);
	if (pool == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rte_mempool_free(pool);
	test_eal_stop();
	return failed;
}
