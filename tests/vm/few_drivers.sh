# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced in the virtual machine: of DPDK's drivers only those are left that links and plain virtual ports
# take. EAL loads all there are, and on an emulated CPU that is most of the ten seconds of a start.
# Seen in this mount namespace only.

few_drivers()
{
	local all few=/run/few-drivers driver
	all=$(find /usr/lib -path '*/dpdk/pmds-*' -name 'librte_net_virtio.so' -printf '%h' -quit)
	[ -n "$all" ] || return 0
	mkdir -p "$few"
	# EAL takes none from a directory that everybody may write to.
	mount -t tmpfs -o mode=755 tmpfs "$few" || return
	for driver in bus_pci bus_vdev mempool_ring net_null net_tap net_virtio; do
		cp -a "$all/librte_$driver".so* "$few" || return
	done
	mount --bind "$few" "$all"
}
