/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_CONF_CONF_H
#define DLO_CONF_CONF_H

/**
 * @file
 * The configuration of the appliance as plain data: defaults, one setter per option (used for the
 * command line and for the config file alike), validation. Knows no argv and no DPDK.
 *
 * Thread: control, all functions.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address/prefix.h"
#include "reflect/mode.h"
#include "stats/verdict.h"
#include "steer/rule.h"

#define DLO_CONF_PORTS_MAX 64
#define DLO_CONF_PORT_NAME 64
#define DLO_CONF_ADDRESSES_MAX 64
#define DLO_CONF_ALLOW_MAX 64
#define DLO_CONF_ANSWER_RATE 1000000 /**< default of --answer-rate */
#define DLO_CONF_LINK_IPS_MAX 16
#define DLO_IPV6_MTU_MIN 1280 /**< below it a link carries no IPv6 (RFC 8200 section 5) */
#define DLO_CONF_LOOPBACKS_MAX 256
#define DLO_CONF_HOSTNAME 64
#define DLO_CONF_IFNAME 16 /**< IFNAMSIZ, with the terminating zero */
#define DLO_CONF_LOCALHOST_PORTS_MAX 64
#define DLO_CONF_KEY_MAX 64 /**< bytes of a key for HMAC-SHA-256 */
#define DLO_CONF_FILTER 512 /**< bytes of an expression, with the terminating zero */
#define DLO_CONF_ERR 512
#define DLO_CONF_OPTIONS_MAX 64 /**< rows of the option table */

/** Settings that can be given for all ports or for one; which were given is in @ref set. */
/** What is done about addresses of ours that others use, too. */
enum dlo_duplicates {
	DLO_DUPLICATES_OFF, /**< nobody is asked */
	DLO_DUPLICATES_ON, /**< asked, said, announced, and answered all the while */
	DLO_DUPLICATES_YIELD, /**< answered only as long as nobody else is known to use it */
};

enum dlo_conf_port_bit {
	DLO_CONF_MODE = 1 << 0,
	DLO_CONF_ACCEPT = 1 << 1,
	DLO_CONF_GUARDS = 1 << 2,
	DLO_CONF_ADDRESS = 1 << 3,
	DLO_CONF_ANSWER = 1 << 4,
	DLO_CONF_UDP_ECHO = 1 << 5,
	DLO_CONF_SBFD = 1 << 6,
	DLO_CONF_STAMP = 1 << 7,
	DLO_CONF_OAM = 1 << 8,
	DLO_CONF_IMPAIR = 1 << 9,
	DLO_CONF_STEER = 1 << 10,
	DLO_CONF_FILTER_EXPR = 1 << 12,
	DLO_CONF_UNMATCHED = 1 << 13,
	DLO_CONF_LOOP_GUARD = 1 << 14,
	DLO_CONF_DUPLICATE_CHECK = 1 << 15,
	DLO_CONF_TX_RETRY = 1 << 16,
};

/** Settings of the UDP echo answer. */
struct dlo_conf_udp_echo {
	uint16_t port;
	bool low_ports; /**< serve source ports below 1024, too */
};

/** Settings of the S-BFD answer. */
struct dlo_conf_sbfd {
	uint32_t discriminator; /**< 0: none, only BFD echo packets are returned */
	bool admin_down;
};

/** Settings of the STAMP answer. */
struct dlo_conf_stamp {
	uint16_t port;
	bool stateful;
	bool ptp;
	bool same_port; /**< serve senders that use our port, too */
	bool tlv_hmac; /**< the key is for TLVs alone */
	bool key_is_open; /**< anybody may read the file that it is from */
	uint8_t key_len; /**< 0: unauthenticated */
	uint8_t key[DLO_CONF_KEY_MAX];
};

/** Settings of the Ethernet OAM answer. */
struct dlo_conf_oam {
	uint8_t level;
	uint16_t mep;
	uint16_t vlan; /**< 0: any, and untagged */
};

/** How much worse a link is made; shares are times 2^32, see impair/impair.h. */
struct dlo_conf_impair {
	uint64_t delay_ns;
	uint64_t jitter_ns; /**< at most delay_ns */
	uint64_t loss;
	uint64_t dup;
	uint64_t reorder;
	uint64_t rate; /**< bit/s; 0: unlimited */
	uint64_t queue_ns; /**< longest that a frame may wait for the rate */
	uint64_t seed;
	bool has_seed; /**< else one is chosen at start */
	unsigned int extent; /**< frames by which one is overtaken */
	unsigned int limit; /**< frames held at most, each queue */
};

/** Frames that an AF_XDP port takes from its interface; none: all. */
struct dlo_conf_steer {
	unsigned int nb_rules;
	struct dlo_steer_rule rules[DLO_STEER_RULES_MAX];
};

