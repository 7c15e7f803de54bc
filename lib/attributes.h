/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for compiler attributes, and for clang's thread-safety annotations. GCC does not know the
 * latter and gets nothing; clang checks them with -Wthread-safety. An object that guards is the
 * lock itself: clang in C cannot name a sibling field.
 */
#ifndef LIB_ATTRIBUTES_H
#define LIB_ATTRIBUTES_H

#define NORETURN	  __attribute__((noreturn))
#define PACKED		  __attribute__((packed))
#define USED		  __attribute__((used))
#define ALIGNED(n)	  __attribute__((aligned(n)))
#define SECTION(name)	  __attribute__((section(name)))
#define MUST_CHECK	  __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#ifdef __clang__
#define LOCK_ANNOTATION(x) __attribute__((x))
#else
#define LOCK_ANNOTATION(x)
#endif

#define LOCKABLE	 LOCK_ANNOTATION(capability("lock"))
#define TAKES(...)	 LOCK_ANNOTATION(acquire_capability(__VA_ARGS__))
#define TAKES_IF(v, ...) LOCK_ANNOTATION(try_acquire_capability(v, __VA_ARGS__))
#define RELEASES(...)	 LOCK_ANNOTATION(release_capability(__VA_ARGS__))
#define NEEDS(...)	 LOCK_ANNOTATION(requires_capability(__VA_ARGS__))
#define NEEDS_NOT(...)	 LOCK_ANNOTATION(locks_excluded(__VA_ARGS__))
#define GUARDED_BY(x)	 LOCK_ANNOTATION(guarded_by(x))
#define UNCHECKED_LOCKS	 LOCK_ANNOTATION(no_thread_safety_analysis)

#endif
