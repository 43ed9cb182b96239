/* All memory of a network's calls: its tensors, and for each call an arena that nothing else is in. */
#ifndef CONVFORGE_TOOLS_NETWORK_TENSORS_H
#define CONVFORGE_TOOLS_NETWORK_TENSORS_H

#include "convforge/network.h"

typedef struct network_tensors {
  const convforge_network *network;
  void **values; /* the inputs, then the outputs, which have a guard behind them */
} network_tensors;

/* Has it kernels of 8-bit integers? */
int network_tensors_quantised(const convforge_network *network);

/* Allocates the tensors and fills the inputs with reproducible numbers in [0, 1), or any bytes. On failure
 * says why on stderr, frees what it had and answers -1. */
int network_tensors_create(network_tensors *tensors, const convforge_network *network);
void network_tensors_destroy(network_tensors *tensors);

int network_tensors_count(const convforge_network *network);
size_t network_tensors_elements(const convforge_network *network, int tensor);
size_t network_tensors_bytes(const convforge_network *network, int tensor);

/* A call on a fresh arena; arena and outputs begin with bytes of `before`. The status, which it prints unless
 * it is CONVFORGE_OK; -1 of its own where memory lacks, and where a byte behind arena or outputs was
 * written. */
int network_tensors_run(network_tensors *tensors, const convforge_threads *threads, int before);

#endif
