/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of tvctl have in common: exit codes, the options, the channel, the VMs, names.
 * One thread, one channel; all that fails ends the program by die().
 */
#ifndef TVCTL_H
#define TVCTL_H

#include "abi/control.h"
#include "abi/trace.h"
#include "lib/attributes.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

enum status {
	STATUS_DONE,
	STATUS_REFUSED, /* by the hypervisor, or there is no such VM */
	STATUS_USAGE,
	STATUS_NO_CHANNEL,
	STATUS_PROTOCOL,
	STATUS_LATE, /* the VM did not come to the state that was asked for */
};

struct options {
	bool json, no_wait, follow, all, summary;
	const char *vm;	  /* trace: only this one's records */
	uint32_t timeout; /* seconds to wait for a VM */
	uint32_t rounds;  /* top: then end; 0: never */
};

/* tvctl.c */
extern struct options options;
void die(enum status status, const char *format, ...) PRINTF_LIKE(2, 3) NORETURN;

/* stop.c: Ctrl-C asks a loop to come to its end. */
void stop_on_signals(void);
bool stopped(void);
void pause_ms(uint32_t ms);
uint64_t clock_ns(void);

/* channel.c. The body of the last reply stays until the next question. */
struct reply {
	uint32_t length;
	_Alignas(8) uint8_t body[CONTROL_BODY_MAX];
};

void channel_open(void);
/* 0, or why it was refused (enum control_code). */
uint32_t channel_ask(uint16_t type, const void *body, uint32_t length);
/* The same for what should not be refused. At least `least` bytes of reply, or it is an error. */
const void *channel_get(uint16_t type, const void *body, uint32_t length, uint32_t least);
/* Ends the program if `count` records of `size` bytes, each `least` or more, are not in the reply.
 */
const uint8_t *channel_records(uint32_t head, uint32_t count, uint32_t size, uint32_t least);

/* vms.c */
void vms_read(void);
extern struct control_vm vms[];
extern uint32_t vms_count;
const struct control_vm *vm_by_id(uint32_t id);
/* By id or by name; ends the program if there is none. */
const struct control_vm *vm_named(const char *text);
/* Its name, or #ID if it has none or is no more. Until the next call. */
const char *vm_label(uint32_t id);
const char *vm_state(uint32_t state);
/* Text from the channel: it ends with NUL, and nothing in it moves a terminal's cursor. */
void tidy(char *text, size_t size);

/* names.c: NULL where a number has no name. */
const char *name_refusal(uint32_t code);
const char *name_request(uint16_t type);
const char *name_command(uint32_t command);
const char *name_rpc(uint32_t command);
const char *name_result(uint32_t result);
const char *name_origin(uint32_t origin);
const char *name_mediated(uint32_t refusal); /* enum tee_refusal */
const char *name_vm_event(uint32_t event);
const char *name_param(uint32_t type);
/* tas.c */
const char *name_ta(const uint8_t uuid[16]);
void format_uuid(const uint8_t uuid[16], char out[37]);

/* json.c: one object a line. */
void json_begin(void);
void json_end(void);
void json_text(const char *key, const char *value);
void json_number(const char *key, uint64_t value);
void json_object(const char *key);
void json_list(const char *key);
void json_close(char bracket);

/* The commands. */
enum status do_version(const char *none);
enum status do_list(const char *none);
enum status do_info(const char *vm);
enum status do_start(const char *vm);
enum status do_pause(const char *vm);
enum status do_resume(const char *vm);
enum status do_reboot(const char *vm);
enum status do_off(const char *vm);
enum status do_destroy(const char *vm);
enum status do_trace(const char *none);
enum status do_top(const char *none);

#endif
