/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_ethdev.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <ethdev_driver.h>
#include <rte_alarm.h>
#include <rte_ethdev.h>
#include <rte_interrupts.h>

int
vtap_rx_intr_install(struct vtap *vtap)
{
	struct rte_eth_dev *dev = vtap->dev;
	uint16_t nb = dev->data->nb_rx_queues;
	struct rte_intr_handle *handle;

	if (nb == 0)
		return 0;
	handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (handle == NULL)
		return -ENOMEM;
	/* An external one is not read from by EAL, which would take a frame away. */
	if (rte_intr_type_set(handle, RTE_INTR_HANDLE_EXT) != 0 ||
		rte_intr_vec_list_alloc(handle, NULL, nb) != 0)
		goto fail;
	for (uint16_t i = 0; i < nb; i++)
		if (rte_intr_vec_list_index_set(handle, i, RTE_INTR_VEC_RXTX_OFFSET + i) != 0 ||
			rte_intr_efds_index_set(handle, i, vtap->fds[i]) != 0)
			goto fail;
	if (rte_intr_nb_efd_set(handle, nb) != 0)
		goto fail;
	vtap->rx_intr = handle;
	dev->intr_handle = handle;
	return 0;

fail:
	rte_intr_vec_list_free(handle);
	rte_intr_instance_free(handle);
	return -ENOMEM;
}

void
vtap_rx_intr_uninstall(struct vtap *vtap)
{
	if (vtap->rx_intr == NULL)
		return;
	vtap->dev->intr_handle = NULL;
	rte_intr_free_epoll_fd(vtap->rx_intr);
	rte_intr_vec_list_free(vtap->rx_intr);
	rte_intr_instance_free(vtap->rx_intr);
	vtap->rx_intr = NULL;
}

/*
 * By an alarm, which is no callback of ours: so the application may close the port in its handler.
 * Nothing of the port is touched after that.
 */
static void
announce_removal(void *arg)
{
	struct vtap *vtap = arg;

	rte_eth_dev_callback_process(vtap->dev, RTE_ETH_EVENT_INTR_RMV, NULL);
}

static void
remove_port(struct vtap *vtap)
{
	struct rte_eth_link down = {0};

	atomic_store(&vtap->gone, true);
	rte_eth_linkstatus_set(vtap->dev, &down);
	if (atomic_exchange(&vtap->announced, true))
		return;
	VTAP_LOG(NOTICE, "interface %s was deleted: port %s is dead until it is made anew",
		vtap->iface, vtap->dev->device->name);
	if (rte_eal_alarm_set(1, announce_removal, vtap) < 0)
		VTAP_LOG(ERR, "no removal event for port %s: no alarm to be had",
			vtap->dev->device->name);
}

/* @return as vtap_link_get(); *ret_changed: as rte_eth_linkstatus_set() */
static int
take_over_state(struct vtap *vtap, int *ret_changed)
{
	struct rte_eth_dev *dev = vtap->dev;
	struct rte_eth_link now = {
		.link_speed = RTE_ETH_SPEED_NUM_UNKNOWN,
		.link_duplex = RTE_ETH_LINK_FULL_DUPLEX,
		.link_autoneg = RTE_ETH_LINK_FIXED,
	};
	struct vtap_link_state state;
	int err;

	/* What was heard before somebody changed it must not be written down after. */
	pthread_mutex_lock(&vtap->state_lock);
	err = vtap_link_get(&vtap->link, &state);
	if (err == 0) {
		rte_ether_addr_copy(&state.mac, &vtap->mac);
		dev->data->mtu = state.mtu;
		now.link_status = state.running && vtap->started ? RTE_ETH_LINK_UP :
									    RTE_ETH_LINK_DOWN;
		*ret_changed = rte_eth_linkstatus_set(dev, &now);
	}
	pthread_mutex_unlock(&vtap->state_lock);
	return err;
}

int
vtap_link_refresh(struct vtap *vtap)
{
	struct rte_eth_dev *dev = vtap->dev;
	int changed;

	if (take_over_state(vtap, &changed) != 0) {
		/* It may live on in another namespace: then all goes on, as last heard. */
		if (vtap_tun_alive(vtap->fds[0]))
			return -ENODEV;
		remove_port(vtap);
		return 0;
	}
	if (changed == 0 && dev->data->dev_conf.intr_conf.lsc != 0)
		rte_eth_dev_callback_process(dev, RTE_ETH_EVENT_INTR_LSC, NULL);
	return changed;
}

