/* Edges of a disc: Sobel's two filters as one convolution with two output channels, on ARM. */
#include "edges.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { height = 20, width = 40, filters = 2 };

/* R,S,C,K: for each tap the weight of the horizontal and of the vertical filter. */
static const float sobel[3 * 3 * filters] = {-1, -1, 0, -2, 1, -1, -2, 0, 0, 0, 2, 0, -1, 1, 0, 2, 1, 1};

/* Characters are about twice as high as wide. */
static void draw_disc(float *picture) {
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      picture[y * width + x] = hypotf((float)x / 2 - 9.5f, (float)y - 9.5f) < 7 ? 1 : 0;
}

static void print_edges(const float *gradients) {
  for (int y = 1; y < height - 1; y++) {
    for (int x = 0; x < width; x++) {
      const float *g = gradients + (y * width + x) * filters;
      putchar(" .:*#"[(int)fminf(hypotf(g[0], g[1]) + 0.5f, 4)]);
    }
    putchar('\n');
  }
}

int main(void) {
  static float picture[height * width], gradients[height * width * filters];
  void *packed = aligned_alloc(64, edges_packed_size());
  const size_t workspace_bytes = edges_workspace_size(1);
  void *workspace = workspace_bytes ? aligned_alloc(64, workspace_bytes) : NULL;
  draw_disc(picture);
  int status = edges_pack(sobel, packed);
  if (status == CONVFORGE_OK)
    status = edges(picture, packed, gradients, workspace);
  if (status == CONVFORGE_OK) {
    print_edges(gradients);
    printf("%s\n", edges_reason());
  } else {
    fprintf(stderr, "%s\n", convforge_status_text(status));
  }
  free(workspace);
  free(packed);
  return status == CONVFORGE_OK ? 0 : 1;
}
