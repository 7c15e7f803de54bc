/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tvctl: shows and changes the VMs of teevisor from VM 0. Here: the command line. docs/tvctl.md is
 * the manual.
 */
#include "guest/tvctl/tvctl.h"
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_SECONDS 30u
#define NUMBER_MAX	1000000ul

struct options options = {.timeout = TIMEOUT_SECONDS};

static const char help[] =
	"Usage: tvctl COMMAND [options]\n"
	"\n"
	"  version        of tvctl's protocol and of the hypervisor\n"
	"  list           the VMs and what they do now\n"
	"  info VM        one VM: its TEE's counters, what is in use, what it may use\n"
	"  start VM       a VM that is off\n"
	"  pause VM       stop its vCPUs; resume VM: let them go on\n"
	"  reboot VM      off at once, and on again\n"
	"  off VM         off at once; start brings it back\n"
	"  destroy VM     off at once, and gone: memory, TEE, id\n"
	"  trace          what the VMs did with the TEE, as far back as the hypervisor kept it\n"
	"  trace -f       what they do from now on, until Ctrl-C\n"
	"  top            what they do, each second, until Ctrl-C\n"
	"\n"
	"VM is an id or a name of `tvctl list`.\n"
	"\n"
	"  --json         list, info, version, trace: one JSON object per line\n"
	"  --no-wait      start to destroy: do not wait until the VM is there\n"
	"  --timeout S    start to destroy: wait so many seconds at most (30)\n"
	"  -f, --follow   trace: go on with what happens\n"
	"  --all          trace -f: first what the hypervisor kept\n"
	"  --vm VM        trace: this VM only\n"
	"  -c, --summary  trace: a table by VM and command at the end, instead of lines\n"
	"  -n N           top: N times, then end\n"
	"  -h, --help     this\n"
	"\n"
	"Exit status: 0 done; 1 the hypervisor refused, or there is no such VM; 2 usage; 3 no "
	"control\n"
	"channel here; 4 the hypervisor's answer was none; 5 the VM did not get there in time.\n"
	"TVCTL_PORT names another control port.\n";

static const struct command {
	const char *name;
	enum status (*run)(const char *vm);
	bool takes_vm;
	const char *takes; /* the options, as in `letters` */
} commands[] = {
	{"version", do_version, false, "j"}, {"list", do_list, false, "j"},
	{"info", do_info, true, "j"},	     {"start", do_start, true, "wt"},
	{"pause", do_pause, true, "wt"},     {"resume", do_resume, true, "wt"},
	{"reboot", do_reboot, true, "wt"},   {"off", do_off, true, "wt"},
	{"destroy", do_destroy, true, "wt"}, {"trace", do_trace, false, "jfacv"},
	{"top", do_top, false, "n"},
};

static const char letters[] = "+hfcn:";
static const struct option longs[] = {
	{"json", no_argument, NULL, 'j'},
	{"no-wait", no_argument, NULL, 'w'},
	{"timeout", required_argument, NULL, 't'},
	{"follow", no_argument, NULL, 'f'},
	{"all", no_argument, NULL, 'a'},
	{"vm", required_argument, NULL, 'v'},
	{"summary", no_argument, NULL, 'c'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

void die(enum status status, const char *format, ...)
{
	va_list args;

	(void)fflush(stdout);
	(void)fputs("tvctl: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	exit((int)status);
}

static void show_help(void) NORETURN;
static void show_help(void)
{
	(void)fputs(help, stdout);
	exit(fflush(stdout) == 0 ? STATUS_DONE : STATUS_USAGE);
}

static uint32_t number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || value > NUMBER_MAX)
		die(STATUS_USAGE, "%s is no number from 0 to %lu", text, NUMBER_MAX);
	return (uint32_t)value;
}

static void take(int letter)
{
	switch (letter) {
	case 'j':
		options.json = true;
		break;
	case 'w':
		options.no_wait = true;
		break;
	case 't':
		options.timeout = number(optarg);
		break;
	case 'f':
		options.follow = true;
		break;
	case 'a':
		options.all = true;
		break;
	case 'v':
		options.vm = optarg;
		break;
	case 'c':
		options.summary = true;
		break;
	default:
		options.rounds = number(optarg);
		break;
	}
}

static const struct command *command_named(const char *name)
{
	for (uint32_t i = 0; i < COUNT_OF(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	die(STATUS_USAGE, "no such command: %s (tvctl --help lists them)", name);
}

static void parse_options(const struct command *command, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (letter == 'h')
			show_help();
		if (letter == '?')
			exit(STATUS_USAGE);
		if (command != NULL && strchr(command->takes, letter) == NULL)
			die(STATUS_USAGE, "%s has no such option", command->name);
		take(letter);
	}
}

/* Options may stand before and after the VM. */
static const char *parse(const struct command *command, int argc, char **argv)
{
	const char *vm = NULL;

	for (parse_options(command, argc, argv); optind < argc;
	     parse_options(command, argc, argv)) {
		if (!command->takes_vm || vm != NULL)
			die(STATUS_USAGE, "%s: what is %s?", command->name, argv[optind]);
		vm = argv[optind++];
	}
	if (command->takes_vm && vm == NULL)
		die(STATUS_USAGE, "%s of which VM? (tvctl list shows them)", command->name);
	return vm;
}

int main(int argc, char **argv)
{
	const struct command *command;
	enum status status;
	const char *vm;

	if (argc < 2)
		die(STATUS_USAGE, "which command? (tvctl --help lists them)");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		show_help();
	command = command_named(argv[1]);
	vm = parse(command, argc - 1, argv + 1);
	channel_open();
	status = command->run(vm);
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		die(STATUS_PROTOCOL, "cannot write what was found");
	return (int)status;
}
