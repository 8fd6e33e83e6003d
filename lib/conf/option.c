/* SPDX-License-Identifier: BSD-3-Clause */
#include "conf/option.h"

#include <string.h>

#include "conf/option_set.h"

#define REFLECTION "Reflection"
#define ADDRESSES "Addresses and answers"
#define LINK "Host link"
#define INSTRUMENTS "Instruments"
#define RUNNING "Running"

const struct dlo_option dlo_options[] = {
	{
		.name = "mode",
		.arg = "MODE",
		.port_bit = DLO_CONF_MODE,
		.group = REFLECTION,
		.help = "How a frame comes back: 'wire' unchanged; 'mac' with Ethernet addresses "
			"swapped; 'ip' with IPv4 and IPv6 addresses swapped as well; 'l4' with "
			"TCP, UDP and SCTP ports swapped as well.",
		.dflt = "l4; ip on the host link",
		.live = true,
		.set = dlo_conf_set_mode,
	},
	{
		.name = "accept",
		.arg = "WHAT",
		.port_bit = DLO_CONF_ACCEPT,
		.group = REFLECTION,
		.help = "Destination MACs that are reflected: 'own' for the port's alone, "
			"'unicast', or 'any'.",
		.dflt = "unicast on ring, pcap, memif, vhost and virtio-user ports; any on null "
			"ports; else own",
		.live = true,
		.set = dlo_conf_set_accept,
	},
	{
		.name = "guards",
		.arg = "on|off",
		.port_bit = DLO_CONF_GUARDS,
		.group = REFLECTION,
		.help = "Drop, and count by reason, frames whose reflection would harm a network: "
			"multicast sources, reserved groups, our own MACs, LAND, martians. Off is "
			"for the bench.",
		.dflt = "on; off on null ports, whose frames are all zero",
		.live = true,
		.set = dlo_conf_set_guards,
	},
	{
		.name = "loop-guard",
		.arg = "on|off",
		.port_bit = DLO_CONF_LOOP_GUARD,
		.group = REFLECTION,
		.help = "Find out whether what is sent back comes back again, because the far end "
			"reflects too or the cable is looped: four times a second a probe follows the "
			"traffic, a frame of 60 bytes with its addresses and EtherType 0x88B5. While "
			"probes come back the port reflects nothing (drop reason 'loop').",
		.dflt = "on; off on ring, null and pcap ports, on the host link, and with --inject",
		.live = true,
		.set = dlo_conf_set_loop_guard,
	},
	{
		.name = "tx-retry",
		.arg = "TIME",
		.port_bit = DLO_CONF_TX_RETRY,
		.group = REFLECTION,
		.help = "How long to go on offering frames to a full transmit queue that takes none of "
			"them, as in '50us'; eight times as long while it takes some. What is left then "
			"is dropped (reason 'tx_full'), and a queue that took nothing is asked once a "
			"burst until it takes a frame again. 0 drops at once. An lcore that waits polls "
			"no other port.",
		.dflt = "10us",
		.set = dlo_conf_set_tx_retry,
	},
	{
		.name = "steer",
		.arg = "EXPR",
		.port_bit = DLO_CONF_STEER,
		.group = REFLECTION,
		.help = "Of an interface in use take only frames that match, as in 'udp dst port 862 or ether "
			"proto 0x8902', and leave all others to the kernel. For ports as '--vdev "
			"net_af_xdp0,iface=eth0' (by XDP: most frames a second) and '--vdev "
			"net_vtap0,beside=eth0' (by tc: the kernel's own traffic stays as fast as it was, on "
			"any Ethernet interface, and frames may have any length). A part of "
			"pcap-filter(7): 'ip', 'ip6', 'arp', 'tcp', 'udp', 'sctp', 'icmp', "
			"'icmp6', '[src|dst] host', 'net', 'port', 'portrange', 'ether proto', 'ether "
			"[src|dst]' and 'vlan', joined by 'and' and 'or'. May be repeated.",
		.dflt = "all frames",
		.set = dlo_conf_set_steer,
	},
	{
		.name = "filter",
		.arg = "EXPR",
		.port_bit = DLO_CONF_FILTER_EXPR,
		.group = REFLECTION,
		.help = "Turn round only frames that match this pcap-filter(7) expression. Questions to "
			"our own addresses (ARP, neighbour solicitations, pings) are answered all the "
			"same. Holds on the host link only with @PORT.",
		.dflt = "all frames",
		.live = true,
		.set = dlo_conf_set_filter,
	},
	{
		.name = "unmatched",
		.arg = "drop|host",
		.port_bit = DLO_CONF_UNMATCHED,
		.group = REFLECTION,
		.help = "What becomes of frames that do not match: 'drop', or 'host' to hand them to the "
			"host link, where this host finds them as they came. ARP and neighbour "
			"discovery stay with the port.",
		.dflt = "drop",
		.live = true,
		.set = dlo_conf_set_unmatched,
	},
	{
		.name = "address",
		.arg = "CIDR[,CIDR...]",
		.port_bit = DLO_CONF_ADDRESS,
		.group = ADDRESSES,
		.help = "Address that the port answers for, or network (192.0.2.0/24): all of it. An "
			"address with its network's length (192.0.2.1/24) is that address alone, "
			"and says where neighbours are. May be repeated.",
		.dflt = "none; on the host link its prefixes, without the host's own addresses",
		.live = true,
		.set = dlo_conf_set_address,
	},
	{
		.name = "duplicate-check",
		.arg = "on|off|yield",
		.port_bit = DLO_CONF_DUPLICATE_CHECK,
		.group = ADDRESSES,
		.help = "Ask on the port, whenever it comes up, whether somebody else has one of our "
			"addresses or loopbacks (RFC 5227, RFC 4862), and announce those that are free. "
			"One that is not is said and counted ('conflict'), answered all the same, and "
			"asked for again a minute after the other was last heard. 'yield': others come "
			"first. An address is answered from when it was found free, and no more when "
			"somebody who was told so claims it again within ten seconds.",
		.dflt = "on; off on ring, null and pcap ports, on the host link, and with --inject",
		.live = true,
		.set = dlo_conf_set_duplicate_check,
	},
	{
		.name = "answer",
		.arg = "LIST",
		.port_bit = DLO_CONF_ANSWER,
		.group = ADDRESSES,
		.help = "Requests to our addresses that are answered, with commas between: 'arp', "
			"'nd', 'icmp', 'udp-echo', 'sbfd', 'stamp', 'oam'; or 'all', or 'none'.",
		.dflt = "arp,nd,icmp",
		.live = true,
		.set = dlo_conf_set_answer,
	},
	{
		.name = "allow",
		.arg = "CIDR[,CIDR...]",
		.group = ADDRESSES,
		.help = "Sources that 'udp-echo', 'sbfd' and 'stamp' serve. May be repeated; what "
			"is given replaces the default.",
		.dflt = "the prefixes of the host link and of --address, 198.18.0.0/15, "
			"2001:2::/48",
		.live = true,
		.set = dlo_conf_set_allow,
	},
	{
		.name = "answer-rate",
		.arg = "N",
		.group = ADDRESSES,
		.help = "Answers a second at most, of each protocol on each port (shared out to "
			"its queues); 0: no limit.",
		.dflt = "1000000",
		.live = true,
		.set = dlo_conf_set_answer_rate,
	},
	{
		.name = "udp-echo",
		.arg = "port=PORT[,low-ports]",
		.port_bit = DLO_CONF_UDP_ECHO,
		.group = ADDRESSES,
		.help = "Send back UDP datagrams to this port of our addresses (RFC 862); switches "
			"the answer on. Never from ports of services, which would answer back, and "
			"from ports below 1024 only with 'low-ports'.",
		.dflt = "port=7",
		.live = true,
		.set = dlo_conf_set_udp_echo,
	},
	{
		.name = "sbfd",
		.arg = "discriminator=N[,admin-down]",
		.port_bit = DLO_CONF_SBFD,
		.group = ADDRESSES,
		.help = "Answer S-BFD control packets for this discriminator (RFC 7880), as up or "
			"with 'admin-down' as out of service, and return BFD echo packets "
			"(RFC 5881); switches the answer on.",
		.dflt = "no discriminator: BFD echo alone",
		.live = true,
		.set = dlo_conf_set_sbfd,
	},
	{
		.name = "stamp",
		.arg = "port=PORT[,stateful][,ptp][,same-port][,key-file=FILE[,tlv-hmac]]",
		.port_bit = DLO_CONF_STAMP,
		.group = ADDRESSES,
		.help = "Answer STAMP (RFC 8762, 8972) and TWAMP Light test packets; switches the "
			"answer on. 'stateful': sequence numbers of our own for each session. 'ptp': "
			"timestamps in PTP format, not in NTP's. 'same-port': also to senders whose "
			"own port is PORT, which two reflectors can be made to throw packets at each "
			"other by. 'key-file': only packets authenticated with this key of 16 to 64 "
			"bytes (text, or 'hex:' and digits), with 'tlv-hmac' only their TLVs are.",
		.dflt = "port=862",
		.live = true,
		.set = dlo_conf_set_stamp,
	},
	{
		.name = "oam",
		.arg = "level=LEVEL[,mep=ID][,vlan=VID]",
		.port_bit = DLO_CONF_OAM,
		.group = ADDRESSES,
		.help = "Answer Ethernet OAM loopback (LBM), delay (DMM) and synthetic loss (SLM) "
			"messages of this maintenance domain level, 0 to 7, to the port's MAC; "
			"switches the answer on. With 'vlan' only in that VLAN; 'mep' is our "
			"maintenance end point's number, 1 to 8191.",
		.dflt = "level=0,mep=1, in any VLAN and untagged",
		.live = true,
		.set = dlo_conf_set_oam,
	},
	{
		.name = "link",
		.arg = "[NAME][,key=value...]",
		.arg_optional = true,
		.group = LINK,
		.help = "Make a network interface of this host whose other end is a port here. "
			"Keys: 'type=auto|vtap|virtio-user|tap', 'ip=CIDR' (the host's own address "
			"in it; repeatable, the first one replaces the defaults), 'mtu=BYTES', "
			"'mac=MAC', 'queues=N'. Made without being asked for when no port is named "
			"at all.",
		.dflt = "dlo0,type=auto,ip=198.18.0.1/15,ip=2001:2::1/48",
		.set = dlo_conf_set_link,
	},
	{
		.name = "loopback",
		.arg = "loN=ADDR[,name=NAME][,shut][,loN=...]",
		.group = LINK,
		.help = "Address of the appliance itself, as a router has them: answered on "
			"whichever port the question arrives, up while the appliance runs. What no "
			"answer claims goes to this host, which owns the address on the host link, "
			"and its replies leave by the port where the peer was last heard. 'shut' takes "
			"it down, until a reload finds it without. May be repeated, in the config file, "
			"too; IPv4 and IPv6.",
		.dflt = "none",
		.live = true,
		.set = dlo_conf_set_loopback,
	},
	{
		.name = "hosts",
		.arg = "[FILE]",
		.arg_optional = true,
		.group = LINK,
		.help = "Keep the names of loopbacks in a hosts(5) file while the appliance runs, "
			"in a marked block, with NAME.loopback for the other end of the host link.",
		.dflt = "off; /etc/hosts without FILE",
		.live = true,
		.set = dlo_conf_set_hosts,
	},
	{
		.name = "localhost",
		.arg = "[SPEC]",
		.arg_optional = true,
		.group = LINK,
		.help = "Carry this host's own localhost, 127.0.0.0/8 and ::1, through the link and "
			"back, so that it can be measured and captured: 'all' of it, or only ports "
			"such as 'tcp:8080,udp:53', of either side. When dpdk-lo ends, dies or "
			"hangs, localhost goes on without it. 'dpdk-lo --localhost off' alone puts "
			"right what a killed one left.",
		.dflt = "off; 'all' when given alone",
		.set = dlo_conf_set_localhost,
	},
	{
		.name = "inject",
		.arg = "N[,key=value...]",
		.group = INSTRUMENTS,
		.help = "Put N frames into each port once at start, for ports that loop "
			"(net_ring). Keys: 'kind=udp4|tcp4|udp6|tcp6|mix', 'size=BYTES' without "
			"FCS, 'flows=F', or 'file=PCAP' to take the frames from.",
		.dflt = "0; with N alone kind=udp4,size=64,flows=1",
		.set = dlo_conf_set_inject,
	},
	{
		.name = "impair",
		.arg = "KEY=VALUE[,...]|off",
		.port_bit = DLO_CONF_IMPAIR,
		.group = INSTRUMENTS,
		.help = "Make a link worse than it is, for what is reflected, carried or answered (ARP and "
			"ND aside). Keys: 'delay=1ms'; 'jitter=200us' around it; 'loss=0.1%', "
			"'dup=0.01%' and 'reorder=0.1%' of the frames, overtaken by 'extent=N' "
			"(1) of their flow; 'rate=100mbit', with a queue of 'queue=100ms'; "
			"'seed=N' for the same draws again; 'limit=N' frames held in each queue "
			"(10000). '@localhost' is for what --localhost carries, '@PORT' for the "
			"rest of that port.",
		.dflt = "off",
		.set = dlo_conf_set_impair,
	},
	{
		.name = "capture",
		.arg = "FILE[,port=P][,filter=EXPR][,drops]",
		.group = INSTRUMENTS,
		.help = "Write what is received and sent as pcapng; 'drops' takes only what is "
			"dropped, with the reason as comment. EXPR is a pcap-filter(7) expression; "
			"neither it nor FILE may hold a comma.",
		.set = dlo_conf_set_capture,
	},
	{
		.name = "latency",
		.group = INSTRUMENTS,
		.help = "Measure how long frames are inside, from receive to transmit; with --localhost also "
			"for each pair that talks there, and how long its answers take.",
		.set = dlo_conf_set_latency,
	},
	{
		.name = "stats",
		.arg = "SECONDS",
		.group = INSTRUMENTS,
		.help = "Print a line of rates every so many seconds, and with --localhost who talks to "
			"whom there; 0: never.",
		.dflt = "0",
		.live = true,
		.set = dlo_conf_set_stats,
	},
	{
		.name = "json",
		.arg = "FILE",
		.group = INSTRUMENTS,
		.help = "Write the final report as JSON.",
		.live = true,
		.set = dlo_conf_set_json,
	},
	{
		.name = "idle",
		.arg = "spin|adaptive",
		.group = RUNNING,
		.help = "What an lcore does when there is nothing to receive: poll on, or back off "
			"and sleep until a port wakes it.",
		.dflt = "adaptive; spin when EAL was given lcores",
		.set = dlo_conf_set_idle,
	},
	{
		.name = "sandbox",
		.arg = "on|off",
		.group = RUNNING,
		.help = "Once everything is open, give up in all threads the capabilities that this run "
			"does not need to go on and to end, and leave only the system calls that it "
			"may make (seccomp). Off is for debuggers and for drivers that want more.",
		.dflt = "on",
		.set = dlo_conf_set_sandbox,
	},
	{
		.name = "duration",
		.arg = "SECONDS",
		.group = RUNNING,
		.help = "Stop after so many seconds; 0: run on.",
		.dflt = "0",
		.live = true,
		.set = dlo_conf_set_duration,
	},
	{
		.name = "count",
		.arg = "N",
		.group = RUNNING,
		.help = "Stop once N frames were received (what arrives until every lcore has stopped "
			"counts too); 0: run on.",
		.dflt = "0",
		.live = true,
		.set = dlo_conf_set_count,
	},
	{
		.name = "exit-when-idle",
		.arg = "SECONDS",
		.group = RUNNING,
		.help = "Stop when no frame came for so many seconds; 0: run on.",
		.dflt = "0",
		.live = true,
		.set = dlo_conf_set_exit_when_idle,
	},
	{
		.name = "config",
		.arg = "FILE",
		.group = RUNNING,
		.help = "Read options from an INI file first: section [dpdk-lo], and [port PORT] "
			"for those of one port. Options of the command line win.",
		.set = dlo_conf_set_config,
	},
	{ 0 },
};

_Static_assert(sizeof(dlo_options) / sizeof(dlo_options[0]) <= DLO_CONF_OPTIONS_MAX,
	"struct dlo_conf has room for a word on each option");

unsigned int
dlo_option_index(const struct dlo_option *option)
{
	return (unsigned int)(option - dlo_options);
}

const struct dlo_option *
dlo_option_by_name(const char *name)
{
	return dlo_option_find(dlo_options, name);
}

const struct dlo_option *
dlo_option_find(const struct dlo_option *table, const char *name)
{
	for (const struct dlo_option *o = table; o->name != NULL; o++) {
		if (strcmp(o->name, name) == 0)
			return o;
	}
	return NULL;
}
