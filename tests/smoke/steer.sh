#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# --steer by XDP, below a net_af_xdp port.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/steer_lib.sh"
PORT=net_af_xdp0 VDEV=net_af_xdp0,iface=dlp0

steered()
{
	ip link show dlp0 | grep -q xdp
}

begin
which_frames
live_traffic

refused 2 "'prt' is not understood" "${port[@]}" -- --steer 'udp prt 862'
refused 2 'there is none' --vdev net_null0 -- --steer 'udp port 862'
refused 2 "no port 'net_null0' on an interface" "${port[@]}" --vdev net_null0 -- --steer 'udp port 862@net_null0'
refused 2 'no name of an interface' --vdev net_af_xdp0 -- --steer udp
refused 2 'leave out xdp_prog' "${port[@]},xdp_prog=/none" -- --steer udp
refused 1 'there is no interface nothere' --vdev net_af_xdp0,iface=nothere -- --steer udp
start lo "${port[@]}" -- --steer 'udp dst port 862' --json "$T/r.json"
refused 1 'another dpdk-lo steers' "${port[@]}" -- --steer 'udp dst port 863'
stop "$PID"
clean "after two"
