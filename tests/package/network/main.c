#include "cnn.h"
#include "first.h"
#include "lacking.h"
#include "some.h"

#include <stdio.h>
#include <stdlib.h>

static float image[CNN_IMAGE_ELEMENTS], maps[CNN_MAPS_ELEMENTS], dense[CNN_DENSE_ELEMENTS];

/* The outputs of a softmax, added up: as many as it has places. */
static int run_network(void) {
  for (int i = 0; i < CNN_IMAGE_ELEMENTS; i++)
    image[i] = (float)(i % 7);
  void *arena = aligned_alloc(64, cnn_arena_size(1));
  const int status = cnn_run(image, maps, dense, arena, NULL);
  double sum = 0;
  for (int i = 0; i < CNN_MAPS_ELEMENTS; i++)
    sum += maps[i];
  printf("%s %s: %d, sum %.3f of %d\n", cnn_network()->name, cnn_network()->model, status, sum,
         CNN_MAPS_ELEMENTS);
  free(arena);
  return status;
}

/* Convolutions by themselves, whether or not the whole network is there. */
static int run_convolutions(void) {
  static float stem[6 * 5 * 8], same[6 * 5 * 8];
  void *workspace = aligned_alloc(64, cnn_workspace_size(1) + some_workspace_size(1) + 64);
  int status = cnn_stem(image, stem, workspace, NULL);
  status |= some_stem(image, same, workspace, NULL);
  int differ = 0;
  for (int i = 0; i < 6 * 5 * 8; i++)
    differ |= stem[i] != same[i];
  printf("stem: %d, %s, workspace of lacking: %d\n", status, differ ? "differs" : "the same",
         lacking_workspace_size(1) % 64 == 0);
  free(workspace);
  return status | differ;
}

int main(void) {
  const convforge_network *network = first_network();
  printf("%s: %d convolutions, first %s by %s\n", network->name, network->convolution_count,
         network->convolutions[0].layer, network->convolutions[0].variants[network->target()]->target);
  printf("null: %d\n", cnn_run(NULL, maps, dense, NULL, NULL) == CONVFORGE_ERROR_NULL &&
                           network->run(NULL, NULL, NULL, NULL) == CONVFORGE_ERROR_NULL);
  return run_network() || run_convolutions();
}
