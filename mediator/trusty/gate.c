/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may enter Trusty at the same time. EL3 remembers the client id that is inside and answers
 * BUSY to every call that carries another one, fast calls included. So while a CPU is inside for a
 * VM, CPUs may enter for that VM only. Without FF-A all VMs are client 0, and no one is turned
 * away.
 *
 * A VM that was turned away has the next turn: whoever is inside does not enter again before it,
 * unless it stays away. What that VM's guest is told is in enter.c: that it was interrupted.
 */
#include "mediator/trusty/trusty.h"

bool trusty_turn_is(struct trusty_turn *turn, const struct trusty_vm *v, uint64_t now)
{
	if (now >= turn->until)
		turn->next = NULL;
	return turn->next == NULL || turn->next == v;
}

void trusty_turn_ask(struct trusty_turn *turn, struct trusty_vm *v)
{
	if (turn->next != NULL)
		return;
	turn->next = v;
	turn->until = UINT64_MAX;
}

/* A VM that leaves may be asked to go on less often, and does not give up its turn. */
void trusty_turn_start(struct trusty_turn *turn, uint64_t now, uint64_t length)
{
	turn->until = now + (turn->next != NULL && turn->next->leaving ? TRUSTY_LEAVE_NS : length);
}

bool trusty_gate_enter(struct trusty *t, struct trusty_vm *v, uint16_t client)
{
	const struct tee_port *port = t->tee.port;
	struct trusty_gate *g = &t->gate;
	bool open;

	trusty_lock(t);
	open = trusty_turn_is(&g->turn, v, port->time(port->host)) &&
	       (g->inside == 0 || g->client == client);
	if (open) {
		g->inside++;
		g->client = client;
		g->turn.next = NULL; /* or v's own, which is taken */
		if (v != NULL)
			t->last = v;
	} else {
		trusty_turn_ask(&g->turn, v);
	}
	trusty_unlock(t);
	return open;
}

void trusty_gate_leave(struct trusty *t)
{
	const struct tee_port *port = t->tee.port;
	struct trusty_gate *g = &t->gate;

	trusty_lock(t);
	g->inside--;
	if (g->inside == 0)
		trusty_turn_start(&g->turn, port->time(port->host), TRUSTY_GATE_TURN_NS);
	trusty_unlock(t);
}
