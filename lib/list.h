/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A doubly linked list whose links live in the objects. Empty list: a head that points to itself.
 * The caller brings the locking.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/util.h"

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_add_tail(struct list *head, struct list *item)
{
	item->next = head;
	item->prev = head->prev;
	head->prev->next = item;
	head->prev = item;
}

static inline void list_add_head(struct list *head, struct list *item)
{
	list_add_tail(head->next, item);
}

/* Leaves `item` an empty list of its own, so that removing it twice does no harm. */
static inline void list_del(struct list *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	list_init(item);
}

#define LIST_ITEM(ptr, type, member) CONTAINER_OF(ptr, type, member)

#define list_for_each(pos, head) for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)

/* As list_for_each, and the body may remove `pos`. */
#define list_for_each_safe(pos, tmp, head)                                                         \
	for ((pos) = (head)->next, (tmp) = (pos)->next; (pos) != (head);                           \
	     (pos) = (tmp), (tmp) = (pos)->next)

#endif
