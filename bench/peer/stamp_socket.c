/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What dpdk-lo's STAMP is measured against: a reflector (RFC 8762, unauthenticated, stateless) as one
 * writes it with sockets, and writes it to be fast: one thread, bursts of 64 by recvmmsg() and
 * sendmmsg(), receive times from the kernel. It binds to all IPv4 addresses of its namespace.
 *
 *   stamp_socket PORT
 *
 * Prints "ready"; SIGINT or SIGTERM ends it, and it prints "answered N".
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define BURST 64
#define ROOM 2048
#define BASE 44 /* bytes of a base PDU; what is behind it goes back as it came */
#define NTP_EPOCH 2208988800u
#define SOCKET_BUFFER (8 << 20)

/* Offsets of the reply, RFC 8762 4.3.1; the request's own fields stand at the beginning. */
enum {
	SEQUENCE = 0,
	SENT_AT = 4,
	ERROR_ESTIMATE = 12,
	RECEIVED_AT = 16,
	SENDER = 24, /* sequence, time and error estimate of the request */
	SENDER_TTL = 40,
};

struct burst {
	struct mmsghdr msgs[BURST];
	struct iovec iov[BURST];
	struct sockaddr_in from[BURST];
	char control[BURST][128];
	uint8_t data[BURST][ROOM];
};

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void
put_time(uint8_t *at, const struct timespec *t)
{
	uint32_t seconds = htonl((uint32_t)t->tv_sec + NTP_EPOCH);
	uint32_t fraction = htonl((uint32_t)(((uint64_t)t->tv_nsec << 32) / 1000000000));

	memcpy(at, &seconds, 4);
	memcpy(at + 4, &fraction, 4);
}

/* What the kernel says of one request: when it came, and with which TTL. */
static void
read_control(struct msghdr *h, struct timespec *received, uint8_t *ttl)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(received, CMSG_DATA(c), sizeof(*received));
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) {
			int value;

			memcpy(&value, CMSG_DATA(c), sizeof(value));
			*ttl = (uint8_t)value;
		}
	}
}

static void
make_reply(uint8_t *data, const struct timespec *received, uint8_t ttl, const struct timespec *now)
{
	memmove(data + SENDER, data + SEQUENCE, 14);
	memset(data + SENDER + 14, 0, 2);
	put_time(data + RECEIVED_AT, received);
	memset(data + SENDER_TTL, 0, 4);
	data[SENDER_TTL] = ttl;
	put_time(data + SENT_AT, now);
	data[ERROR_ESTIMATE] = 0x80;
	data[ERROR_ESTIMATE + 1] = 1;
}

static void
prepare(struct burst *b)
{
	for (int i = 0; i < BURST; i++) {
		struct msghdr *h = &b->msgs[i].msg_hdr;

		b->iov[i] = (struct iovec){ b->data[i], ROOM };
		*h = (struct msghdr){ .msg_name = &b->from[i], .msg_namelen = sizeof(b->from[i]),
			.msg_iov = &b->iov[i], .msg_iovlen = 1, .msg_control = b->control[i],
			.msg_controllen = sizeof(b->control[i]) };
	}
}

/* @return how many of the @p nb requests are answered; they are at the front then. */
static unsigned int
answer(struct burst *b, int nb)
{
	struct timespec now, received;
	unsigned int n = 0;

	clock_gettime(CLOCK_REALTIME, &now);
	for (int i = 0; i < nb; i++) {
		uint8_t ttl = 0;

		if (b->msgs[i].msg_len < BASE)
			continue;
		received = now;
		read_control(&b->msgs[i].msg_hdr, &received, &ttl);
		make_reply(b->data[i], &received, ttl, &now);
		b->iov[n] = (struct iovec){ b->data[i], b->msgs[i].msg_len };
		b->msgs[n].msg_hdr = (struct msghdr){ .msg_name = &b->from[i],
			.msg_namelen = sizeof(b->from[i]), .msg_iov = &b->iov[n], .msg_iovlen = 1 };
		n++;
	}
	return n;
}

static uint64_t
serve(int fd)
{
	static struct burst b;
	uint64_t answered = 0;

	while (!stop) {
		unsigned int n, done = 0;
		int nb, rc;

		prepare(&b);
		nb = recvmmsg(fd, b.msgs, BURST, MSG_WAITFORONE, NULL);
		if (nb < 0)
			continue; /* a signal, or the receive timeout */
		n = answer(&b, nb);
		while (done < n && !stop) {
			rc = sendmmsg(fd, b.msgs + done, n - done, 0);
			if (rc < 0)
				break;
			done += (unsigned int)rc;
		}
		answered += done;
	}
	return answered;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct timeval patience = { .tv_usec = 100000 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1, buffer = SOCKET_BUFFER;

	if (argc != 2)
		return 2;
	to.sin_port = htons((uint16_t)atoi(argv[1]));
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer));
	setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		fprintf(stderr, "stamp_socket: port %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	puts("ready");
	fflush(stdout);
	printf("answered %" PRIu64 "\n", serve(fd));
	return 0;
}
