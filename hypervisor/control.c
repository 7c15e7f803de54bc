/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hypervisor/control.h: frames. Whatever arrives, the stream stays in step: the body of a frame
 * that is refused is skipped by its announced length. Only a length that cannot be meant ends the
 * session. The guest's bytes are copied in once; the header is judged before the body is read.
 */
#include "hypervisor/control.h"
#include "hypervisor/vserial.h"
#include "lib/util.h"
#include <string.h>

#define STEPS_AT_ONCE 32u
#define FOR_EVER      UINT32_MAX

/* A frame as it is sent, with its body 8-aligned. */
struct frame {
	uint32_t pad;
	struct control_header header;
	uint8_t body[CONTROL_BODY_MAX];
};

#define FRAME_START offsetof(struct frame, header)
#define HEADER	    ((uint32_t)sizeof(struct control_header))

_Static_assert(offsetof(struct frame, body) % 8 == 0, "bodies are read and made in place");
_Static_assert(offsetof(struct frame, body) == FRAME_START + HEADER, "no gap");

/* vserial.c lets one CPU at a time in. */
static struct channel {
	uint64_t session;
	uint32_t have; /* bytes of a request in `in` */
	uint32_t drop; /* bytes to skip before the next header; FOR_EVER: until the session's end */
	uint32_t reply_length, sent;
	_Alignas(8) struct frame in;
	_Alignas(8) struct frame reply;
} channel;

static void begin_session(uint64_t session)
{
	channel.session = session;
	control_new_session();
	channel.have = channel.drop = channel.reply_length = channel.sent = 0;
}

/* True: there is no reply left to send. */
static bool flush(struct vm *vm)
{
	const uint8_t *frame = (const uint8_t *)&channel.reply + FRAME_START;

	if (channel.reply_length == 0)
		return true;
	channel.sent += (uint32_t)vserial_write(vm, channel.session, frame + channel.sent,
						channel.reply_length - channel.sent);
	if (channel.sent < channel.reply_length)
		return false;
	channel.reply_length = channel.sent = 0;
	return true;
}

static void reply(uint16_t type, uint32_t length)
{
	channel.reply.header = (struct control_header){
		.length = length,
		.type = type,
		.version = CONTROL_VERSION,
		.tag = channel.in.header.tag,
	};
	channel.reply_length = HEADER + length;
}

static void refuse(uint32_t code)
{
	const struct control_error error = {
		.code = code,
		.type = channel.in.header.type,
		.version = CONTROL_VERSION,
	};

	memcpy(channel.reply.body, &error, sizeof(error));
	reply(CONTROL_ERROR, sizeof(error));
}

/* 0, or why this request is refused without a look at its body. */
static uint32_t judge(const struct control_header *h)
{
	const struct control_request *request = control_request(h->type);

	if (h->length > CONTROL_SKIP_MAX)
		return CONTROL_OUT_OF_STEP;
	if (h->length > CONTROL_BODY_MAX)
		return CONTROL_TOO_LONG;
	if (h->version != CONTROL_VERSION && h->type != CONTROL_HELLO)
		return CONTROL_BAD_VERSION;
	if (request == NULL)
		return CONTROL_BAD_TYPE;
	return h->length == request->length ? 0 : CONTROL_BAD_LENGTH;
}

static void answer(void)
{
	const struct control_request *request = control_request(channel.in.header.type);
	uint32_t length = 0, code;

	memset(channel.reply.body, 0, sizeof(channel.reply.body));
	code = request->answer(channel.in.body, channel.reply.body, &length);
	if (code != 0)
		refuse(code);
	else
		reply((uint16_t)(channel.in.header.type | CONTROL_REPLY), length);
}

/* The header is there. False: the frame has been dealt with. */
static bool header_is_good(void)
{
	uint32_t code = judge(&channel.in.header);

	if (code == 0)
		return true;
	refuse(code);
	channel.drop = code == CONTROL_OUT_OF_STEP ? FOR_EVER : channel.in.header.length;
	channel.have = 0;
	return false;
}

/* One read of what is to be skipped. False: there is nothing more now. */
static bool skip(struct vm *vm)
{
	size_t n = vserial_read(vm, channel.session, channel.in.body,
				min_u64(channel.drop, sizeof(channel.in.body)));

	if (channel.drop != FOR_EVER)
		channel.drop -= (uint32_t)n;
	return n != 0;
}

/* Read on until `want` bytes of the frame are there. */
static bool gather(struct vm *vm, uint32_t want)
{
	uint8_t *frame = (uint8_t *)&channel.in + FRAME_START;

	channel.have += (uint32_t)vserial_read(vm, channel.session, frame + channel.have,
					       want - channel.have);
	return channel.have == want;
}

/* Up to one more frame, or a stretch to skip. False: there is nothing more now. */
static bool step(struct vm *vm)
{
	if (channel.drop != 0)
		return skip(vm);
	if (channel.have < HEADER) {
		if (!gather(vm, HEADER))
			return false;
		if (!header_is_good())
			return true;
	}
	if (!gather(vm, HEADER + channel.in.header.length))
		return false;
	channel.have = 0;
	answer();
	return true;
}

void control_work(struct vm *vm)
{
	uint64_t session = vserial_session(vm);

	if (session != channel.session)
		begin_session(session);
	if (session == 0)
		return;
	for (uint32_t i = 0; i < STEPS_AT_ONCE; i++)
		if (!flush(vm) || !step(vm))
			return;
	vserial_again(vm);
}
