#include "network_tensors.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Behind arena and outputs: bytes that no call may write, as many as a row or a tile that runs on has. */
enum { guard_bytes = 1 << 16, guard = 0xa5 };

static void *allocate_guarded(size_t bytes) {
  const size_t rounded = (bytes + guard_bytes + CONVFORGE_ALIGNMENT - 1) / CONVFORGE_ALIGNMENT;
  unsigned char *memory = aligned_alloc(CONVFORGE_ALIGNMENT, rounded * CONVFORGE_ALIGNMENT);
  if (memory)
    memset(memory + bytes, guard, guard_bytes);
  return memory;
}

static int is_guarded(const void *memory, size_t bytes) {
  const unsigned char *behind = (const unsigned char *)memory + bytes;
  for (int i = 0; i < guard_bytes; i++)
    if (behind[i] != guard)
      return 0;
  return 1;
}

/* The high bits of a linear congruential generator (Knuth's MMIX constants). */
static uint64_t next(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 40;
}

static void fill(void *values, const convforge_network_tensor *tensor, uint64_t seed) {
  const size_t count = (size_t)convforge_network_elements(tensor);
  for (size_t i = 0; i < count; i++)
    if (tensor->dtype == CONVFORGE_U8 || tensor->dtype == CONVFORGE_S8)
      ((uint8_t *)values)[i] = (uint8_t)(next(&seed) >> 16);
    else
      ((float *)values)[i] = (float)next(&seed) / 16777216.0f;
}

int network_tensors_quantised(const convforge_network *network) {
  for (int i = 0; i < network->convolution_count; i++) {
    const convforge_kernel *kernel = network->convolutions[i].variants[0];
    const int32_t dtype = kernel->operand_count > 0 ? kernel->operands[0].dtype : CONVFORGE_F32;
    if (dtype == CONVFORGE_U8 || dtype == CONVFORGE_S8)
      return 1;
  }
  return 0;
}

int network_tensors_count(const convforge_network *network) {
  return network->input_count + network->output_count;
}

size_t network_tensors_elements(const convforge_network *network, int tensor) {
  return (size_t)convforge_network_elements(&network->tensors[tensor]);
}

size_t network_tensors_bytes(const convforge_network *network, int tensor) {
  return network_tensors_elements(network, tensor) *
         convforge_network_element_bytes(&network->tensors[tensor]);
}

static size_t bytes_of(const network_tensors *tensors, int tensor) {
  return network_tensors_bytes(tensors->network, tensor);
}

int network_tensors_create(network_tensors *tensors, const convforge_network *network) {
  const int count = network_tensors_count(network);
  *tensors = (network_tensors){network, (void **)calloc((size_t)count, sizeof *tensors->values)};
  for (int i = 0; i < count; i++) {
    if (tensors->values)
      tensors->values[i] = allocate_guarded(bytes_of(tensors, i));
    if (!tensors->values || !tensors->values[i]) {
      fprintf(stderr, "%s: %s: out of memory\n", network->name, network->tensors[i].name);
      network_tensors_destroy(tensors);
      return -1;
    }
    fill(tensors->values[i], &network->tensors[i], (uint64_t)i + 1);
  }
  return 0;
}

void network_tensors_destroy(network_tensors *tensors) {
  for (int i = 0; tensors->values && i < network_tensors_count(tensors->network); i++)
    free(tensors->values[i]);
  free((void *)tensors->values);
  tensors->values = NULL;
}

/* -1: something was written behind the arena or an output; says what. */
static int check_guards(const network_tensors *tensors, const void *arena, size_t arena_bytes) {
  const convforge_network *network = tensors->network;
  int status = 0;
  if (!is_guarded(arena, arena_bytes)) {
    printf("%s: wrote behind its arena of %zu bytes\n", network->name, arena_bytes);
    status = -1;
  }
  for (int i = 0; i < network_tensors_count(network); i++)
    if (!is_guarded(tensors->values[i], bytes_of(tensors, i))) {
      printf("%s: wrote behind %s\n", network->name, network->tensors[i].name);
      status = -1;
    }
  return status;
}

int network_tensors_run(network_tensors *tensors, const convforge_threads *threads, int before) {
  const convforge_network *network = tensors->network;
  const size_t bytes = network->arena_size(threads ? threads->count : 1);
  void *arena = allocate_guarded(bytes);
  if (!arena) {
    printf("%s: no memory for an arena of %zu bytes\n", network->name, bytes);
    return -1;
  }
  memset(arena, before, bytes);
  for (int i = network->input_count; i < network_tensors_count(network); i++)
    memset(tensors->values[i], before, bytes_of(tensors, i));
  int status = network->run((const void *const *)tensors->values, tensors->values + network->input_count,
                            arena, threads);
  if (status != CONVFORGE_OK)
    printf("%s: the call answered %d: %s\n", network->name, status, convforge_status_text(status));
  else
    status = check_guards(tensors, arena, bytes);
  free(arena);
  return status;
}
