/* SPDX-License-Identifier: BSD-3-Clause */
#include "idle.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "carry.h"

/*
 * For so long after the last frame a worker stays awake: about what it costs to be put to sleep and
 * woken, and longer than a peer takes to answer on the same machine. Shorter, and every answer waits
 * for a wake-up; longer, and it is time taken from the very peers that are waited for
 * (docs/performance.md has the figures).
 */
#define AWAKE_US 30
/* Sleep on descriptors ends with the first frame; the limit only bounds housekeeping. */
#define WAIT_MS 20
/* Without descriptors a frame waits for the sleep to end: short at first, never beyond this. */
#define NAP_MIN_NS 20000
#define NAP_MAX_NS 500000
/* So many naps of one length, and of this many lengths. */
#define NAP_REPEAT 16
#define NAP_STEPS 8
/* A sleep ends late by so much, seldom more: what is due is awaited without one from there on. */
#define WAKE_NS 80000

/* Where there is one CPU only, those whose frames we wait for need it. */
static bool
has_one_cpu(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && CPU_COUNT(&cpus) == 1;
}

/*
 * Drivers with interrupts give an eventfd, which stays ready until somebody reads it; it is we who
 * do. Reading from any other descriptor may take a frame away.
 */
static bool
is_eventfd(int fd)
{
	char path[32], to[32];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	len = readlink(path, to, sizeof(to) - 1);
	if (len < 0)
		return false;
	to[len] = '\0';
	return strcmp(to, "anon_inode:[eventfd]") == 0;
}

/*
 * Nothing is lost between reading an eventfd and the next sleep: every queue is looked at in
 * between, and what comes later makes it ready again.
 * @return true when some descriptor is ready and will stay so: there is a frame, or it is gone.
 */
static bool
sleep_on_fds(struct idle *idle, const struct timespec *ts)
{
	bool stays = false;
	uint64_t events;

	if (ppoll(idle->fds, idle->nb_fds, ts, NULL) <= 0)
		return false;
	for (unsigned int i = 0; i < idle->nb_fds; i++) {
		if (idle->fds[i].revents == 0)
			continue;
		if (idle->fds[i].revents != POLLIN || !idle->counts[i] ||
			read(idle->fds[i].fd, &events, sizeof(events)) < 0)
			stays = true;
	}
	return stays;
}

void
idle_init(struct idle *idle, const struct worker *w)
{
	idle->adaptive = w->adaptive;
	idle->yields = has_one_cpu();
	idle->can_wait = w->nb_queues > 0;
	idle->wait_ms = w->carries ? CARRY_WAIT_MS : WAIT_MS;
	idle->awake_tsc = rte_get_tsc_hz() / 1000000 * AWAKE_US;
	idle->since = 0;
	idle->naps = 0;
	idle->due = UINT64_MAX;
	idle->woken = false;
	idle->nb_fds = 0;
	/* The kernel's 50 us of slack would be the larger part of what a sleep is late. */
	if (w->impairs)
		prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	for (unsigned int i = 0; i < w->nb_queues; i++) {
		/* Nothing comes from there; its descriptor may be closed by now. */
		if (atomic_load(&w->queues[i]->port->away))
			continue;
		if (w->queues[i]->intr_fd < 0) {
			idle->can_wait = false;
			return;
		}
		idle->counts[i] = is_eventfd(w->queues[i]->intr_fd);
		idle->fds[idle->nb_fds].fd = w->queues[i]->intr_fd;
		idle->fds[idle->nb_fds++].events = POLLIN;
	}
}

static uint64_t
nap_ns(struct idle *idle)
{
	uint64_t ns = NAP_MIN_NS;

	for (unsigned int n = idle->naps; n >= NAP_REPEAT && ns < NAP_MAX_NS; n -= NAP_REPEAT)
		ns *= 2;
	if (idle->naps < NAP_REPEAT * NAP_STEPS)
		idle->naps++;
	return RTE_MIN(ns, (uint64_t)NAP_MAX_NS);
}

/* @return how much of @ns may be slept before something is due; 0: no time for a sleep */
static uint64_t
time_to_sleep(const struct idle *idle, uint64_t now, uint64_t ns)
{
	uint64_t left;

	if (idle->due == UINT64_MAX)
		return ns;
	if (idle->due <= now)
		return 0;
	left = (uint64_t)((double)(idle->due - now) * 1e9 / (double)rte_get_tsc_hz());
	return left <= WAKE_NS ? 0 : RTE_MIN(ns, left - WAKE_NS);
}

/*
 * A descriptor that is ready without a frame is gone (POLLERR), or one that nobody resets: waiting for
 * it again would be a spin.
 */
static bool
sleep_once(struct idle *idle, uint64_t now)
{
	bool wait = idle->can_wait && !idle->woken;
	uint64_t want = wait ? (uint64_t)idle->wait_ms * 1000000 : nap_ns(idle);
	uint64_t ns = time_to_sleep(idle, now, want);
	const struct timespec ts = { .tv_nsec = (long)ns };

	if (ns == 0)
		return false;
	if (wait)
		idle->woken = sleep_on_fds(idle, &ts);
	else
		nanosleep(&ts, NULL);
	return true;
}

bool
idle_wait(struct idle *idle)
{
	uint64_t now;

	if (!idle->adaptive) {
		rte_pause();
		return false;
	}
	now = rte_rdtsc();
	if (idle->since == 0)
		idle->since = now;
	if (now - idle->since >= idle->awake_tsc && sleep_once(idle, now))
		return true;
	if (idle->yields)
		sched_yield();
	else
		rte_pause();
	return false;
}
