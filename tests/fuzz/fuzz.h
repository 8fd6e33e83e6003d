/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TESTS_FUZZ_H
#define DLO_TESTS_FUZZ_H

/* What libFuzzer calls, and what the replay and mutation drivers call in its place. */

#include <stddef.h>
#include <stdint.h>

/* Returns 0; ends the program when a promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
