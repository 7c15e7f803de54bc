/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A function's contract stands under its prototype: what its callers see to (REQUIRES), and what
 * then holds when it returns (ENSURES), where RESULT is its value and OLD(x) is x as it was before.
 * A compiler gets nothing. tools/proof reads the contracts from the text and has CBMC prove them;
 * docs/proofs.md says how. Predicates in a contract are those of tests/proof/invariant.h.
 */
#ifndef LIB_CONTRACT_H
#define LIB_CONTRACT_H

#define REQUIRES(...)
#define ENSURES(...)

#endif
