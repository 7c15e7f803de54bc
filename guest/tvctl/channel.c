/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control channel (docs/control.md), one question at a time. What comes back is checked before
 * it is believed: version, tag, type and length. A reply that does not come within some seconds, or
 * is no reply, ends the program: the stream cannot be trusted any more.
 */
#include "guest/tvctl/tvctl.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT_NAME     "/dev/virtio-ports/org.teevisor.control.0"
#define REPLY_SECONDS 10u

static int port = -1;
static uint32_t tag;
static struct reply reply;

static const char *port_path(void)
{
	const char *path = getenv("TVCTL_PORT");

	return path != NULL && path[0] != '\0' ? path : PORT_NAME;
}

void channel_open(void)
{
	const char *path = port_path();

	port = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port >= 0)
		return;
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		die(STATUS_NO_CHANNEL, "no control channel at %s: is this the control VM (VM 0)?",
		    path);
	if (errno == EBUSY)
		die(STATUS_NO_CHANNEL, "%s is in use: one program at a time can have it", path);
	die(STATUS_NO_CHANNEL, "%s: %s", path, strerror(errno));
}

static void send_all(const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size > 0) {
		ssize_t n = write(port, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			die(STATUS_PROTOCOL, "cannot write to the control channel: %s",
			    strerror(errno));
		at += n;
		size -= (size_t)n;
	}
}

/* Until there is something to read, or it is too late. */
static void await(uint64_t until)
{
	struct pollfd wanted = {.fd = port, .events = POLLIN};
	uint64_t now = clock_ns();
	int n = 0;

	if (now < until)
		n = poll(&wanted, 1, (int)((until - now) / 1000000u + 1));
	if (n == 0)
		die(STATUS_PROTOCOL, "no reply from the hypervisor within %u s", REPLY_SECONDS);
	if (n < 0 && errno != EINTR)
		die(STATUS_PROTOCOL, "control channel: %s", strerror(errno));
}

static void receive_all(void *data, size_t size, uint64_t until)
{
	uint8_t *at = data;

	while (size > 0) {
		ssize_t n;

		await(until);
		n = read(port, at, size);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			die(STATUS_PROTOCOL, "cannot read from the control channel: %s",
			    strerror(errno));
		if (n == 0)
			die(STATUS_PROTOCOL, "the control channel was closed in the middle");
		at += n;
		size -= (size_t)n;
	}
}

static void check(const struct control_header *h, uint16_t type)
{
	if (h->version != CONTROL_VERSION)
		die(STATUS_PROTOCOL, "the hypervisor speaks version %u of the protocol, not %u",
		    h->version, CONTROL_VERSION);
	if (h->length > CONTROL_BODY_MAX)
		die(STATUS_PROTOCOL, "a reply of %u bytes is no reply", h->length);
	if (h->tag != tag)
		die(STATUS_PROTOCOL, "a reply to another request came");
	if (h->type != CONTROL_ERROR && h->type != (type | CONTROL_REPLY))
		die(STATUS_PROTOCOL, "the reply to %s is of type 0x%x", name_request(type),
		    h->type);
	if (h->type == CONTROL_ERROR && h->length < sizeof(struct control_error))
		die(STATUS_PROTOCOL, "an error of %u bytes is too short", h->length);
}

uint32_t channel_ask(uint16_t type, const void *body, uint32_t length)
{
	uint64_t until = clock_ns() + REPLY_SECONDS * 1000000000ull;
	struct control_header h = {.length = length, .type = type, .version = CONTROL_VERSION};
	struct control_error error;

	h.tag = ++tag;
	send_all(&h, sizeof(h));
	if (length != 0)
		send_all(body, length);
	receive_all(&h, sizeof(h), until);
	check(&h, type);
	receive_all(reply.body, h.length, until);
	reply.length = h.length;
	if (h.type != CONTROL_ERROR)
		return 0;
	memcpy(&error, reply.body, sizeof(error));
	if (error.code == 0)
		die(STATUS_PROTOCOL, "an error without a code");
	return error.code;
}

const void *channel_get(uint16_t type, const void *body, uint32_t length, uint32_t least)
{
	uint32_t code = channel_ask(type, body, length);

	if (code != 0) {
		const char *why = name_refusal(code);

		die(STATUS_REFUSED, "%s refused: %s (%u)", name_request(type),
		    why != NULL ? why : "for a reason unknown to this tvctl", code);
	}
	if (reply.length < least)
		die(STATUS_PROTOCOL, "the reply to %s is too short: %u bytes", name_request(type),
		    reply.length);
	return reply.body;
}

const uint8_t *channel_records(uint32_t head, uint32_t count, uint32_t size, uint32_t least)
{
	if (count != 0 && size < least)
		die(STATUS_PROTOCOL, "records of %u bytes are too short", size);
	if ((uint64_t)count * size > reply.length - head)
		die(STATUS_PROTOCOL, "%u records of %u bytes are not in a reply of %u", count, size,
		    reply.length);
	return reply.body + head;
}
