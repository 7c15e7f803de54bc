/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target on files, without libFuzzer: `replay-TARGET FILE|DIRECTORY...`. For CI, and to
 * look at one find under a debugger. Says how many inputs ran; stops at the first that aborts.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t inputs;

static int run_file(const char *path)
{
	static uint8_t data[1 << 16];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (file == NULL) {
		perror(path);
		return 1;
	}
	size = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	fprintf(stderr, "%s\n", path); /* the last one named is the one that aborts */
	(void)LLVMFuzzerTestOneInput(data, size);
	inputs++;
	return 0;
}

static int run_directory(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort), status = 0;

	for (int i = 0; i < n; i++) {
		char file[1024];

		(void)snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			status |= run_file(file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return n < 0 ? 1 : status;
}

int main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		struct stat s;

		if (stat(argv[i], &s) == 0 && S_ISDIR(s.st_mode))
			status |= run_directory(argv[i]);
		else
			status |= run_file(argv[i]);
	}
	printf("%u inputs replayed\n", inputs);
	return status != 0 || inputs == 0;
}
