/* SPDX-License-Identifier: BSD-3-Clause */
/* The idle policy, with pipes for ports. Whether it slept is what it says itself; times are nobody's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_cycles.h>

#include "idle.h"

#define NB 2
/* So long that no test lives to see its end. */
#define FOREVER (UINT64_MAX / 2)

struct ground {
	int pipes[NB][2];
	struct queue queues[NB];
	struct port ports[NB];
	struct worker w;
};

static int
setup(void **state)
{
	struct ground *g = aligned_alloc(DLO_COUNTERS_ALIGN, sizeof(*g));

	assert_non_null(g);
	memset(g, 0, sizeof(*g));
	for (unsigned int i = 0; i < NB; i++) {
		assert_int_equal(pipe(g->pipes[i]), 0);
		g->queues[i].port = &g->ports[i];
		g->queues[i].intr_fd = g->pipes[i][0];
		g->w.queues[i] = &g->queues[i];
	}
	g->w.nb_queues = NB;
	g->w.adaptive = true;
	*state = g;
	return 0;
}

static int
teardown(void **state)
{
	struct ground *g = *state;

	for (unsigned int i = 0; i < NB; i++) {
		close(g->pipes[i][0]);
		close(g->pipes[i][1]);
	}
	free(g);
	return 0;
}

static void
test_spin_never_sleeps(void **state)
{
	struct ground *g = *state;
	struct idle idle;

	g->w.adaptive = false;
	idle_init(&idle, &g->w);
	idle.awake_tsc = 0;
	for (unsigned int i = 0; i < 1000; i++)
		assert_false(idle_wait(&idle));
}

static void
test_awake_at_first(void **state)
{
	struct ground *g = *state;
	struct idle idle;

	idle_init(&idle, &g->w);
	idle.awake_tsc = FOREVER;
	for (unsigned int i = 0; i < 1000; i++)
		assert_false(idle_wait(&idle));
	idle.yields = true;
	assert_false(idle_wait(&idle));
	/* The moment is over; the next frame gives a new one. */
	idle.awake_tsc = 1;
	assert_true(idle_wait(&idle));
	idle_reset(&idle);
	idle.awake_tsc = FOREVER;
	assert_false(idle_wait(&idle));
}

static void
test_sleeps_on_every_queue(void **state)
{
	struct ground *g = *state;
	struct idle idle;

	for (unsigned int i = 0; i < NB; i++) {
		char c;

		idle_init(&idle, &g->w);
		idle.awake_tsc = 0;
		assert_true(idle.can_wait);
		assert_true(idle_wait(&idle));
		assert_false(idle.woken);
		assert_int_equal(write(g->pipes[i][1], "x", 1), 1);
		assert_true(idle_wait(&idle));
		assert_true(idle.woken);
		assert_int_equal(read(g->pipes[i][0], &c, 1), 1);
		idle_reset(&idle);
		assert_false(idle.woken);
	}
}

/* A descriptor that stays readable although there is no frame must not turn sleep into a spin. */
static void
test_naps_where_descriptors_lie(void **state)
{
	struct ground *g = *state;
	struct idle idle;

	assert_int_equal(write(g->pipes[0][1], "x", 1), 1);
	idle_init(&idle, &g->w);
	idle.awake_tsc = 0;
	assert_true(idle_wait(&idle));
	assert_true(idle.woken);
	assert_int_equal(idle.naps, 0);
	for (unsigned int i = 1; i <= 3; i++) {
		assert_true(idle_wait(&idle));
		assert_int_equal(idle.naps, i);
	}
}

/* A driver's eventfd is reset, so that the next sleep is one again. */
static void
test_resets_eventfds(void **state)
{
	struct ground *g = *state;
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct idle idle;
	uint64_t one = 1;

	assert_true(fd >= 0);
	g->queues[1].intr_fd = fd;
	idle_init(&idle, &g->w);
	idle.awake_tsc = 0;
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(write(fd, &one, sizeof(one)), sizeof(one));
		assert_true(idle_wait(&idle));
		assert_false(idle.woken);
		assert_int_equal(read(fd, &one, sizeof(one)), -1);
		one = 1;
	}
	assert_int_equal(idle.naps, 0);
	close(fd);
}

static void
test_naps_without_descriptors(void **state)
{
	struct ground *g = *state;
	struct idle idle;

	g->queues[1].intr_fd = -1;
	idle_init(&idle, &g->w);
	idle.awake_tsc = 0;
	assert_false(idle.can_wait);
	for (unsigned int i = 1; i <= 40; i++) {
		assert_true(idle_wait(&idle));
		assert_int_equal(idle.naps, i);
	}
	idle_reset(&idle);
	assert_int_equal(idle.naps, 0);
}

/* A port that is away has nothing to wait for, and does not keep others from being waited for. */
static void
test_leaves_out_who_is_away(void **state)
{
	struct ground *g = *state;
	struct idle idle;

	assert_int_equal(write(g->pipes[1][1], "x", 1), 1);
	g->queues[1].intr_fd = -1;
	atomic_store(&g->ports[1].away, true);
	idle_init(&idle, &g->w);
	idle.awake_tsc = 0;
	assert_true(idle.can_wait);
	assert_true(idle_wait(&idle));
	assert_false(idle.woken);
	assert_int_equal(write(g->pipes[0][1], "x", 1), 1);
	assert_true(idle_wait(&idle));
	assert_true(idle.woken);
	/* Back, and looked at again. */
	g->queues[1].intr_fd = g->pipes[1][0];
	atomic_store(&g->ports[1].away, false);
	idle_init(&idle, &g->w);
	assert_int_equal(idle.nb_fds, 2);
}

/* A worker without queues has nobody to wake it. */
static void
test_no_queues(void **state)
{
	struct ground *g = *state;
	struct idle idle;

	g->w.nb_queues = 0;
	idle_init(&idle, &g->w);
	idle.awake_tsc = 0;
	assert_false(idle.can_wait);
	assert_true(idle_wait(&idle));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_spin_never_sleeps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_awake_at_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sleeps_on_every_queue, setup, teardown),
		cmocka_unit_test_setup_teardown(test_naps_where_descriptors_lie, setup, teardown),
		cmocka_unit_test_setup_teardown(test_resets_eventfds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_naps_without_descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_leaves_out_who_is_away, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_queues, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