struct dlo_conf_port {
	uint32_t set; /**< DLO_CONF_* bits of the fields below that the user gave */
	uint32_t from_file; /**< bits of @ref set that stand in the config file */
	enum dlo_mode mode;
	enum dlo_accept accept;
	bool guards;
	uint32_t answers; /**< bit (1 << enum dlo_answer) */
	struct dlo_conf_udp_echo udp_echo;
	struct dlo_conf_sbfd sbfd;
	struct dlo_conf_stamp stamp;
	struct dlo_conf_oam oam;
	struct dlo_conf_impair impair;
	struct dlo_conf_steer steer;
	char filter[DLO_CONF_FILTER]; /**< pcap-filter expression; "": every frame matches */
	bool unmatched_to_host; /**< what does not match is the host's */
	bool loop_guard; /**< active loop detection */
	uint64_t tx_retry_ns; /**< how long a full transmit queue is waited for; 0: not at all */
	enum dlo_duplicates duplicate_check; /**< whether addresses of ours are somebody else's, too */
	unsigned int nb_addresses;
	struct dlo_prefix addresses[DLO_CONF_ADDRESSES_MAX];
};

struct dlo_conf_named_port {
	char name[DLO_CONF_PORT_NAME]; /**< ethdev name */
	struct dlo_conf_port port;
};

enum dlo_link_type {
	DLO_LINK_AUTO,
	DLO_LINK_VTAP,
	DLO_LINK_VIRTIO_USER,
	DLO_LINK_TAP,
};

struct dlo_conf_link {
	bool wanted; /**< --link was given (or something needs it) */
	enum dlo_link_type type;
	char name[DLO_CONF_IFNAME];
	unsigned int nb_ips; /**< the host's own addresses on the link, with their prefixes */
	struct dlo_prefix ips[DLO_CONF_LINK_IPS_MAX];
	unsigned int mtu; /**< L3 payload bytes; 0: chosen for the user */
	bool has_mac;
	uint8_t mac[6]; /**< of the kernel side */
	unsigned int queues; /**< 0: one per worker */
	unsigned int long_frames; /**< not the user's: 64 KiB frames that will be held for a while */
};

/** An address of the appliance itself, as a router has them. */
struct dlo_conf_loopback {
	char name[DLO_CONF_IFNAME]; /**< "lo0"; several addresses may share one */
	char host[DLO_CONF_HOSTNAME]; /**< name for --hosts; "": none */
	struct dlo_prefix addr; /**< length 32 or 128 */
	bool shut; /**< taken down: nobody's until a reload says otherwise */
};

enum dlo_conf_proto {
	DLO_CONF_TCP,
	DLO_CONF_UDP,
};

/** What of 127.0.0.0/8 and ::1 is carried; nothing when neither all nor nb_ports is set. */
struct dlo_conf_localhost {
	bool all;
	unsigned int nb_ports;
	struct {
		enum dlo_conf_proto proto;
		uint16_t port; /**< of either side */
	} ports[DLO_CONF_LOCALHOST_PORTS_MAX];
};

enum dlo_idle {
	DLO_IDLE_DEFAULT, /**< adaptive, or spin when lcores were given */
	DLO_IDLE_SPIN,
	DLO_IDLE_ADAPTIVE,
};

enum dlo_inject_kind {
	DLO_INJECT_UDP4,
	DLO_INJECT_TCP4,
	DLO_INJECT_UDP6,
	DLO_INJECT_TCP6,
	DLO_INJECT_MIX,
};

struct dlo_conf_inject {
	unsigned int count; /**< frames per port; 0: none */
	enum dlo_inject_kind kind;
	unsigned int size; /**< frame bytes without FCS, enough for the headers of @ref kind */
	unsigned int flows; /**< different UDP/TCP source ports or addresses, at least 1 */
	char file[256]; /**< pcap to take frames from; "": generated */
};

struct dlo_conf_capture {
	char file[256]; /**< pcapng; "": off */
	char port[DLO_CONF_PORT_NAME]; /**< only this port; "": all */
	char filter[DLO_CONF_FILTER]; /**< pcap-filter expression; "": all */
	bool drops; /**< only frames that were dropped */
};

