/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "frames.h"
#include "watch/talk.h"

#define IDLE 1000000
#define CLIENT "127.0.0.1"
#define SERVER "127.0.0.1"

static struct dlo_talks *talks;
static uint64_t now;

static int
setup(void **state)
{
	const struct dlo_talks_args args = {
		.times = true,
		.first_client_port = 32768,
		.idle_ticks = IDLE,
		.seed = 1,
	};

	(void)state;
	talks = dlo_talks_create(&args);
	now = 1000;
	return talks == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	dlo_talks_free(talks);
	return 0;
}

static unsigned int
see(const struct frame *f)
{
	return dlo_talk_see(talks, f->b, f->len, now);
}

static unsigned int
tcp(const char *src, uint16_t sport, const char *dst, uint16_t dport, uint8_t flags,
	uint32_t payload)
{
	struct frame f;

	frame_ether(&f, 0, 0, 0x0800);
	frame_ipv4(&f, 6, src, dst, NULL, 0);
	frame_tcp(&f, sport, dport, payload);
	f.b[f.l4 + 13] = flags;
	frame_finish(&f);
	return see(&f);
}

static unsigned int
udp(const char *src, uint16_t sport, const char *dst, uint16_t dport, uint32_t payload)
{
	struct frame f;

	frame_ether(&f, 0, 0, 0x0800);
	frame_ipv4(&f, 17, src, dst, NULL, 0);
	frame_udp(&f, sport, dport, payload);
	frame_finish(&f);
	return see(&f);
}

static struct dlo_talk
at(unsigned int place)
{
	struct dlo_talk t;

	assert_true(dlo_talk_at(talks, place, &t));
	return t;
}

static unsigned int
count_pairs(void)
{
	struct dlo_talk t;
	unsigned int nb = 0;

	for (unsigned int i = 0; i < DLO_TALK_PAIRS; i++)
		nb += dlo_talk_at(talks, i, &t);
	return nb;
}

static void
client_ports_are_one_pair(void **state)
{
	unsigned int place = tcp(CLIENT, 40000, SERVER, 80, 0x02, 0);
	struct dlo_talk t;

	(void)state;
	assert_int_not_equal(place, DLO_TALK_OTHERS);
	assert_int_equal(tcp(SERVER, 80, CLIENT, 40000, 0x12, 0), place);
	assert_int_equal(tcp(CLIENT, 40000, SERVER, 80, 0x10, 100), place);
	assert_int_equal(tcp(CLIENT, 40001, SERVER, 80, 0x02, 0), place);
	assert_int_equal(tcp(SERVER, 80, CLIENT, 40001, 0x10, 1000), place);
	t = at(place);
	assert_int_equal(t.key.port, 80);
	assert_int_equal(t.key.family, 4);
	assert_int_equal(t.key.proto, 6);
	assert_int_equal(t.frames[DLO_TALK_TO_SERVER], 3);
	assert_int_equal(t.frames[DLO_TALK_TO_CLIENT], 2);
	assert_int_equal(t.bytes[DLO_TALK_TO_SERVER], 3 * 54 + 100);
	assert_int_equal(t.bytes[DLO_TALK_TO_CLIENT], 2 * 54 + 1000);
	assert_int_equal(t.connections, 2);
	/* Another client, another server, another protocol: another pair. */
	assert_int_not_equal(tcp("127.0.0.2", 40000, SERVER, 80, 0x02, 0), place);
	assert_int_not_equal(tcp(CLIENT, 40000, "127.0.0.2", 80, 0x02, 0), place);
	assert_int_not_equal(udp(CLIENT, 40000, SERVER, 80, 10), place);
	assert_int_equal(count_pairs(), 4);
}

/* Both ports are among those of clients: the SYN says who is whose. */
static void
a_syn_tells_the_server(void **state)
{
	unsigned int place = tcp(CLIENT, 33000, SERVER, 50000, 0x02, 0);

	(void)state;
	assert_int_equal(at(place).key.port, 50000);
	assert_int_equal(tcp(SERVER, 50000, CLIENT, 33000, 0x18, 10), place);
	assert_int_equal(tcp(CLIENT, 33000, SERVER, 50000, 0x18, 10), place);
	assert_int_equal(count_pairs(), 1);
	place = tcp(SERVER, 50001, CLIENT, 33001, 0x12, 0);
	assert_int_equal(at(place).key.port, 50001);
	assert_int_equal(at(place).frames[DLO_TALK_TO_CLIENT], 1);
	assert_int_equal(at(place).connections, 0);
}

/* A connection that is older than the table. */
static void
ports_tell_the_server(void **state)
{
	(void)state;
	assert_int_equal(at(tcp(SERVER, 5432, CLIENT, 40000, 0x18, 10)).key.port, 5432);
	assert_int_equal(at(tcp(CLIENT, 40000, SERVER, 6379, 0x18, 10)).key.port, 6379);
	assert_int_equal(at(udp(CLIENT, 33333, SERVER, 33334, 10)).key.port, 33334);
	assert_int_equal(at(udp(SERVER, 33334, CLIENT, 33333, 10)).key.port, 33334);
	/* Asked first. */
	assert_int_equal(at(udp(CLIENT, 44444, SERVER, 40004, 10)).key.port, 40004);
	assert_int_equal(at(udp(CLIENT, 500, SERVER, 4500, 10)).key.port, 4500);
}