/* A socket that EAL's interrupt thread listens to; a port changes it with the namespace. */
struct vtap_watch {
	struct vtap *vtap;
	struct nl_sock *events;
	struct rte_intr_handle *handle;
};

static void on_link_event(void *arg);

static void
free_watch(struct rte_intr_handle *eals, void *arg)
{
	struct vtap_watch *watch = arg;

	/* EAL frees its copy itself. */
	RTE_SET_USED(eals);
	rte_intr_instance_free(watch->handle);
	vtap_events_close(watch->events);
	free(watch);
}

/* Takes the socket, also when it fails. */
static int
watch_events(struct vtap *vtap, struct nl_sock *events)
{
	struct rte_intr_handle *handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	struct vtap_watch *watch = calloc(1, sizeof(*watch));

	if (handle == NULL || watch == NULL)
		goto fail;
	watch->vtap = vtap;
	watch->events = events;
	watch->handle = handle;
	if (rte_intr_type_set(handle, RTE_INTR_HANDLE_EXT) != 0 ||
		rte_intr_fd_set(handle, vtap_events_fd(events)) != 0 ||
		rte_intr_callback_register(handle, on_link_event, watch) < 0)
		goto fail;
	vtap->watch = watch;
	return 0;

fail:
	rte_intr_instance_free(handle);
	free(watch);
	vtap_events_close(events);
	return -ENOMEM;
}

/* The interface was moved to another namespace, and the socket tells only of the old one. */
static void
follow(struct vtap *vtap)
{
	struct vtap_watch *old = vtap->watch;
	struct nl_sock *events;
	int err;

	err = vtap_link_follow(&vtap->link, vtap->fds[0], &events);
	if (err == 0)
		err = watch_events(vtap, events);
	if (err < 0) {
		if (vtap->lost)
			return;
		vtap->lost = true;
		VTAP_LOG(NOTICE,
			"%s: interface %s is in another namespace and cannot be followed there "
			"(%s): its link status and MTU stay as last heard",
			vtap->dev->device->name, vtap->iface, strerror(-err));
		return;
	}
	/* This is the old one's callback, so it can only be taken away after it. */
	rte_intr_callback_unregister_pending(old->handle, on_link_event, old, free_watch);
}

static void
on_link_event(void *arg)
{
	struct vtap_watch *watch = arg;
	struct vtap *vtap = watch->vtap;

	vtap_events_clear(watch->events);
	/* Held to the end: whoever closes the port waits until nothing of it is touched any more. */
	pthread_mutex_lock(&vtap->watch_lock);
	if (!vtap->closing && vtap_link_refresh(vtap) == -ENODEV) {
		follow(vtap);
		vtap_link_refresh(vtap);
	}
	pthread_mutex_unlock(&vtap->watch_lock);
}

int
vtap_link_intr_install(struct vtap *vtap, struct nl_sock *events)
{
	int err;

	pthread_mutex_init(&vtap->watch_lock, NULL);
	pthread_mutex_init(&vtap->state_lock, NULL);
	err = watch_events(vtap, events);
	if (err < 0) {
		pthread_mutex_destroy(&vtap->state_lock);
		pthread_mutex_destroy(&vtap->watch_lock);
	}
	return err;
}

void
vtap_link_intr_uninstall(struct vtap *vtap)
{
	struct vtap_watch *watch;

	pthread_mutex_lock(&vtap->watch_lock);
	vtap->closing = true;
	watch = vtap->watch;
	pthread_mutex_unlock(&vtap->watch_lock);
	rte_intr_callback_unregister_sync(watch->handle, on_link_event, watch);
	free_watch(NULL, watch);
	vtap->watch = NULL;
	pthread_mutex_destroy(&vtap->state_lock);
	pthread_mutex_destroy(&vtap->watch_lock);
	/* Last, so that no new alarm is set after the cancelling. */
	rte_eal_alarm_cancel(announce_removal, vtap);
}
