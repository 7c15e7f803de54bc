# SPDX-License-Identifier: BSD-2-Clause
# Proofs with CBMC: see docs/proofs.md. PROOF=NAME proves one.
proof: | setup
	@tools/proof list >$(B)/proofs.txt || { cat $(B)/proofs.txt; exit 1; }
	@tools/proof run -j $(shell nproc) $(PROOF)

.PHONY: proof
