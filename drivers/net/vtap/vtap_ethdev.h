/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_VTAP_ETHDEV_H
#define DLO_VTAP_ETHDEV_H

/**
 * @file
 * One port of the vtap PMD, and what its source files share. Thread: control unless said otherwise.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_log.h>

#include "vtap_link.h"
#include "vtap_rxtx.h"

#define VTAP_QUEUES_MAX 64

/** Bytes of a frame beyond the MTU. */
#define VTAP_OVERHEAD ((uint32_t)(RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN))

/** Less room than this in a first segment, and headers could be split. */
#define VTAP_ROOM_MIN 256

struct eth_dev_ops;
struct rte_eth_dev;
struct rte_eth_rxconf;
struct rte_eth_rxq_info;
struct rte_eth_txconf;
struct rte_eth_txq_info;
struct rte_intr_handle;
struct rte_kvargs;
struct rte_mempool;

extern int vtap_logtype;

/** One sentence, without newline. */
#define VTAP_LOG(level, fmt, ...)                                                                  \
	rte_log(RTE_LOG_##level, vtap_logtype, "net_vtap: " fmt "\n", ##__VA_ARGS__)

/** What the user wrote after the device's name. */
struct vtap_args {
	char iface[IFNAMSIZ]; /**< "" when not given: the kernel chooses */
	struct rte_ether_addr mac; /**< of the kernel interface; zero: the kernel chooses */
	uint32_t queues; /**< most queue pairs */
	uint32_t txqueuelen; /**< frames that wait in the kernel, per queue */
	uint32_t big_mbufs; /**< 64 KiB buffers per receive queue */
	bool uso; /**< take UDP GSO frames, too */
	bool napi; /**< IFF_NAPI */
};

/** Names for EAL's list of parameters. */
#define VTAP_PARAMS                                                                                \
	"iface=<string> mac=<xx:xx:xx:xx:xx:xx> queues=<int> txqueuelen=<int> "                    \
	"big_mbufs=<int> uso=<0|1> napi=<0|1>"

/** @return 0, or -EINVAL after saying why */
int vtap_args_parse(const char *device, const char *params, struct vtap_args *ret);

struct vtap_watch;

struct vtap {
	struct rte_eth_dev *dev;
	struct vtap_args args;
	char iface[IFNAMSIZ]; /**< name when made */
	bool uso; /**< asked for, and the kernel has it */
	uint16_t nb_fds; /**< attached queues; the first keeps the interface alive */
	int fds[VTAP_QUEUES_MAX];
	struct vtap_link link;
	struct rte_ether_addr mac; /**< data->mac_addrs points here */
	struct rte_mempool *big_pool; /**< NULL until a start needs it */
	uint32_t big_pool_size;
	/**
	 * Held while the kernel is asked for the interface's state, or told of another, and until ethdev's
	 * data say the same. Inside watch_lock, outside of link.lock.
	 */
	pthread_mutex_t state_lock;
	struct rte_intr_handle *rx_intr; /**< the queues' descriptors, for epoll; NULL: stopped */
	struct vtap_watch *watch; /**< events of link; guarded by watch_lock, as what follows */
	bool closing; /**< nobody may look at the port any more */
	bool lost; /**< the interface went where it cannot be followed */
	pthread_mutex_t watch_lock;
	/** Of the interface, as last heard; these and what follows up to missed: guarded by state_lock. */
	uint64_t kernel_tx_dropped;
	uint64_t kernel_rx_dropped;
	bool connected; /**< what the kernel drops from dropped_before on was for the port */
	uint64_t dropped_before; /**< kernel_tx_dropped when the cable went in */
	uint64_t missed; /**< dropped while a cable was in, up to the last time that it was pulled */
	bool started; /**< control writes, the interrupt thread reads: what the link status says */
	atomic_bool gone; /**< the interface does not exist any more; set by any thread */
	atomic_bool announced; /**< the application was told so */
	/** What the counters were at the last reset; they have another writer. */
	struct vtap_counts *base;
};

/** Sums over the queues, and the kernel's own. */
struct vtap_counts {
	uint64_t ipackets[VTAP_QUEUES_MAX], ibytes[VTAP_QUEUES_MAX], ierrors[VTAP_QUEUES_MAX];
	uint64_t opackets[VTAP_QUEUES_MAX], obytes[VTAP_QUEUES_MAX], oerrors[VTAP_QUEUES_MAX];
	uint64_t rx_nombuf, missed;
	uint64_t x[16]; /**< in the order of the xstats */
};

/** The vdev's name, as messages call the port. */
const char *vtap_name(const struct vtap *vtap);

/** @param rx enabled receive offloads @return VTAP_OFFLOAD_* that the kernel may use towards the port */
unsigned int vtap_kernel_offload(const struct vtap *vtap, uint64_t rx);

/** A long frame may be given as a chain. */
bool vtap_scatter_enabled(const struct rte_eth_dev *dev);

/** ethdev operations of vtap_queue.c. */
int vtap_rx_queue_setup(struct rte_eth_dev *dev, uint16_t id, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool);
int vtap_tx_queue_setup(struct rte_eth_dev *dev, uint16_t id, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_txconf *conf);
void vtap_rx_queue_release(struct rte_eth_dev *dev, uint16_t id);
void vtap_tx_queue_release(struct rte_eth_dev *dev, uint16_t id);

void vtap_rxq_info(struct rte_eth_dev *dev, uint16_t id, struct rte_eth_rxq_info *info);
void vtap_txq_info(struct rte_eth_dev *dev, uint16_t id, struct rte_eth_txq_info *info);

/** @return 0, or -EINVAL said: frames of @p mtu (L3 bytes) do not fit into mbufs of @p pool */
int vtap_check_room(const struct vtap *vtap, struct rte_mempool *pool, uint32_t mtu);

/**
 * Give every queue the descriptor and the offloads that the port is configured with.
 * @return 0, or -EINVAL said: one was not set up, or its mbufs are too small for that configuration
 */
int vtap_queues_ready(struct vtap *vtap);

/** What ethdev calls. */
extern const struct eth_dev_ops vtap_ops;

struct rte_eth_stats;
struct rte_eth_xstat;
struct rte_eth_xstat_name;

/** ethdev operations of vtap_stats.c. */
int vtap_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats);
int vtap_stats_reset(struct rte_eth_dev *dev);

