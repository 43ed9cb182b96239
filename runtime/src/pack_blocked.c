/* The blocked form of weights as they are: output channels side by side in blocks of `lanes`. */
#include "pack.h"

#include "convforge/elements.h"

int64_t convforge_input_channel_offset(const convforge_pack *pack, int c) {
  const int own = pack->plane_channels;
  if (own <= 0)
    return c * pack->source.c;
  return c / own * pack->source.tap[CONVFORGE_DEPTH] + c % own * pack->source.c;
}

/* Taps of a filter and input channel. */
static size_t taps_of(const convforge_pack *pack) {
  size_t taps = 1;
  for (int axis = CONVFORGE_DEPTH; axis <= CONVFORGE_WIDTH; ++axis)
    taps *= (size_t)pack->kernel[axis];
  return taps;
}

/* Elements from the first tap to tap `index` of them all, the width's being neighbours. */
static int64_t tap_offset(const convforge_pack *pack, size_t index) {
  int64_t offset = 0;
  for (int axis = CONVFORGE_WIDTH; axis >= CONVFORGE_DEPTH; --axis) {
    const size_t kernel = (size_t)pack->kernel[axis];
    offset += (int64_t)(index % kernel) * pack->source.tap[axis];
    index /= kernel;
  }
  return offset;
}

int64_t convforge_output_channel_offset(const convforge_pack *pack, int channel) {
  const convforge_weights_source *source = &pack->source;
  if (source->phase_channels == 0)
    return channel * source->k;
  const int phase = channel / source->phase_channels;
  return phase / source->phase_columns * source->phase[0] + phase % source->phase_columns * source->phase[1] +
         channel % source->phase_channels * source->k;
}

/* `count` elements that lie `stride` apart, side by side; element 0 of `from` is number `first` of its
 * tensor. */
static void gather(const convforge_pack *pack, const void *from, int64_t first, int count, void *to,
                   size_t at) {
  const int64_t stride = pack->source.k;
  if (pack->weights_dtype != pack->packed_dtype)
    for (int i = 0; i < count; ++i)
      convforge_store_element(
          pack->packed_dtype, to, at + (size_t)i,
          convforge_load_element(pack->weights_dtype, from, (size_t)(first + i * stride)));
  else if (pack->packed_dtype == CONVFORGE_F16)
    for (int i = 0; i < count; ++i)
      ((convforge_f16 *)to)[at + (size_t)i] = ((const convforge_f16 *)from)[first + i * stride];
  else
    for (int i = 0; i < count; ++i)
      ((float *)to)[at + (size_t)i] = ((const float *)from)[first + i * stride];
}

/* Of `most` channels from this one on, those that lie a constant distance apart. */
static int neighbours(const convforge_pack *pack, int channel, int most) {
  const int of_phase = pack->source.phase_channels;
  const int left = of_phase == 0 ? most : of_phase - channel % of_phase;
  return left < most ? left : most;
}

/* The input channel is the outer loop: for OIHW that reads every source line once, for HWIO any order reads
 * whole lines, and each store is `lanes` wide. */
void convforge_pack_block(const convforge_pack *pack, const void *weights, int64_t group, int first,
                          int lanes, int live, void *block) {
  const size_t C = (size_t)pack->group_in, taps = taps_of(pack);
  for (size_t c = 0; c < C; ++c) {
    for (size_t tap = 0; tap < taps; ++tap) {
      const int64_t from = group + convforge_input_channel_offset(pack, (int)c) + tap_offset(pack, tap);
      const size_t at = (tap * C + c) * (size_t)lanes;
      for (int lane = 0, count; lane < live; lane += count) {
        count = neighbours(pack, first + lane, live - lane);
        gather(pack, weights, from + convforge_output_channel_offset(pack, first + lane), count, block,
               at + (size_t)lane);
      }
    }
  }
}

size_t convforge_block_elements(const convforge_pack *pack, int lanes) {
  return taps_of(pack) * (size_t)pack->group_in * (size_t)lanes;
}
