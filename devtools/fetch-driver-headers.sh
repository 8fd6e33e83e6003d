#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# usage: fetch-driver-headers.sh DIR
#
# Puts the DPDK driver headers, which distributions leave out of their -dev package, into DIR: four
# files of the source package of exactly the installed version, by way of the machine's own apt
# sources. apt works in a private directory: nothing of the system's apt state is read under lock
# or changed, so this runs as any user. Does nothing when DIR has the headers of that version.
set -eu

headers='bus_vdev_driver.h dev_driver.h ethdev_driver.h ethdev_vdev.h'
package=libdpdk-dev

die() {
	echo "fetch-driver-headers: $*" >&2
	exit 1
}

[ $# -eq 1 ] || die "usage: fetch-driver-headers.sh DIR"
mkdir -p "$1" 2>/dev/null || die "cannot make $1: choose a directory that can be written"
dir=$(cd "$1" && pwd)

for tool in apt-get apt-config dpkg-query awk tar; do
	command -v "$tool" >/dev/null 2>&1 ||
		die "$tool is missing: give the headers of your DPDK with -Ddriver_headers=DIR"
done
# shellcheck disable=SC2016 # the braces are dpkg-query's
version=$(dpkg-query -W -f '${source:Version}' "$package" 2>/dev/null || true)
[ -n "$version" ] ||
	die "$package is not installed as a package: give the headers of your DPDK with -Ddriver_headers=DIR"
# shellcheck disable=SC2016
source=$(dpkg-query -W -f '${source:Package}' "$package")
if command -v pkg-config >/dev/null 2>&1; then
	built=$(pkg-config --modversion libdpdk 2>/dev/null || true)
	case "$version" in
	"$built"[-~+.]* | "$built" | *":$built"[-~+.]*) ;;
	*) die "pkg-config finds DPDK $built, not the package's $version: give its headers with -Ddriver_headers=DIR" ;;
	esac
fi

complete=yes
for h in $headers; do
	[ -s "$dir/$h" ] || complete=no
done
if [ "$complete" = yes ] && [ "$(cat "$dir/VERSION" 2>/dev/null)" = "$version" ]; then
	exit 0
fi
rm -f "$dir/VERSION"

tmp=$(mktemp -d "$dir/tmp.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$tmp/etc/parts" "$tmp/lists/partial" "$tmp/cache/archives/partial" "$tmp/src"
: >"$tmp/etc/sources.list"

# Where the package came from, so that no other repository is asked; nothing when apt's own lists
# are empty (containers), then all of them are.
LC_ALL=C apt-cache policy "$package" 2>/dev/null |
	awk '$1 ~ /^[0-9]+$/ && $2 ~ /:/ { print $2 }' | sort -u >"$tmp/origins"

# The binary entries of one-line files, as deb-src; the options in brackets stay.
one_line() {
	awk -v origins="$tmp/origins" -v all="$2" '
	BEGIN { while ((getline o < origins) > 0) { sub(/\/$/, "", o); known[o] = 1 } }
	$1 == "deb" || $1 == "deb-src" {
		line = $0
		sub(/^[ \t]*deb(-src)?[ \t]+/, "", line)
		rest = line
		sub(/^\[[^]]*\][ \t]*/, "", rest)
		split(rest, f, /[ \t]+/)
		uri = f[1]
		sub(/\/$/, "", uri)
		if (uri !~ /^cdrom:/ && (all || uri in known) && !seen[line]++)
			print "deb-src " line
	}' "$1"
}

# The same for deb822 files: stanzas whole, with their keys, but of type deb-src.
deb822() {
	awk -v origins="$tmp/origins" -v all="$2" '
	BEGIN { while ((getline o < origins) > 0) { sub(/\/$/, "", o); known[o] = 1 } }
	function flush_stanza() {
		if (body != "" && enabled && typed && (all || wanted))
			print "Types: deb-src\n" body
		body = ""; enabled = 1; typed = 0; wanted = 0; field = ""
	}
	BEGIN { flush_stanza() }
	/^[ \t]*$/ { flush_stanza(); next }
	/^#/ { next }
	{
		skip = 0
		if ($0 !~ /^[ \t]/) {
			field = tolower($0)
			sub(/:.*/, "", field)
		}
		value = $0
		if ($0 !~ /^[ \t]/)
			sub(/^[^:]*:/, "", value)
		n = split(value, v, /[ \t]+/)
		for (i = 1; i <= n; i++) {
			if (field == "types" && (v[i] == "deb" || v[i] == "deb-src"))
				typed = 1
			if (field == "enabled" && tolower(v[i]) ~ /^(no|false|0|off|disable|without)$/)
				enabled = 0
			if (field == "uris") {
				uri = v[i]
				sub(/\/$/, "", uri)
				if (uri in known)
					wanted = 1
			}
		}
		if (field != "types")
			body = body $0 "\n"
	}
	END { flush_stanza() }' "$1"
}

eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
convert() {
	if [ -r "${list:-}" ]; then
		one_line "$list" "$1" >"$tmp/etc/sources.list"
	fi
	for f in "${parts:-/nonexistent}"/*.list; do
		[ ! -r "$f" ] || one_line "$f" "$1" >"$tmp/etc/parts/$(basename "$f")"
	done
	for f in "${parts:-/nonexistent}"/*.sources; do
		[ ! -r "$f" ] || deb822 "$f" "$1" >"$tmp/etc/parts/$(basename "$f")"
	done
}
any_entry() {
	grep -qs deb-src "$tmp"/etc/sources.list "$tmp"/etc/parts/*
}
convert ''
any_entry || convert 1
any_entry || die "apt has no package sources: add one that has $source $version, or use -Ddriver_headers=DIR"

# The private directory need not be readable for apt's sandbox user, hence the sandbox of our own.
private_apt() {
	LC_ALL=C timeout 300 apt-get -qq \
		-o Dir::Etc::sourcelist="$tmp/etc/sources.list" \
		-o Dir::Etc::sourceparts="$tmp/etc/parts" \
		-o Dir::State::lists="$tmp/lists" \
		-o Dir::Cache="$tmp/cache" \
		-o Dir::Cache::archives="$tmp/cache/archives" \
		-o APT::Sandbox::User="$(id -un)" \
		-o APT::Get::List-Cleanup=false \
		-o Acquire::Retries=1 \
		-o Acquire::http::Timeout=20 \
		-o Acquire::https::Timeout=20 \
		"$@" </dev/null
}

# One source that does not answer is no reason to stop: what counts is that the package is found.
private_apt update >"$tmp/log" 2>&1 || true
(cd "$tmp/src" && private_apt source --download-only "$source=$version") >>"$tmp/log" 2>&1 || {
	if grep -qs -e 'Could not resolve' -e 'Temporary failure' -e 'Could not connect' \
		-e 'Unable to connect' -e 'connection timed out' -e 'Network is unreachable' "$tmp/log"; then
		die "the package sources cannot be reached, so there are no DPDK driver headers: check the network and configure again"
	fi
	die "the package sources no longer have $source $version: upgrade $package, or use -Ddriver_headers=DIR ($(tail -n 1 "$tmp/log"))"
}

set -- "$tmp"/src/*.orig.tar.*
for tarball; do
	case "$tarball" in *.asc) ;; *) break ;; esac
done
[ -f "$tarball" ] || die "the source package of $source $version has no upstream archive: use -Ddriver_headers=DIR"
tar -tf "$tarball" >"$tmp/index" || die "$(basename "$tarball") cannot be unpacked: is the tool for its compression installed?"
mkdir "$tmp/out"
for h in $headers; do
	# An older copy may live elsewhere in the archive; only one is a header of lib/ or drivers/.
	member=$(grep -E "^[^/]+/(lib|drivers)/.*/$h\$" "$tmp/index" | head -n 1)
	[ -n "$member" ] || die "$h is not in the source of $source $version: use -Ddriver_headers=DIR"
	tar -xOf "$tarball" "$member" >"$tmp/out/$h"
	# The package's patches are in the installed libraries, but not in this archive.
	for d in "$tmp"/src/*.debian.tar.*; do
		[ -f "$d" ] || continue
		if tar -xOf "$d" debian/patches 2>/dev/null | grep -q "^+++ .*/$h"; then
			die "$source $version patches $h: give the patched headers with -Ddriver_headers=DIR"
		fi
	done
done
for h in $headers; do
	mv "$tmp/out/$h" "$dir/$h"
done
echo "$version" >"$dir/VERSION"