/** The cable is in, and frames go through it; or it is about to be pulled: whether drops are missed ones. */
void vtap_stats_connected(struct vtap *vtap, bool connected);

int vtap_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n);
int vtap_xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names,
	unsigned int n);

/** The 64 KiB buffers of a port. @return NULL when memory is short */
struct rte_mempool *vtap_big_pool_create(uint32_t size, int socket);

/**
 * Free a pool now, or, while someone still has a buffer of it, with a later call for any pool.
 * @param pool NULL: only free what can be freed of the earlier ones
 */
void vtap_big_pool_retire(struct rte_mempool *pool);

/** Descriptors that an application can sleep on. @return 0 or -errno */
int vtap_rx_intr_install(struct vtap *vtap);
void vtap_rx_intr_uninstall(struct vtap *vtap);

/**
 * Follow the kernel interface from EAL's interrupt thread.
 * @param events of vtap_link_init(); taken, also on failure
 * @return 0 or -errno
 */
int vtap_link_intr_install(struct vtap *vtap, struct nl_sock *events);
void vtap_link_intr_uninstall(struct vtap *vtap);

/**
 * Take over what the kernel interface is now: link status, MAC, MTU; find out that it is gone.
 * Gives LSC and removal events where asked. Thread: any.
 * @return as the ethdev operation link_update; -ENODEV: the interface is in another namespace
 */
int vtap_link_refresh(struct vtap *vtap);

#endif
