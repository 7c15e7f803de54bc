/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ctrl-C and time. A signal only sets a mark, so that what was begun is finished and the summary
 * of a trace still printed; a second one ends the program at once.
 */
#include "guest/tvctl/tvctl.h"
#include <signal.h>
#include <time.h>

#define NS_PER_S  1000000000ull
#define NS_PER_MS 1000000ull

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

void stop_on_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

bool stopped(void)
{
	return stop != 0;
}

void pause_ms(uint32_t ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000 * NS_PER_MS)};

	(void)nanosleep(&time, NULL);
}

uint64_t clock_ns(void)
{
	struct timespec time = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}
