/* Packs weights for Winograd kernels: U = G g G^T of every filter g, in float64 and rounded once. */
#include "pack.h"

#include "convforge/elements.h"
#include "convforge/winograd.h"

enum { MAX = CONVFORGE_WINOGRAD_MAX_POINTS };

static int matrices_of(const convforge_pack *pack, convforge_winograd *h, convforge_winograd *w) {
  return convforge_winograd_matrices(pack->outputs[CONVFORGE_HEIGHT], pack->kernel[CONVFORGE_HEIGHT],
                                     pack->stride[CONVFORGE_HEIGHT], h) ||
         convforge_winograd_matrices(pack->outputs[CONVFORGE_WIDTH], pack->kernel[CONVFORGE_WIDTH],
                                     pack->stride[CONVFORGE_WIDTH], w);
}

size_t convforge_winograd_block_elements(const convforge_pack *pack, int lanes) {
  convforge_winograd h, w;
  if (matrices_of(pack, &h, &w) != 0)
    return 0;
  return (size_t)h.filter_points * (size_t)w.filter_points * (size_t)pack->group_in * (size_t)lanes;
}

bool convforge_winograd_is_ours(const convforge_pack *pack) {
  convforge_winograd h, w;
  return pack->layout != NULL && matrices_of(pack, &h, &w) == 0 &&
         pack->layout_id == convforge_layout_id(pack->layout, &h, &w);
}

/* points x points <- G (R x S) G^T. */
static void transform(const convforge_winograd *h, const convforge_winograd *w, double taps[MAX][MAX],
                      double points[MAX][MAX]) {
  double rows[MAX][MAX];
  for (int i = 0; i < h->filter_points; ++i)
    for (int s = 0; s < w->taps; ++s) {
      rows[i][s] = 0;
      for (int r = 0; r < h->taps; ++r)
        rows[i][s] += h->weights[i][r] * taps[r][s];
    }
  for (int i = 0; i < h->filter_points; ++i)
    for (int j = 0; j < w->filter_points; ++j) {
      points[i][j] = 0;
      for (int s = 0; s < w->taps; ++s)
        points[i][j] += rows[i][s] * w->weights[j][s];
    }
}

int convforge_pack_winograd_block(const convforge_pack *pack, const void *weights, int64_t group, int first,
                                  int lanes, int live, void *block) {
  const convforge_weights_source *source = &pack->source;
  convforge_winograd h, w;
  if (matrices_of(pack, &h, &w) != 0)
    return CONVFORGE_ERROR_ABI;
  const size_t plane = (size_t)pack->group_in * (size_t)lanes; /* from one point to the next */
  for (int c = 0; c < pack->group_in; ++c) {
    for (int lane = 0; lane < live; ++lane) {
      const int64_t from = group + convforge_input_channel_offset(pack, c) +
                           convforge_output_channel_offset(pack, first + lane);
      double taps[MAX][MAX], points[MAX][MAX];
      for (int r = 0; r < h.taps; ++r)
        for (int s = 0; s < w.taps; ++s)
          taps[r][s] = convforge_load_element(
              pack->weights_dtype, weights,
              (size_t)(from + r * source->tap[CONVFORGE_HEIGHT] + s * source->tap[CONVFORGE_WIDTH]));
      transform(&h, &w, taps, points);
      for (int i = 0; i < h.filter_points; ++i)
        for (int j = 0; j < w.filter_points; ++j)
          convforge_store_element(pack->packed_dtype, block,
                                  (size_t)(i * w.filter_points + j) * plane + (size_t)c * (size_t)lanes +
                                      (size_t)lane,
                                  (float)points[i][j]);
    }
  }
  return CONVFORGE_OK;
}
