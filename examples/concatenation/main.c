/* Two convolutions write the two parts of one tensor's channels, and a third reads a range of them that holds
 * some of either: slices, so that nothing is copied. Each is compared with its definition. */
#include "middle.h"
#include "narrow.h"
#include "wide.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { size = 12, pixels = size * size, joined_channels = 40, first_read = 14, first_added = 30 };

static float image[pixels * NARROW_INPUT_CHANNELS], joined[pixels * joined_channels],
    result[pixels * MIDDLE_OUTPUT_CHANNELS];

/* Small numbers of both signs, the same on every machine. */
static void fill(float *values, int count, int seed) {
  for (int i = 0; i < count; i++)
    values[i] = (float)((i * 37 + seed * 11) % 23 - 11) / 16;
}

/* The sum at a pixel; `in` and `in_pitch`: the first channel read, and channels from one pixel to the next.
 */
static float sum_at(const float *in, int in_pitch, int channels, int kernel, const float *weights,
                    int outputs, int y, int x, int k) {
  float sum = 0;
  for (int r = 0; r < kernel; r++)
    for (int s = 0; s < kernel; s++) {
      const int row = y + r - kernel / 2, column = x + s - kernel / 2;
      if (row < 0 || row >= size || column < 0 || column >= size)
        continue;
      for (int c = 0; c < channels; c++)
        sum += in[(row * size + column) * in_pitch + c] *
               weights[((r * kernel + s) * channels + c) * outputs + k];
    }
  return sum;
}

/* How far `out` is from relu(sum + bias), or from sum + added where there is no bias. */
static float difference(const float *in, int in_pitch, int channels, int kernel, const float *weights,
                        const float *bias, const float *added, const float *out, int out_pitch, int outputs) {
  float most = 0;
  for (int i = 0; i < pixels; i++)
    for (int k = 0; k < outputs; k++) {
      const float sum = sum_at(in, in_pitch, channels, kernel, weights, outputs, i / size, i % size, k);
      const float expected = bias ? fmaxf(sum + bias[k], 0) : sum + added[i * joined_channels + k];
      most = fmaxf(most, fabsf(out[i * out_pitch + k] - expected));
    }
  return most;
}

static void *bytes(size_t count) {
  void *memory = count ? aligned_alloc(64, count) : NULL;
  if (count && !memory)
    exit(EXIT_FAILURE);
  return memory;
}

int main(void) {
  static float weights[2][3 * 3 * 16 * 24], middle_weights[3 * 3 * 20 * 10], bias[24];
  fill(image, NARROW_INPUT_ELEMENTS, 1);
  fill(weights[0], NARROW_WEIGHTS_ELEMENTS, 2);
  fill(weights[1], WIDE_WEIGHTS_ELEMENTS, 3);
  fill(middle_weights, MIDDLE_WEIGHTS_ELEMENTS, 4);
  fill(bias, 24, 5);
  void *packed[3] = {bytes(narrow_packed_size()), bytes(wide_packed_size()), bytes(middle_packed_size())};
  void *workspace[3] = {bytes(narrow_workspace_size(1)), bytes(wide_workspace_size(1)),
                        bytes(middle_workspace_size(1))};

  int status = narrow_pack(weights[0], packed[0]);
  status = status ? status : wide_pack(weights[1], packed[1]);
  status = status ? status : middle_pack(middle_weights, packed[2]);
  /* The parts: channels 0 to 23 and 24 to 39 of every pixel. */
  status = status ? status : narrow(image, packed[0], bias, joined, workspace[0]);
  status = status ? status : wide(image, packed[1], bias, joined + NARROW_OUTPUT_CHANNELS, workspace[1]);
  /* Channels 14 to 33 in; 30 to 39 are added. */
  status =
      status ? status : middle(joined + first_read, packed[2], joined + first_added, result, workspace[2]);
  for (int i = 0; i < 3; i++) {
    free(packed[i]);
    free(workspace[i]);
  }
  if (status) {
    printf("%s\n", convforge_status_text(status));
    return EXIT_FAILURE;
  }
  const float worst[] = {
      difference(image, 16, 16, 1, weights[0], bias, NULL, joined, joined_channels, 24),
      difference(image, 16, 16, 3, weights[1], bias, NULL, joined + 24, joined_channels, 16),
      difference(joined + first_read, joined_channels, 20, 3, middle_weights, NULL, joined + first_added,
                 result, 10, 10)};
  printf("largest differences from the definition: %.2g, %.2g, %.2g\n", worst[0], worst[1], worst[2]);
  const int right = worst[0] < 1e-4f && worst[1] < 1e-4f && worst[2] < 1e-4f;
  printf("%s\n", right ? "joined without a copy" : "WRONG");
  return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
