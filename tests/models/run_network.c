/* run_network THREADS ROUNDS INPUT... OUTPUT...: runs the network that is linked as "model" on raw files of
 * its tensors. Prints the least milliseconds of a call. */
#include "convforge/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const convforge_network *model_network(void);

static size_t bytes_of(int tensor) {
  const convforge_network_tensor *one = &model_network()->tensors[tensor];
  return convforge_network_element_bytes(one) * (size_t)convforge_network_elements(one);
}

/* The whole file, or an end of the program. */
static void *read_tensor(int tensor, const char *path) {
  const size_t bytes = bytes_of(tensor);
  void *elements = malloc(bytes);
  FILE *file = fopen(path, "rb");
  if (!elements || !file || fread(elements, 1, bytes, file) != bytes) {
    fprintf(stderr, "%s: expected %zu bytes\n", path, bytes);
    exit(1);
  }
  fclose(file);
  return elements;
}

static void write_tensor(int tensor, const void *elements, const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(elements, 1, bytes_of(tensor), file) != bytes_of(tensor) || fclose(file) != 0) {
    fprintf(stderr, "%s: cannot be written\n", path);
    exit(1);
  }
}

static double milliseconds(void) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

int main(int argc, char **argv) {
  const convforge_network *network = model_network();
  const int tensors = network->input_count + network->output_count;
  if (argc != 3 + tensors) {
    fprintf(stderr, "expected %d files\n", tensors);
    return 1;
  }
  const int count = atoi(argv[1]), rounds = atoi(argv[2]);
  convforge_pool *pool = count > 1 ? convforge_pool_create(count) : NULL;
  const convforge_threads threads = pool ? convforge_pool_threads(pool) : (convforge_threads){0};
  const void **inputs = calloc((size_t)tensors, sizeof *inputs);
  void **outputs = calloc((size_t)tensors, sizeof *outputs);
  for (int i = 0; i < tensors; i++)
    if (i < network->input_count)
      inputs[i] = read_tensor(i, argv[3 + i]);
    else
      outputs[i - network->input_count] = malloc(bytes_of(i));
  const size_t arena_bytes = network->arena_size(count);
  void *arena = aligned_alloc(64, arena_bytes > 0 ? arena_bytes : 64);
  memset(arena, 0xff, arena_bytes); /* NaN */
  double least = 1e30;
  for (int i = 0; i < rounds; i++) {
    const double start = milliseconds();
    const int status = network->run(inputs, outputs, arena, pool ? &threads : NULL);
    const double time = milliseconds() - start;
    least = time < least ? time : least;
    if (status != CONVFORGE_OK) {
      fprintf(stderr, "%s\n", convforge_status_text(status));
      return 1;
    }
  }
  for (int i = 0; i < network->output_count; i++)
    write_tensor(network->input_count + i, outputs[i], argv[3 + network->input_count + i]);
  printf("%.4f\n", least);
  convforge_pool_destroy(pool);
  return 0;
}