struct dlo_conf {
	struct dlo_conf_port all; /**< settings without @PORT */
	unsigned int nb_ports;
	struct dlo_conf_named_port ports[DLO_CONF_PORTS_MAX];
	struct dlo_conf_link link;
	unsigned int nb_loopbacks;
	bool loopbacks_from_file; /**< all of them stand in the config file */
	struct dlo_conf_loopback loopbacks[DLO_CONF_LOOPBACKS_MAX];
	char hosts[256]; /**< file that gets the names of the loopbacks; "": none */
	/** Sources that the UDP answers serve; none given: chosen for the user. */
	unsigned int nb_allow;
	struct dlo_prefix allow[DLO_CONF_ALLOW_MAX];
	bool allow_from_file; /**< those stand in the config file */
	uint64_t answer_rate; /**< answers a second, each protocol and port; 0: no limit */
	struct dlo_conf_localhost localhost;
	enum dlo_idle idle;
	struct dlo_conf_inject inject;
	struct dlo_conf_capture capture;
	bool latency; /**< measure how long frames are inside */
	double stats_s; /**< seconds between live lines; 0: none */
	double duration_s; /**< 0: for ever */
	uint64_t count; /**< stop after so many received frames; 0: never */
	double exit_when_idle_s; /**< stop after so long without a frame; 0: never */
	char json[256]; /**< file of the final report; "": none */
	bool sandbox; /**< give up privileges and system calls once everything runs */
	char config[256]; /**< config file that was read; "": none */
	/**
	 * By place in the option table, of options that cannot change while the appliance runs: a
	 * number that stands for all that the config file says; 0: nothing, or the command line
	 * says otherwise. See dlo_conf_differs().
	 */
	uint64_t fixed[DLO_CONF_OPTIONS_MAX];
};

/** Fill with defaults. */
void dlo_conf_init(struct dlo_conf *conf);

/**
 * Set one option, as the command line does. Of two equal options the later wins; a repeatable one
 * adds up. Whatever dlo_conf_read_file() set under that name is replaced: by an option without
 * @PORT for every port, by one with @PORT for that port.
 * @param name option name without dashes ("mode"); see conf/option.h for the table
 * @param value its text, NULL when the option has none; "VALUE@PORT" where the option is per port
 *   (the last '@' separates, PORT may hold ':' and '.')
 * @param err filled on failure with one sentence that names the object, the reason and the remedy
 * @return 0, or -EINVAL (err says why), or -ENOENT when there is no such option (err says so);
 *   @p conf is unchanged on failure
 */
int dlo_conf_set(struct dlo_conf *conf, const char *name, const char *value,
	char err[DLO_CONF_ERR]);

/**
 * Read an INI file: section [dpdk-lo] for all ports and the appliance, [port NAME] per port, the
 * same keys as the options. Call it before the command line's options are set: those win.
 *
 * Lines are at most 255 bytes; ';' starts a comment anywhere ("\;" is a semicolon), '#' at the
 * start of a line. An unknown section or key, a key (but `loopback`) or section given twice, and a
 * line that is none of these are errors. A key without a value is an option without one ("link =").
 * @return 0, or -errno with @p err filled (file, section and key, or line, named): -EINVAL for
 *   what the file says, else why it cannot be read; @p conf is unchanged then
 */
int dlo_conf_read_file(struct dlo_conf *conf, const char *path, char err[DLO_CONF_ERR]);

/**
 * Compare what two readings of a config file say about options that cannot change while the
 * appliance runs.
 * @return the name of the first one that differs, a static string, or NULL
 */
const char *dlo_conf_differs(const struct dlo_conf *a, const struct dlo_conf *b);
/** What stands for carried localhost traffic where a port's name stands, in --impair alone. */
#define DLO_CONF_LOCALHOST "localhost"

/** The impairment that holds for carried localhost traffic: "@localhost" over general. */
void dlo_conf_resolve_localhost(const struct dlo_conf *conf, struct dlo_conf_impair *ret);

/** @return true when anything is to be made worse. */
bool dlo_conf_impairs(const struct dlo_conf_impair *impair);

/** @return true when something of localhost is to be carried, which takes a link. */
bool dlo_conf_carries(const struct dlo_conf *conf);

/** Check what only the whole can tell. @return 0, or -EINVAL with @p err filled. */
int dlo_conf_validate(const struct dlo_conf *conf, char err[DLO_CONF_ERR]);

/** What the defaults of one port depend on. */
struct dlo_conf_port_facts {
	const char *name; /**< ethdev name, as in @PORT */
	const char *driver; /**< ethdev driver name ("net_ring") */
	const char *ifname; /**< the host link's kernel interface, also good as @PORT; else NULL */
};

/**
 * The settings that hold for one port: named over general over the driver's default; all bits of
 * `set` that the user gave remain visible there.
 */
void dlo_conf_resolve(const struct dlo_conf *conf, const struct dlo_conf_port_facts *facts,
	struct dlo_conf_port *ret);

/**
 * @param names all names that are good as @PORT: ethdev names, and the link's kernel interface
 * @return NULL, or the first name given with @PORT, [port NAME] or --capture that is none of them
 */
const char *dlo_conf_unknown_port(const struct dlo_conf *conf, const char *const *names,
	unsigned int nb_names);

#endif