static struct dlo_histogram residence, round_trip;

static void
times_of(unsigned int place)
{
	struct dlo_talk t = at(place);

	dlo_histogram_init(&residence);
	dlo_histogram_init(&round_trip);
	dlo_talk_add_times(talks, place, &t.key, &residence, &round_trip);
}

static void
round_trips_are_from_request_to_answer(void **state)
{
	unsigned int place = tcp(CLIENT, 40000, SERVER, 80, 0x02, 0);

	(void)state;
	now += 5;
	tcp(SERVER, 80, CLIENT, 40000, 0x12, 0);
	now += 5;
	tcp(CLIENT, 40000, SERVER, 80, 0x10, 0);
	times_of(place);
	assert_int_equal(round_trip.count, 0);
	tcp(CLIENT, 40000, SERVER, 80, 0x18, 100);
	now += 10;
	/* More of the request, and of another connection's. */
	tcp(CLIENT, 40000, SERVER, 80, 0x18, 100);
	tcp(CLIENT, 40001, SERVER, 80, 0x18, 100);
	now += 7;
	tcp(SERVER, 80, CLIENT, 40000, 0x10, 0);
	tcp(SERVER, 80, CLIENT, 40000, 0x18, 1000);
	now += 100;
	tcp(SERVER, 80, CLIENT, 40000, 0x18, 1000);
	times_of(place);
	assert_int_equal(round_trip.count, 1);
	assert_int_equal(round_trip.max, 17);
	tcp(SERVER, 80, CLIENT, 40001, 0x18, 1000);
	times_of(place);
	assert_int_equal(round_trip.count, 2);
	assert_int_equal(round_trip.max, 107);
	dlo_talk_left(talks, place, 3);
	dlo_talk_left(talks, place, 5);
	times_of(place);
	assert_int_equal(residence.count, 2);
	assert_int_equal(residence.sum, 8);
}

static void
a_ping_is_a_round_trip(void **state)
{
	struct frame f;
	unsigned int place;

	(void)state;
	frame_ether(&f, 0, 0, 0x0800);
	frame_ipv4(&f, 1, "127.0.0.1", "127.0.0.2", NULL, 0);
	frame_icmp(&f, 8, 0, 0x12340001, 56);
	frame_finish(&f);
	place = see(&f);
	now += 9;
	frame_ether(&f, 0, 0, 0x0800);
	frame_ipv4(&f, 1, "127.0.0.2", "127.0.0.1", NULL, 0);
	frame_icmp(&f, 0, 0, 0x12340001, 56);
	frame_finish(&f);
	assert_int_equal(see(&f), place);
	times_of(place);
	assert_int_equal(round_trip.count, 1);
	assert_int_equal(round_trip.max, 9);
	assert_int_equal(at(place).key.port, 0);
}

/* Sums stay whole, whoever finds no place. */
static void
a_full_table_counts_on(void **state)
{
	uint64_t frames = 0, others;
	unsigned int places = 0;

	(void)state;
	for (unsigned int port = 1; port <= 3000; port++)
		places += udp(CLIENT, 40000, SERVER, (uint16_t)port, 10) != DLO_TALK_OTHERS;
	assert_in_range(places, DLO_TALK_PAIRS / 2, DLO_TALK_PAIRS - 1);
	assert_int_equal(at(DLO_TALK_OTHERS).frames[DLO_TALK_TO_SERVER], 3000 - places);
	/* Those that fell silent give way, and are not forgotten. */
	now += IDLE + 1;
	for (unsigned int port = 4001; port <= 4100; port++)
		assert_int_not_equal(udp(CLIENT, 40000, SERVER, (uint16_t)port, 10), DLO_TALK_OTHERS);
	for (unsigned int i = 0; i < DLO_TALK_PAIRS; i++) {
		struct dlo_talk t;

		if (dlo_talk_at(talks, i, &t))
			frames += t.frames[0] + t.frames[1];
	}
	assert_int_equal(frames, 3100);
	others = at(DLO_TALK_OTHERS).frames[DLO_TALK_TO_SERVER];
	assert_in_range(others, 3000 - places + 1, 3000);
}

/* Anything may come by: each is counted, none is believed. */
static void
odd_frames_are_counted(void **state)
{
	struct frame f;
	uint64_t frames = 0, n = 0;

	(void)state;
	srand(1);
	for (unsigned int i = 0; i < 20000; i++) {
		uint32_t len = (uint32_t)rand() % 120;

		if (i % 2 == 0)
			frame_udp4(&f, 40);
		else
			frame_udp6(&f, 40);
		for (unsigned int k = 0; k < 4; k++)
			f.b[12 + (unsigned int)rand() % 60] = (uint8_t)rand();
		dlo_talk_see(talks, f.b, RTE_MIN(len, f.len), now++);
		n++;
	}
	for (unsigned int i = 0; i < DLO_TALK_PAIRS; i++) {
		struct dlo_talk t;

		if (dlo_talk_at(talks, i, &t))
			frames += t.frames[0] + t.frames[1];
	}
	assert_int_equal(frames, n);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(client_ports_are_one_pair),
		TEST(a_syn_tells_the_server),
		TEST(ports_tell_the_server),
		TEST(round_trips_are_from_request_to_answer),
		TEST(a_ping_is_a_round_trip),
		TEST(a_full_table_counts_on),
		TEST(odd_frames_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
