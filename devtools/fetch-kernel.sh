#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# usage: fetch-kernel.sh DIR
#
# Puts a kernel for virtual machines into DIR: vmlinuz, lib/modules/VERSION, VERSION. It is the
# distribution's own linux-image package, downloaded by way of the machine's apt sources and unpacked,
# not installed. Does nothing when DIR has one already. Exit code 77: none can be had here, and why.
set -eu

skip() {
	echo "fetch-kernel: $*" >&2
	exit 77
}

[ $# -eq 1 ] || { echo "usage: fetch-kernel.sh DIR" >&2; exit 2; }
mkdir -p "$1" || exit 1
dir=$(CDPATH='' cd -- "$1" && pwd -P)
[ ! -s "$dir/VERSION" ] || exit 0

for tool in apt-get apt-cache dpkg-deb depmod; do
	command -v "$tool" >/dev/null 2>&1 || skip "$tool is missing"
done
meta=linux-image-$(dpkg --print-architecture)
package=$(LC_ALL=C apt-cache depends "$meta" 2>/dev/null | awk '$1 == "Depends:" { print $2; exit }')
[ -n "$package" ] || skip "apt knows no $meta: run apt-get update, or add the distribution's main archive"

tmp=$(mktemp -d "$dir/tmp.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$tmp/root"
# The directory need not be readable for apt's sandbox user, hence the sandbox of our own.
(cd "$tmp" && LC_ALL=C timeout 300 apt-get -qq -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=1 \
	-o Acquire::http::Timeout=20 download "$package") >"$tmp/log" 2>&1 </dev/null ||
	skip "$package cannot be downloaded: $(tail -n 1 "$tmp/log")"
# What a virtual machine has no use for is most of it.
dpkg-deb --fsys-tarfile "$tmp"/*.deb | tar -x -C "$tmp/root" --exclude='*/drivers/gpu' \
	--exclude='*/drivers/media' --exclude='*/drivers/net/ethernet' --exclude='*/drivers/net/wireless' \
	--exclude='*/drivers/scsi' --exclude='*/drivers/infiniband' --exclude='*/drivers/usb' \
	--exclude='*/drivers/staging' --exclude='*/sound' --exclude='./usr'
version=$(basename "$tmp"/root/lib/modules/*)
depmod -b "$tmp/root" "$version"
rm -rf "$dir/lib" "$dir/vmlinuz"
mv "$tmp/root/lib" "$tmp/root/boot/vmlinuz-$version" "$dir/"
mv "$dir/vmlinuz-$version" "$dir/vmlinuz"
echo "$version" >"$dir/VERSION"
