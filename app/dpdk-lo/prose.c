/* SPDX-License-Identifier: BSD-3-Clause */
#include "prose.h"

#include <stddef.h>

const char prose_synopsis[] = "dpdk-lo [EAL options] [-- options]";

const char prose_summary[] = "The loopback device, rebuilt on DPDK: what you send comes back, like "
	"looking in a mirror.";

const char *const prose_description[] = {
	"'dpdk-lo' takes frames from DPDK ports, turns them round in place and sends them back: as "
	"they are, or with MAC, IP and port addresses swapped. It answers ARP, neighbour "
	"solicitations and pings for its own addresses, and refuses what would harm a network.",
	"Without arguments it makes the network interface 'dlo0' on this host. The host has "
	"198.18.0.1 and 2001:2::1 there; every other address of 198.18.0.0/15 and 2001:2::/48 "
	"answers pings, and leads TCP and UDP back to the host itself, so that a connection to "
	"198.18.0.2 port 80 reaches the web server of this very host.",
	"When every port is up it prints 'dpdk-lo: ready' on a line of its own. SIGINT and SIGTERM "
	"stop it in good order, with a table of what became of every frame.",
	"SIGHUP makes it read the file of '--config' again. The file is checked as at the start and "
	"taken over as a whole, between two frames and without losing one, or not at all: one sentence "
	"says which, and why. Options marked 'Can change at a reload' can; another one that changed is "
	"named, and nothing is taken over. What the command line says still wins. Without "
	"'--config' SIGHUP ends the run as SIGTERM does.",
	NULL,
};

const char *const prose_arguments[] = {
	"PORT is the name of a DPDK port, such as 'net_ring0' or '0000:01:00.0'; the host link "
	"also goes by the name of its interface. A setting with @PORT holds for that port, one "
	"without for all others. Of two equal options the later wins.",
	"A value follows its option after '=' or as the next word. Options cannot be abbreviated.",
	"EAL options that are not given are chosen, and printed: '--no-pci' without -a or -b; one "
	"lcore that floats over all CPUs without -l or --lcores; hugepages where enough are free "
	"and mounted, else '--no-huge' with 512 MiB; a '--file-prefix' of its own; and "
	"'--log-level=warning'.",
	NULL,
};

const struct prose_item prose_pages[] = {
	{ "--help, -h", "Print this help. '--help=man' prints the man page, '--help=markdown' the "
		"reference." },
	{ "--version", "Print the versions of dpdk-lo and of DPDK." },
	{ NULL, NULL },
};

const struct prose_item prose_exit_status[] = {
	{ "0", "Stopped as asked: by a signal, '--duration', '--count' or '--exit-when-idle'; or "
		"'--help' or '--version' was printed." },
	{ "1", "The run failed; one sentence on stderr says what and why." },
	{ "2", "The arguments or the config file are wrong; one sentence on stderr says where." },
	{ NULL, NULL },
};

const struct prose_item prose_files[] = {
	{ "FILE of --config", "Lines 'key = value', where a key is the name of an option, below "
		"'[dpdk-lo]' for all ports and the appliance or '[port PORT]' for one port. ';' "
		"starts a comment ('\\;' is a semicolon), '#' does at the start of a line. What "
		"the command line says replaces what the file says under the same name: without "
		"@PORT for every port, with it for that one." },
	{ "/var/run/dpdk/PREFIX/", "EAL's runtime files, among them the telemetry socket for "
		"dpdk-telemetry.py; PREFIX is 'dlo' and the process id unless '--file-prefix' is "
		"given. Below $XDG_RUNTIME_DIR for users other than root. Removed at the end; what "
		"a killed dpdk-lo left is removed by the next one." },
	{ "/dev/net/tun", "Makes the interface of the host link." },
	{ "/dev/hugepages/", "Or wherever hugetlbfs is mounted: memory, when enough hugepages are "
		"free." },
	{ NULL, NULL },
};

const struct prose_item prose_examples[] = {
	{ "dpdk-lo", "A loopback interface dlo0; then try 'ping 198.18.0.2'." },
	{ "dpdk-lo -- --link mirror0,ip=10.99.0.1/24 --stats 1", "The same under another name and "
		"in another network, with a line of rates every second." },
	{ "dpdk-lo -a 0000:01:00.0 -l 2-5 -- --mode mac --accept own",
		"Reflect a NIC with four lcores, Ethernet addresses swapped." },
	{ "dpdk-lo --vdev net_ring0 -- --inject 256 --duration 10 --json report.json",
		"256 frames run round a ring for ten seconds; the report is JSON." },
	{ "dpdk-lo --vdev net_pcap0,rx_pcap=in.pcap,tx_pcap=out.pcap -- --exit-when-idle 1",
		"Turn round the frames of a file." },
	{ NULL, NULL },
};

const char prose_see_also[] = "dpdk-testpmd(1), dpdk-telemetry.py, dpdk-dumpcap(1), ip(8), "
	"pcap-filter(7)";
