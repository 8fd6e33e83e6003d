/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fuzz target as an ordinary test: every file of the directories given, and with `-n N` also N
 * mutations of them, always the same ones.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX 10000
#define INPUTS_MAX 4096
#define SETTINGS 6 /* bytes in front of the frame */

struct input {
	size_t len;
	uint8_t *bytes;
};

static struct input inputs[INPUTS_MAX];
static unsigned int nb_inputs;

/* xorshift64*: the same sequence on every machine. */
static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static uint32_t
below(uint32_t n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % n;
}

static int
read_file(const char *path)
{
	static uint8_t buf[INPUT_MAX];
	FILE *file = fopen(path, "rb");
	struct input *in = &inputs[nb_inputs];

	if (file == NULL || nb_inputs == INPUTS_MAX) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return -1;
	}
	in->len = fread(buf, 1, sizeof(buf), file);
	fclose(file);
	in->bytes = malloc(in->len > 0 ? in->len : 1);
	if (in->bytes == NULL)
		return -1;
	memcpy(in->bytes, buf, in->len);
	nb_inputs++;
	return 0;
}

static int
read_directory(const char *path)
{
	struct dirent **names;
	int nb = scandir(path, &names, NULL, alphasort);
	int rc = 0;

	if (nb < 0) {
		fprintf(stderr, "%s: no such directory\n", path);
		return -1;
	}
	for (int i = 0; i < nb; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.' && read_file(file) != 0)
			rc = -1;
		free(names[i]);
	}
	free(names);
	return rc;
}

/* Values that lengths and types like to go wrong at. */
static const uint8_t edges[] = { 0, 1, 4, 5, 8, 0x0f, 0x3f, 0x40, 0x45, 0x60, 0x7f, 0x80, 0xff };

static void
mutate_once(uint8_t *b, size_t *len)
{
	size_t at = *len > 0 ? below(*len) : 0;

	switch (*len > SETTINGS ? below(8) : 6) {
	case 0:
	case 1:
		b[at] ^= 1 << below(8);
		break;
	case 2:
		b[at] = below(256);
		break;
	case 3:
		b[at] = edges[below(sizeof(edges))];
		break;
	case 4: /* settings */
		b[below(SETTINGS)] = below(256);
		break;
	case 5: /* cut */
		*len = SETTINGS + below(*len - SETTINGS + 1);
		break;
	case 6: /* longer */
		for (unsigned int n = below(64); n > 0 && *len < INPUT_MAX; n--)
			b[(*len)++] = below(2) ? 0 : below(256);
		break;
	case 7: /* a piece of another one, at its place */
		if (at >= SETTINGS) {
			const struct input *from = &inputs[below(nb_inputs)];
			size_t n = 1 + below(40);

			for (size_t i = at; i < at + n && i < *len && i < from->len; i++)
				b[i] = from->bytes[i];
		}
		break;
	}
}

static void
mutate(unsigned long rounds)
{
	static uint8_t b[INPUT_MAX];

	for (unsigned long i = 0; i < rounds; i++) {
		const struct input *in = &inputs[below(nb_inputs)];
		size_t len = in->len;
		uint8_t *exact;

		memcpy(b, in->bytes, len);
		if (len >= SETTINGS) {
			b[0] = below(256);
			b[1] = below(2) ? 0 : below(256);
			b[2] = below(2) ? 0 : below(256);
			b[3] = below(256);
			b[5] = below(2) ? 0 : below(256);
		}
		for (unsigned int n = below(5); n > 0; n--)
			mutate_once(b, &len);
		exact = malloc(len > 0 ? len : 1);
		if (exact == NULL)
			abort();
		memcpy(exact, b, len);
		LLVMFuzzerTestOneInput(exact, len);
		free(exact);
	}
}

int
main(int argc, char **argv)
{
	unsigned long rounds = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
			rounds = strtoul(argv[++i], NULL, 10);
		else if (read_directory(argv[i]) != 0)
			return 1;
	}
	if (nb_inputs == 0) {
		fprintf(stderr, "no inputs\n");
		return 1;
	}
	for (unsigned int i = 0; i < nb_inputs; i++)
		LLVMFuzzerTestOneInput(inputs[i].bytes, inputs[i].len);
	mutate(rounds);
	printf("%u inputs, %lu mutations\n", nb_inputs, rounds);
	for (unsigned int i = 0; i < nb_inputs; i++)
		free(inputs[i].bytes);
	return 0;
}
